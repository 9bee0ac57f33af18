import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { ReadRoot } from '#lib/workflow/reads.ts';
import type { Field } from '#lib/workflow/template-fields.ts';
import { type Part, partOf, Refused } from './extract-part.ts';
import {
  answersOf,
  argumentsOf,
  at,
  type ExtractedAnswer,
  type ExtractedArgument,
  nameOfValue,
  type Passed,
  rewritten,
  seenAt,
} from './extract-values.ts';
import { inputSchemaOf } from './input-schema.ts';
import type { Kinds } from './kinds.ts';
import { uniqueKey } from './unique-key.ts';

export interface Extraction {
  arguments: ExtractedArgument[];
  answers: ExtractedAnswer[];
  /** The workflow of its own. */
  workflow: WorkflowDocument;
  /** The document with one step in place of those that were taken out. */
  document: WorkflowDocument;
  /** Id of that step. */
  id: string;
}

export interface ExtractOptions {
  kinds: Kinds;
  newId: () => string;
  /** Of the new workflow. */
  name: string;
  title?: string;
  description?: string;
}

/** Kind of the step that calls another workflow, and of the start and the end of the one that is made. */
const KIND = { call: 'run-workflow', start: 'input', end: 'output' } as const;

/**
 * Makes steps a workflow of their own, and puts a step that calls it in their place: the answer stays what it was. What
 * they read from outside becomes its arguments, what later steps read of theirs its answer. A loop counts with all that
 * is in it. Answers a reason, in a sentence, where that cannot be.
 */
export function extract(
  document: WorkflowDocument,
  ids: Iterable<string>,
  options: ExtractOptions,
): Extraction | { refused: string } {
  try {
    return extracted(document, ids, options);
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

function extracted(document: WorkflowDocument, ids: Iterable<string>, options: ExtractOptions): Extraction {
  const { kinds, newId, name } = options;
  const part = partOf(document, ids, kinds);
  const passed = argumentsOf(document, part, kinds);
  const answers = answersOf(document, part, kinds);
  const keys = new Set(part.nodes.map(({ key }) => key));
  const nameOf = new Map(passed.map((one) => [one.value, one.name]));

  const insideTo = (root: ReadRoot, member: string | null): string | null => {
    if (root === 'steps' && member !== null && keys.has(member)) return null;
    const whole = nameOf.get('input');
    if (root === 'input' && whole !== undefined)
      return member === null ? at('input', whole) : at(at('input', whole), member);
    const argument = nameOf.get(nameOfValue(root, member));
    if (argument === undefined || (root === 'input' && argument === member)) return null;
    return at('input', argument);
  };
  const { x, y } = corner(part.top);
  const inner = part.nodes.map((node) => {
    const isTop = part.top.includes(node);
    const { parent, ...rest } = rewritten(node, kinds, () => insideTo);
    const position = { x: node.position.x - x + 320, y: node.position.y - y };
    return { ...rest, position, ...(isTop || parent === undefined ? {} : { parent }) };
  });
  const workflow = workflowOf(document, part, { ...options, inner, passed, answers });
  const fault = newFault(document, workflow, kinds);
  if (fault !== null) throw new Refused(`The workflow would have a fault: ${fault}`);

  const rest = document.nodes.filter(({ id }) => !part.all.has(id));
  const callKey = uniqueKey(name.slice(0, 40), new Set(rest.map(({ key }) => key)));
  const call: WorkflowNode = {
    id: newId(),
    key: callKey,
    kind: KIND.call,
    config: {
      workflow: name,
      input: Object.fromEntries(passed.map((one) => [one.name, `{{ ${one.from} }}`])),
    },
    position: part.entry.position,
    ...(part.entry.parent === undefined ? {} : { parent: part.entry.parent }),
  };
  const outsideTo =
    (node: WorkflowNode) =>
    (field: Field) =>
    (root: ReadRoot, member: string | null): string | null => {
      if (root !== 'steps' || member === null || !keys.has(member)) return null;
      const certain = seenAt(document, node, field, kinds).get(member)?.certain ?? false;
      return `steps.${callKey}${certain ? '.' : '?.'}${member}`;
    };
  const nodes = rest.map((node) => rewritten(node, kinds, outsideTo(node)));
  const edges = document.edges.flatMap((edge) => {
    const [from, to] = [part.all.has(edge.from.node), part.all.has(edge.to.node)];
    if (from && to) return [];
    if (to) return [{ ...edge, to: { node: call.id } }];
    return from ? [{ ...edge, from: { node: call.id, handle: 'out' } }] : [edge];
  });
  return {
    arguments: passed.map(({ value: _, ...argument }) => argument),
    answers,
    workflow,
    document: { ...document, nodes: [...nodes, call], edges },
    id: call.id,
  };
}

function workflowOf(
  document: WorkflowDocument,
  part: Part,
  {
    kinds,
    newId,
    name,
    title = '',
    description = '',
    inner,
    passed,
    answers,
  }: ExtractOptions & { inner: WorkflowNode[]; passed: Passed[]; answers: ExtractedAnswer[] },
): WorkflowDocument {
  const taken = new Set(inner.map(({ key }) => key));
  const required = passed.filter((one) => one.required).map((one) => one.name);
  const definitions = inputSchemaOf(document, kinds)?.['$defs'];
  const properties = Object.fromEntries(passed.map((one) => [one.name, one.schema]));
  const refers = JSON.stringify(properties).includes('"$ref"');
  const startKey = uniqueKey('arguments', taken);
  const start: WorkflowNode = {
    id: newId(),
    key: startKey,
    kind: KIND.start,
    config: {
      schema: {
        type: 'object',
        properties,
        ...(required.length > 0 ? { required } : {}),
        additionalProperties: false,
        ...(refers && definitions !== undefined ? { $defs: definitions } : {}),
      },
    },
    position: { x: 0, y: 0 },
  };
  const seen = part.exit ? certainBehind(document, part, kinds) : new Set<string>();
  const structured: JsonObject = {
    value: Object.fromEntries(answers.map(({ key }) => [key, `{{ steps.${key} }}`])),
    schema: {
      type: 'object',
      properties: Object.fromEntries(answers.map(({ key }) => [key, {}])),
      ...(answers.length > 0
        ? { required: answers.map(({ key }) => key).filter((key) => seen.has(key)) }
        : {}),
      additionalProperties: false,
    },
  };
  const right = Math.max(
    ...inner.filter(({ parent }) => parent === undefined).map(({ position }) => position.x),
  );
  const end: WorkflowNode = {
    id: newId(),
    key: uniqueKey('answer', new Set([...taken, startKey])),
    kind: KIND.end,
    config:
      answers.length > 0
        ? { parts: [], structured }
        : { parts: [{ type: 'text', text: 'Done.' }], structured: null },
    position: { x: right + 320, y: 0 },
  };
  const between = document.edges.filter(({ from, to }) => part.all.has(from.node) && part.all.has(to.node));
  const edges = [
    { id: newId(), from: { node: start.id, handle: 'out' }, to: { node: part.entry.id } },
    ...between,
    ...(part.exit
      ? [{ id: newId(), from: { node: part.exit.node.id, handle: part.exit.handle }, to: { node: end.id } }]
      : []),
  ];
  const { timeoutMs } = document.settings;
  return {
    schemaVersion: document.schemaVersion,
    kind: 'tool',
    name,
    title,
    description,
    nodes: [start, ...inner, end],
    edges,
    settings: timeoutMs === undefined ? {} : { timeoutMs },
  };
}

/** Keys of the steps of the part that have run whenever it is left. */
function certainBehind(document: WorkflowDocument, part: Part, kinds: Kinds): Set<string> {
  const { node } = part.exit!;
  const seen = [...seenAt(document, node, [], kinds)]
    .filter(([, entry]) => entry.certain)
    .map(([key]) => key);
  return new Set([...seen, node.key]);
}

/** The first fault of the new workflow that the old one did not have; null when there is none. */
function newFault(before: WorkflowDocument, after: WorkflowDocument, kinds: Kinds): string | null {
  const errors = (document: WorkflowDocument): string[] =>
    compile(document, kinds)
      .problems.filter(({ severity }) => severity === 'error')
      .map(({ message }) => message);
  const known = new Set(errors(before));
  return errors(after).find((message) => !known.has(message)) ?? null;
}

function corner(nodes: readonly WorkflowNode[]): { x: number; y: number } {
  return {
    x: Math.min(...nodes.map(({ position }) => position.x)),
    y: Math.min(...nodes.map(({ position }) => position.y)),
  };
}
