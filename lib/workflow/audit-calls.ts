import { type Contract, onlyReads } from './contract.ts';

/** Which calls of tools are put into the audit log: none, those of tools that may change something, all. */
export const AUDIT_CALLS = ['off', 'writes', 'all'] as const;
export type AuditCalls = (typeof AUDIT_CALLS)[number];

/** Whether calls of this are audited. What does not say that it only reads may write. */
export function isAudited(calls: AuditCalls, contract: Pick<Contract, 'kind' | 'annotations'>): boolean {
  if (contract.kind !== 'tool' || calls === 'off') return false;
  return calls === 'all' || !onlyReads(contract);
}
