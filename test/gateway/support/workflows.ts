import type { NodeSettings, WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

export interface Step {
  key: string;
  kind: string;
  config: JsonObject;
  settings?: NodeSettings;
}

/** A tool whose steps follow one another, from an input with this schema. */
export function tool(name: string, schema: JsonObject, ...steps: Step[]): WorkflowDocument {
  const all: Step[] = [{ key: 'arguments', kind: 'input', config: { schema } }, ...steps];
  return {
    schemaVersion: 1,
    kind: 'tool',
    name,
    title: name,
    description: `The test tool ${name}.`,
    nodes: all.map((step, index) => ({ ...step, id: step.key, position: { x: index * 300, y: 0 } })),
    edges: all.slice(1).map((step, index) => ({
      id: `e${index}`,
      from: { node: all[index]!.key, handle: 'out' },
      to: { node: step.key },
    })),
    settings: {},
  };
}

/** A tool of any shape: its ways as `from -> to`, or `from:handle -> to`. */
export function graph(
  name: string,
  schema: JsonObject,
  steps: readonly (Step & { parent?: string })[],
  ways: readonly string[],
): WorkflowDocument {
  const all = [{ key: 'arguments', kind: 'input', config: { schema } }, ...steps];
  return {
    schemaVersion: 1,
    kind: 'tool',
    name,
    title: name,
    description: `The test tool ${name}.`,
    nodes: all.map((step, index) => ({ ...step, id: step.key, position: { x: index * 300, y: 0 } })),
    edges: ways.map((way, index) => {
      const [from, to] = way.split(' -> ') as [string, string];
      const [node, handle = 'out'] = from.split(':') as [string, string?];
      return { id: `e${index}`, from: { node, handle }, to: { node: to } };
    }),
    settings: {},
  };
}

/** A resource at this URI, or at all URIs of this template. */
export function resource(
  name: string,
  settings: NonNullable<WorkflowDocument['settings']['resource']>,
  schema: JsonObject,
  ...steps: Step[]
): WorkflowDocument {
  const description = `The test resource ${name}.`;
  return {
    ...tool(name, schema, ...steps),
    kind: 'resource',
    description,
    settings: { resource: settings },
  };
}

/** A prompt with these arguments. */
export function prompt(name: string, schema: JsonObject, ...steps: Step[]): WorkflowDocument {
  return { ...tool(name, schema, ...steps), kind: 'prompt', description: `The test prompt ${name}.` };
}

/** The end of a workflow that answers with these parts. */
export function answerParts(...parts: JsonObject[]): Step {
  return { key: 'answer', kind: 'output', config: { parts, structured: null } };
}

/** Asks the person for one text, and leaves it as `steps.<key>.<field>`. */
export function ask(key: string, field: string, message = `What is the ${field}?`): Step {
  return {
    key,
    kind: 'ask-user',
    config: { message, mode: 'fields', fields: [{ name: field, type: 'text', required: true }] },
  };
}

export const TEXT_SCHEMA: JsonObject = {
  type: 'object',
  properties: { text: { type: 'string', maxLength: 1000 } },
  required: ['text'],
  additionalProperties: false,
};

export const NO_ARGUMENTS: JsonObject = { type: 'object', properties: {}, additionalProperties: false };

/** The end of a workflow that answers with one text. */
export function answer(text: string): Step {
  return { key: 'answer', kind: 'output', config: { parts: [{ type: 'text', text }], structured: null } };
}

/** Answers with what it is given. */
export const echo = tool('echo', TEXT_SCHEMA, answer('{{ input.text }}'));
