import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** A step: its kind, its config, and whatever else the document says about it. */
export interface Step {
  kind: string;
  config: JsonObject;
  settings?: JsonObject;
  [field: string]: unknown;
}

/** A start whose arguments have these schemas. */
export function takes(properties: JsonObject = { text: { type: 'string' } }, more: JsonObject = {}): Step {
  return { kind: 'input', config: { schema: { type: 'object', properties, ...more } } };
}

export function sets(values: JsonObject, settings?: JsonObject): Step {
  return { kind: 'set', config: { values }, ...(settings && { settings }) };
}

/** A condition with the ways `true` and `false`. */
export function asks(left: string): Step {
  return { kind: 'if', config: { when: 'all', conditions: [{ left, operator: 'is_true', right: '' }] } };
}

export function codes(code: string): Step {
  return { kind: 'javascript', config: { code } };
}

/** An end that answers with this text, and with a structured value if one is given. */
export function answers(text: string, structured?: JsonObject): Step {
  return { kind: 'output', config: { parts: [{ type: 'text', text }], structured: structured ?? null } };
}

/** A loop over this list. */
export function loops(list: string, more: JsonObject = {}): Step {
  return { kind: 'for-each', config: { list, ...more } };
}

/** The same step, inside the loop with this key. */
export function inside(key: string, step: Step): Step {
  return { ...step, parent: `id-${key}` };
}

/** A document of steps by key; edges are written `from -> to` or `from:handle -> to`. */
export function documentOf(
  steps: Record<string, Step>,
  edges: string[],
  more: Partial<Record<keyof WorkflowDocument, unknown>> = {},
): WorkflowDocument {
  return {
    schemaVersion: 1,
    kind: 'tool',
    name: 'tested',
    title: 'Tested',
    description: 'A workflow of a test.',
    nodes: Object.entries(steps).map(([key, step]) => ({
      id: `id-${key}`,
      key,
      position: { x: 0, y: 0 },
      ...step,
    })),
    edges: edges.map((edge, index) => {
      const [, from, handle = 'out', to] = /^(\w+)(?::(\w+))? -> (\w+)$/.exec(edge)!;
      return { id: `e${index}`, from: { node: `id-${from}`, handle }, to: { node: `id-${to}` } };
    }),
    settings: {},
    ...more,
  } as WorkflowDocument;
}
