import type { JsonObject } from '#lib/workflow/json.ts';

const node = (id: string, key: string, kind: string, config: JsonObject, x: number): JsonObject => ({
  id,
  key,
  kind,
  config,
  position: { x, y: 0 },
});

const chain = (...ids: string[]): JsonObject[] =>
  ids.slice(1).map((id, index) => ({
    id: `e${index}`,
    from: { node: ids[index]!, handle: 'out' },
    to: { node: id },
  }));

const input = (schema: JsonObject) => node('start', 'arguments', 'input', { schema }, 0);

const text = {
  type: 'object',
  properties: { text: { type: 'string', description: 'Any text.' } },
  required: ['text'],
  additionalProperties: false,
};

/** A tool that answers `before` and the text it was given. */
export function createDraft(name = 'echo', before = ''): JsonObject {
  return {
    schemaVersion: 1,
    kind: 'tool',
    name,
    title: 'Echo',
    description: 'Says what it was told.',
    nodes: [
      input(text),
      node('end', 'answer', 'output', { parts: [{ type: 'text', text: `${before}{{ input.text }}` }] }, 300),
    ],
    edges: chain('start', 'end'),
    settings: {},
  };
}

/** A tool with one step in the middle; its answer is the step's value as JSON. */
export function withStep(kind: string, config: JsonObject, settings?: JsonObject): JsonObject {
  return {
    ...createDraft('step'),
    nodes: [
      input(text),
      { ...node('middle', 'middle', kind, config, 300), ...(settings ? { settings } : {}) },
      node('end', 'answer', 'output', { parts: [{ type: 'text', text: '{{ steps.middle }}' }] }, 600),
    ],
    edges: chain('start', 'middle', 'end'),
  };
}
