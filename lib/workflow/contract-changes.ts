import type { Contract } from './contract.ts';
import type { JsonSchema } from './json.ts';
import { type SchemaChange, type Shift, schemaChanges } from './schema-changes.ts';

/** What a change means for those who call the workflow today. */
export type Impact = 'breaking' | 'compatible' | 'cosmetic';

export interface ContractChange {
  impact: Impact;
  /** A sentence without a full stop: `Argument "city" is required now`. */
  message: string;
}

/** Arguments are given by the caller: fewer of them is worse. Answers are read by it: more of them is. */
const IMPACT: Record<'arguments' | 'answer', Record<Shift, Impact>> = {
  arguments: {
    narrower: 'breaking',
    wider: 'compatible',
    different: 'breaking',
    default: 'compatible',
    words: 'cosmetic',
  },
  answer: {
    narrower: 'compatible',
    wider: 'breaking',
    different: 'breaking',
    default: 'cosmetic',
    words: 'cosmetic',
  },
};

const ORDER: readonly Impact[] = ['breaking', 'compatible', 'cosmetic'];

/** What clients notice when the contract `after` is served in place of `before`; what breaks them first. */
export function contractChanges(before: Contract, after: Contract): ContractChange[] {
  const changes: ContractChange[] = [];
  const add = (impact: Impact, message: string): void => void changes.push({ impact, message });

  if (before.kind !== after.kind) add('breaking', `It is a ${after.kind} instead of a ${before.kind}`);
  if (before.name !== after.name) add('breaking', `It is called ${after.name} instead of ${before.name}`);
  for (const [what, was, is] of [
    ['title', before.title, after.title],
    ['description', before.description, after.description],
    ['icon', before.icon, after.icon],
  ]) {
    if (was !== is) add('cosmetic', `The ${what} is another`);
  }
  for (const change of schemaChanges(before.inputSchema, after.inputSchema)) {
    add(IMPACT.arguments[change.shift], sentence('Argument', change));
  }
  changes.push(...answerChanges(before.outputSchema, after.outputSchema));
  changes.push(...abilityChanges(before, after));
  changes.push(...resourceChanges(before, after));
  if (JSON.stringify(before.annotations) !== JSON.stringify(after.annotations)) {
    add('compatible', annotationWords(before, after));
  }
  return changes.toSorted((one, other) => ORDER.indexOf(one.impact) - ORDER.indexOf(other.impact));
}

/** Whether callers of today are broken by any of the changes. */
export function breaks(changes: readonly ContractChange[]): boolean {
  return changes.some(({ impact }) => impact === 'breaking');
}

function answerChanges(before: JsonSchema | null, after: JsonSchema | null): ContractChange[] {
  if (!before && !after) return [];
  if (!before) return [{ impact: 'compatible', message: 'The answer has structured content now' }];
  if (!after) return [{ impact: 'breaking', message: 'The answer has no structured content any more' }];
  return schemaChanges(before, after).map((change) => ({
    impact: fieldImpact(change),
    message: sentence('Field', change),
  }));
}

/** Whoever reads an answer passes over members that it does not know. */
function fieldImpact({ shift, words }: SchemaChange): Impact {
  const added = words.startsWith('is new') || words === 'may have other members';
  return added ? 'compatible' : IMPACT.answer[shift];
}

function abilityChanges(before: Contract, after: Contract): ContractChange[] {
  const changes: ContractChange[] = [];
  for (const ability of after.requires ?? []) {
    if (before.requires?.includes(ability)) continue;
    changes.push({ impact: 'breaking', message: `Clients without ${ability} are refused` });
  }
  for (const ability of before.requires ?? []) {
    if (after.requires?.includes(ability)) continue;
    changes.push({ impact: 'compatible', message: `Clients need no ${ability} any more` });
  }
  if (before.task !== after.task) {
    const message =
      after.task === 'required'
        ? 'It is answered with a task only: clients that cannot take one are refused'
        : after.task === 'optional'
          ? 'Clients that can take one get a task'
          : 'It is never answered with a task';
    changes.push({ impact: after.task === 'required' ? 'breaking' : 'compatible', message });
  }
  return changes;
}

function resourceChanges({ resource: before }: Contract, { resource: after }: Contract): ContractChange[] {
  if (!before || !after) return [];
  const changes: ContractChange[] = [];
  const [was, is] = [before.uri ?? before.uriTemplate, after.uri ?? after.uriTemplate];
  if (was !== is) changes.push({ impact: 'breaking', message: `Its URI is ${is} instead of ${was}` });
  if (before.mimeType !== after.mimeType) {
    changes.push({ impact: 'compatible', message: `It is ${after.mimeType ?? 'of no told type'} now` });
  }
  return changes;
}

function annotationWords({ annotations: before }: Contract, { annotations: after }: Contract): string {
  if (before.readOnlyHint === true && after.readOnlyHint !== true) {
    return 'It is not marked as only reading any more: clients ask before they call it';
  }
  if (after.destructiveHint === true && before.destructiveHint !== true) {
    return 'It is marked as destructive: clients ask before they call it';
  }
  return 'Clients are told otherwise what it does: reads, destroys, is safe to repeat';
}

function sentence(what: 'Argument' | 'Field', { path, words }: SchemaChange): string {
  const place = path.map((part, at) => (part === '[]' ? '[]' : at === 0 ? part : `.${part}`)).join('');
  const subject = what === 'Argument' ? 'The arguments object' : 'The answer';
  return place === '' ? `${subject} ${words}` : `${what} "${place}" ${words}`;
}
