import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { gapIn } from '#lib/workflow/recorded-gap.ts';
import { handlesOf } from '#lib/workflow/step-face.ts';
import type { Kinds } from './kinds.ts';
import type { RunView } from './run-view.ts';

/** Values that steps of draft runs give instead of running, by node id. */
export type Pins = Readonly<Record<string, JsonValue>>;

/** What the values of one workflow may be together, in characters of JSON; the server refuses more. */
export const MOST_PINNED = 1024 * 1024;

export function isPinned(pins: Pins, id: string): boolean {
  return Object.hasOwn(pins, id);
}

/** Steps of the document that are pinned; of steps that were deleted nothing is said. */
export function pinnedSteps(document: WorkflowDocument, pins: Pins): WorkflowNode[] {
  return document.nodes.filter((node) => isPinned(pins, node.id));
}

/** Whether a step may be pinned: the start has the arguments, an end leaves nothing behind. */
export function canPin(node: WorkflowNode, kinds: Kinds): boolean {
  const kind = kinds.get(node.kind);
  return kind !== undefined && kind.role === undefined;
}

/** Why a value cannot be pinned, in a sentence; null when it can. `others`: what is pinned besides. */
export function refusePin(value: JsonValue, others: Pins): string | null {
  const gap = gapIn(value);
  if (gap !== null) return `This value is not whole: ${gap}. Edit it, then pin it.`;
  const size = JSON.stringify({ ...others, pinned: value }).length;
  return size > MOST_PINNED ? 'Pinned values may be 1 MiB together: pin fewer, or smaller ones.' : null;
}

/** By which of its ways a pinned step is left, in words; null where there is one way only. */
export function wayOfPinned(node: WorkflowNode, kinds: Kinds): string | null {
  const inner = kinds.get(node.kind)?.body?.handle;
  const ways = handlesOf(node, kinds).filter(({ id }) => id !== inner && id !== 'error');
  const [first] = ways;
  return first && ways.length > 1 ? (first.label ?? first.id) : null;
}

/** What the steps of a run left behind, as far as the document has them and it can be pinned. */
export function pinsOfRun(document: WorkflowDocument, run: RunView, kinds: Kinds): Pins {
  const found: Record<string, JsonValue> = {};
  for (const node of document.nodes) {
    const step = run.steps[node.id];
    if (step?.status !== 'succeeded' || node.parent !== undefined || !canPin(node, kinds)) continue;
    if (wayOfPinned(node, kinds) === null && refusePin(step.value, found) === null)
      found[node.id] = step.value;
  }
  return found;
}
