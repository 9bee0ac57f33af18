import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Kinds } from './kinds.ts';
import { isPinned, type Pins } from './pins.ts';
import type { RunView } from './run-view.ts';

/**
 * What `steps` was in a run, as one node reads it: the values of the steps, pinned ones before those of the run, and of
 * the frames the node stands in the item at hand. `inside`: as seen from inside the node's own body.
 */
export function sampleSteps(
  {
    document,
    kinds,
    run,
    pins = {},
  }: { document: WorkflowDocument; kinds: Kinds; run: RunView; pins?: Pins },
  nodeId: string,
  { inside }: { inside: boolean },
): Record<string, JsonValue> {
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const values: Record<string, JsonValue> = {};
  for (const { id, key } of document.nodes) {
    const step = run.steps[id];
    if (isPinned(pins, id)) values[key] = pins[id]!;
    else if (step?.status === 'succeeded') values[key] = step.value;
  }
  const innermost = inside ? nodeId : byId.get(nodeId)?.parent;
  const frames: string[] = [];
  for (let id = innermost; id !== undefined && !frames.includes(id); id = byId.get(id)?.parent) {
    frames.unshift(id);
  }
  for (const [depth, id] of frames.entries()) {
    const frame = byId.get(id);
    if (!frame) continue;
    const over = kinds.get(frame.kind)?.body?.over;
    const body = document.nodes.find((node) => node.parent === id && run.steps[node.id]);
    const index = (body && run.steps[body.id]?.iteration[depth]) ?? 0;
    const item = over === undefined ? null : itemAt(run.steps[id]?.input ?? null, over, index);
    if (item) values[frame.key] = item;
    else delete values[frame.key];
  }
  return values;
}

/** What the steps inside a frame read of it; null when the list is not known. */
function itemAt(input: JsonValue, over: string, index: number): JsonObject | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  const list = input[over];
  if (typeof list === 'number') return { item: index, index, count: list };
  if (typeof list !== 'object' || list === null) return null;
  const items = Array.isArray(list) ? list : Object.entries(list).map(([key, value]) => ({ key, value }));
  const item = items[index];
  return item === undefined ? null : { item, index, count: items.length };
}
