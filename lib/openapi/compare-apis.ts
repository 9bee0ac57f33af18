import { contractChanges } from '#lib/workflow/contract-changes.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { Api, ApiOperation, OperationChoice } from './api.ts';
import { operationName } from './operation-words.ts';
import { operationWorkflow } from './operation-workflow.ts';
import { documentContract, REQUEST } from './request-document.ts';

export interface ChangedOperation {
  id: string;
  /** In sentences without a full stop; what breaks callers first. */
  changes: string[];
  /** Whether callers of today's tool are broken by it. */
  breaks: boolean;
}

/** What a newer description has that an older one had not, and the other way round. By ids of operations. */
export interface ApiDifference {
  added: string[];
  removed: string[];
  changed: ChangedOperation[];
}

const PLACE = { base: '' };

/** Two descriptions of one API, each operation with the choices that were made for it. */
export function compareApis(
  before: Api,
  after: Api,
  choices: Readonly<Record<string, OperationChoice>>,
): ApiDifference {
  const was = new Map(before.operations.map((operation) => [operation.id, operation]));
  const is = new Map(after.operations.map((operation) => [operation.id, operation]));
  const changed: ChangedOperation[] = [];
  for (const [id, operation] of is) {
    const earlier = was.get(id);
    if (!earlier) continue;
    const difference = changesOf([before, earlier], [after, operation], choices[id] ?? {});
    if (difference.changes.length > 0) changed.push({ id, ...difference });
  }
  return {
    added: [...is.keys()].filter((id) => !was.has(id)),
    removed: [...was.keys()].filter((id) => !is.has(id)),
    changed,
  };
}

function changesOf(
  [before, was]: [Api, ApiOperation],
  [after, is]: [Api, ApiOperation],
  given: OperationChoice,
): Omit<ChangedOperation, 'id'> {
  // The name is a choice that was made: a new operationId does not rename a tool.
  const choice = { ...given, name: given.name ?? operationName(was) };
  const older = operationWorkflow(before, was, choice, PLACE);
  const newer = operationWorkflow(after, is, choice, PLACE);
  const contract = contractChanges(documentContract(older), documentContract(newer));
  const changes = contract.map(({ message }) => message);
  // Another argument is sent, of course: only what callers do not see themselves is told.
  const parts = changes.some((change) => change.startsWith('Argument')) ? ['url'] : Object.keys(PARTS);
  changes.push(...requestChanges(parts, configOf(older), configOf(newer)));
  if (!was.deprecated && is.deprecated) changes.push('It is deprecated now');
  if (was.scheme !== is.scheme) {
    changes.push(
      is.scheme === null ? 'It needs no credential any more' : `It is called with "${is.scheme}" now`,
    );
  }
  if (was.faults.length === 0 && is.faults.length > 0) changes.push('It cannot be imported any more');
  return { changes, breaks: contract.some(({ impact }) => impact === 'breaking') };
}

const PARTS: Record<string, string> = {
  url: 'The address is made otherwise',
  query: 'The query is sent otherwise',
  headers: 'Other headers are sent',
  body: 'The body is sent otherwise',
  response: 'The answer is read otherwise',
};

function requestChanges(parts: readonly string[], before: JsonObject, after: JsonObject): string[] {
  return parts.flatMap((part) =>
    JSON.stringify(before[part]) === JSON.stringify(after[part]) ? [] : [PARTS[part]!],
  );
}

function configOf(document: WorkflowDocument): JsonObject {
  return document.nodes.find(({ key }) => key === REQUEST)?.config ?? {};
}
