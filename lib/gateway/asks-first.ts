import type { Plan } from '#lib/workflow/plan.ts';

/** Kinds whose question a client answers. */
const ASKING: ReadonlySet<string> = new Set(['ask-user', 'approve', 'ask-model', 'roots']);

/** Whether all that a workflow begins with is questions: they are asked before there is a task. */
export function asksFirst({ nodes, start }: Plan): boolean {
  const firsts = nodes[start]!.outgoing.map(({ to }) => nodes[to]!);
  return firsts.length > 0 && firsts.every(({ kind, disabled }) => !disabled && ASKING.has(kind.type));
}
