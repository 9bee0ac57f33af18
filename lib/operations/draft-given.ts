import { AppError } from '#lib/db/app-error.ts';
import type { Run } from '#lib/db/runs.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { RunOptions } from '#lib/engine/run.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { gapIn } from '#lib/workflow/recorded-gap.ts';

type Given = NonNullable<RunOptions['given']>;

/** Values that steps of a draft leave behind without being run. */
export type GivenValues = Given;

/**
 * What the steps give that a run from `node` on does not repeat: all that neither is that step nor comes after it, as
 * the earlier run left it. In a container that is the whole container. The start is not among them: the run has its
 * own arguments. Throws `invalid` when a value was not recorded in full, naming the step.
 */
export function givenBefore(document: WorkflowDocument, node: string, earlier: Run): Given {
  const first = outermost(document, node);
  const later = after(document, first.id);
  const given: Record<string, Given[string]> = {};
  for (const { id, key, kind, parent } of document.nodes) {
    if (later.has(id) || parent !== undefined || kinds.get(kind)?.role === 'start') continue;
    const step = earlier.steps.find((one) => one.nodeId === id && !one.iteration && one.undoes === undefined);
    if (step?.status !== 'succeeded') continue;
    const value = step.value ?? null;
    const gap = gapIn(value);
    if (gap !== null) {
      throw new AppError(
        'invalid',
        `Step "${key}" cannot be taken from the earlier run: ${gap}. Start further ahead, pin a value for it, or run all of it.`,
      );
    }
    given[id] = { value, ...(step.handle !== undefined && { handle: step.handle }) };
  }
  return given;
}

/** Pinned samples as the steps would leave them: by the first of their ways. */
export function givenByPins(document: WorkflowDocument, pins: Readonly<Record<string, JsonValue>>): Given {
  const given: Record<string, Given[string]> = {};
  for (const node of document.nodes) {
    if (!Object.hasOwn(pins, node.id)) continue;
    const handle = firstWay(node);
    given[node.id] = { value: pins[node.id]!, ...(handle !== undefined && { handle }) };
  }
  return given;
}

/** The step itself, or the outermost container around it. Throws `invalid` when the draft has no such step. */
function outermost(document: WorkflowDocument, id: string): WorkflowNode {
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  let node = byId.get(id);
  for (let around = node?.parent; node && around !== undefined; around = node?.parent)
    node = byId.get(around);
  if (!node) throw new AppError('invalid', 'The draft has no step to run from: it may have been deleted.');
  return node;
}

/** A step and all that come after it. */
function after({ edges }: WorkflowDocument, start: string): ReadonlySet<string> {
  const found = new Set([start]);
  for (const id of found) for (const { from, to } of edges) if (from.node === id) found.add(to.node);
  return found;
}

/** Undefined where there is one way only. */
function firstWay(node: WorkflowNode): string | undefined {
  const kind: NodeKind | undefined = kinds.get(node.kind);
  const config = kind?.config.safeParse(node.config);
  if (!kind || !config?.success) return undefined;
  const ways = kind.handles(config.data).filter(({ id }) => id !== kind.body?.handle);
  const isPlain = ways.length < 2 && !kind.body;
  return isPlain ? undefined : ways[0]?.id;
}
