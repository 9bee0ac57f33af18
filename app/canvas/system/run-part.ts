import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { edgesTo, findNode } from './graph.ts';
import type { Kinds } from './kinds.ts';
import { isPinned, type Pins } from './pins.ts';
import { isOngoing, type RunView } from './run-view.ts';

/** A part of the draft to run: one step, all up to it, or it and all that follows. */
export interface RunPart {
  /** Id of the step. */
  node: string;
  what: 'step' | 'to' | 'from';
}

/** A part as the server takes it. */
export interface PartRequest {
  /** Id of the last step to run. */
  until?: string;
  /** The first step to run; what is before it gives what it left behind in this earlier run. */
  from?: { node: string; run: string };
}

export interface PlannedPart {
  request: PartRequest;
  /** Keys of the steps before it that run too, because what they give is not known. */
  first: readonly string[];
}

export interface PartFacts {
  document: WorkflowDocument;
  kinds: Kinds;
  pins: Pins;
  /** The run whose values may be used again; null when there is none. */
  earlier: RunView | null;
}

/** What a part means to the server, given what is known of an earlier run. */
export function planPart(part: RunPart, { document, kinds, pins, earlier }: PartFacts): PlannedPart {
  const around = outermost(document, part.node);
  const before = ancestors(document, around).filter((node) => kinds.get(node.kind)?.role !== 'start');
  const until = part.what === 'from' ? {} : { until: part.node };
  if (part.what === 'to') return { request: until, first: [] };
  const usable = earlier !== null && !isOngoing(earlier) ? earlier : null;
  const first = before.filter((node) => {
    const status = usable?.steps[node.id]?.status;
    // What was skipped is skipped again: the steps that decided it give what they gave.
    return !isPinned(pins, node.id) && status !== 'succeeded' && status !== 'skipped';
  });
  return {
    request: usable ? { ...until, from: { node: part.node, run: usable.id } } : until,
    first: first.map(({ key }) => key),
  };
}

/** What a part is called: on its button, and as the title of its dialog. */
export function partWords({ what }: RunPart, key: string): string {
  return { step: `Run ${key}`, to: `Run up to ${key}`, from: `Run from ${key} on` }[what];
}

/** What is said when steps before it run too; null when none does. */
export function firstWords(key: string, first: readonly string[]): string | null {
  if (first.length === 0) return null;
  const names =
    first.length > 3 ? `${first.slice(0, 3).join(', ')} and ${first.length - 3} more` : first.join(', ');
  return `${names} ${first.length === 1 ? 'runs' : 'run'} before ${key}: what ${
    first.length === 1 ? 'it gives' : 'they give'
  } is not known yet.`;
}

/** The step itself, or the outermost frame around it. */
function outermost(document: WorkflowDocument, id: string): string {
  const seen = new Set([id]);
  let at = id;
  for (
    let node = findNode(document, id);
    node?.parent !== undefined;
    node = findNode(document, node.parent)
  ) {
    if (seen.has(node.parent)) break;
    seen.add(node.parent);
    at = node.parent;
  }
  return at;
}

/** All steps that lead to this one, in the order of the document; those inside of frames are part of the frame. */
function ancestors(document: WorkflowDocument, id: string): WorkflowNode[] {
  const found = new Set<string>();
  const next = [id];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const { from } of edgesTo(document, at)) {
      if (found.has(from.node)) continue;
      found.add(from.node);
      next.push(from.node);
    }
  }
  return document.nodes.filter((node) => found.has(node.id) && node.parent === undefined);
}
