import type { JsonObject } from '#lib/workflow/json.ts';
import { createDraft } from './documents.ts';

/** A tool that asks `/one` of a server and then `/two`. */
export function twoSteps(url: string): JsonObject {
  const draft = createDraft('order');
  const [start, end] = draft['nodes'] as JsonObject[];
  const step = (id: string, x: number) => ({
    id,
    key: id,
    kind: 'http',
    config: { url: `${url}/${id}`, idempotencyKey: true },
    position: { x, y: 0 },
  });
  return {
    ...draft,
    nodes: [start!, step('one', 100), step('two', 200), end!],
    edges: [
      ['start', 'one'],
      ['one', 'two'],
      ['two', 'end'],
    ].map(([from, to], index) => ({
      id: `e${index}`,
      from: { node: from!, handle: 'out' },
      to: { node: to! },
    })),
  };
}
