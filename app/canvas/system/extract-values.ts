import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { isPlainName, type Read, type ReadRoot, readsOf, withReads } from '#lib/workflow/reads.ts';
import { type ScopeEntry, scopeAt } from '#lib/workflow/scope.ts';
import { type ConfigText, configTexts, type Field } from '#lib/workflow/template-fields.ts';
import { type Part, Refused } from './extract-part.ts';
import { findNode } from './graph.ts';
import { inputSchemaOf } from './input-schema.ts';
import type { Kinds } from './kinds.ts';
import { uniqueKey } from './unique-key.ts';

/** An argument of the workflow that is made, and what is passed for it. */
export interface ExtractedArgument {
  name: string;
  /** What it was: `input.email`, `steps.order`. */
  from: string;
  schema: JsonSchema;
  required: boolean;
}

/** A value that later steps read, as a member of the answer. */
export interface ExtractedAnswer {
  /** Key of the step whose value it is; also the member's name. */
  key: string;
  /** Keys of the steps that read it. */
  readers: string[];
}

export type Passed = ExtractedArgument & { value: string };

/** What the part reads from outside, by the argument that is made of it. */
export function argumentsOf(document: WorkflowDocument, part: Part, kinds: Kinds): Passed[] {
  const keys = new Set(part.nodes.map(({ key }) => key));
  const wanted = new Map<string, { root: ReadRoot; member: string | null }>();
  for (const node of part.nodes) {
    for (const { root, names, as } of readsIn(node, kinds)) {
      const members = as === 'whole' || as === 'shorthand' ? [null] : names;
      for (const member of members) {
        if (root === 'steps' && member !== null && keys.has(member)) continue;
        wanted.set(nameOfValue(root, member), { root, member });
      }
    }
  }
  // Who reads all of the arguments gets all of them, and reads each out of it.
  if (wanted.has('input'))
    for (const [value, { root, member }] of wanted)
      if (root === 'input' && member !== null) wanted.delete(value);

  const seen = seenAt(document, part.entry, [], kinds);
  const inputSchema = inputSchemaOf(document, kinds) ?? {};
  const taken = new Set<string>();
  // The names of arguments stay theirs; what else is passed makes way.
  const ordered = [...wanted].toSorted(([, a], [, b]) => rank(a.root) - rank(b.root));
  return ordered.map(([value, { root, member }]): Passed => {
    const name = uniqueKey((root === 'run' ? `run_${member}` : (member ?? 'input')).slice(0, 40), taken);
    taken.add(name);
    return { name, value, from: member === null ? root : at(root, member), ...described() };

    function described(): Pick<Passed, 'schema' | 'required'> {
      if (root === 'run') return { schema: { type: 'string' }, required: true };
      if (root === 'input') return memberOf(inputSchema, member);
      const entry = seen.get(member ?? '');
      if (!entry) throw new Refused(`${member} is read, and has not run before these steps.`);
      return { schema: promised(document, entry, kinds), required: entry.certain };
    }
  });
}

function rank(root: ReadRoot): number {
  return root === 'input' ? 0 : 1;
}

/** What later steps read, by step. */
export function answersOf(document: WorkflowDocument, part: Part, kinds: Kinds): ExtractedAnswer[] {
  const readers = new Map<string, Set<string>>();
  const keys = new Map(part.nodes.map((node) => [node.key, node]));
  for (const node of document.nodes) {
    if (part.all.has(node.id)) continue;
    const reads = readsIn(node, kinds, (reason) => {
      // What cannot be read could read anything; what names none of these steps reads none of them.
      if (
        [...keys.keys()].some((key) => JSON.stringify(node.config).includes(key)) ||
        !reason.includes('fault')
      ) {
        throw new Refused(`${node.key} ${reason}: nobody can tell whether it reads these steps.`);
      }
    });
    for (const { root, names } of reads) {
      if (root !== 'steps') continue;
      for (const name of names)
        if (keys.has(name)) readers.set(name, (readers.get(name) ?? new Set()).add(node.key));
    }
  }
  for (const key of readers.keys()) {
    const node = keys.get(key)!;
    if (!part.top.includes(node))
      throw new Refused(`${key}, inside a loop, is read outside of it: mend that first.`);
  }
  return [...readers].map(([key, names]) => ({ key, readers: [...names] }));
}

/** What a step's value is promised to be. What nobody enforces is not: the call would fail where it is wrong. */
function promised(document: WorkflowDocument, entry: ScopeEntry, kinds: Kinds): JsonSchema {
  const node = findNode(document, entry.nodeId);
  const text = JSON.stringify(entry.schema);
  const loose =
    !node ||
    'outputSchema' in node.config ||
    node.settings?.disabled === true ||
    node.settings?.onError === 'continue' ||
    kinds.get(node.kind)?.body !== undefined ||
    text.includes('"$ref"') ||
    text.length > 4000;
  return loose ? {} : entry.schema;
}

function memberOf(schema: JsonSchema, member: string | null): Pick<Passed, 'schema' | 'required'> {
  if (member === null) {
    const { $schema: _, $id: __, $defs: ___, ...rest } = schema;
    return { schema: rest, required: true };
  }
  const properties = asObject(schema['properties']);
  const own = Object.hasOwn(properties, member) ? asObject(properties[member]) : {};
  const required = Array.isArray(schema['required']) && schema['required'].includes(member);
  return { schema: own, required: required || own['default'] !== undefined };
}

export function seenAt(
  document: WorkflowDocument,
  node: WorkflowNode,
  [field]: Field,
  kinds: Kinds,
): Map<string, ScopeEntry> {
  const seen = scopeAt(document, node.id, kinds, typeof field === 'string' ? field : undefined);
  return new Map(seen.map((entry) => [entry.key, entry]));
}

function readsIn(
  node: WorkflowNode,
  kinds: Kinds,
  unreadable: (reason: string) => void = (reason) => {
    throw new Refused(`${node.key} ${reason}: it cannot be told what it reads.`);
  },
): Read[] {
  const kind = kinds.get(node.kind);
  if (!kind) return [];
  return configTexts(kind, node.config).flatMap((text): Read[] => {
    const reads = readsOf(text);
    if (Array.isArray(reads)) return reads;
    unreadable(reads.reason);
    return [];
  });
}

/** A node with other words for what it reads. */
export function rewritten(
  node: WorkflowNode,
  kinds: Kinds,
  toOf: (field: Field) => (root: ReadRoot, name: string | null) => string | null,
): WorkflowNode {
  const kind = kinds.get(node.kind);
  let config: JsonValue = node.config;
  for (const { field, text, as } of kind ? configTexts(kind, node.config) : ([] as ConfigText[])) {
    const reads = readsOf({ field, text, as });
    if (!Array.isArray(reads)) continue;
    const words = withReads(text, reads, toOf(field));
    if (words !== text) config = withText(config, field, words);
  }
  return config === node.config ? node : { ...node, config: config as WorkflowNode['config'] };
}

function withText(value: JsonValue, [name, ...rest]: Field, text: string): JsonValue {
  if (name === undefined) return text;
  if (Array.isArray(value))
    return value.map((item, index) => (index === name ? withText(item, rest, text) : item));
  const object = value as JsonObject;
  return { ...object, [name]: withText(object[name] ?? null, rest, text) };
}

/** What names a value: `input.email`, `steps.order`, `input` for all arguments. */
export function nameOfValue(root: ReadRoot, member: string | null): string {
  return member === null ? root : `${root}.${member}`;
}

export function at(base: string, name: string): string {
  return isPlainName(name) ? `${base}.${name}` : `${base}[${JSON.stringify(name)}]`;
}

function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
