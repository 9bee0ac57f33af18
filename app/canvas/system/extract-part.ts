import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { handlesOf, readConfig } from '#lib/workflow/step-face.ts';
import { nodesInside } from './frames.ts';
import { edgesFrom, edgesTo, findNode } from './graph.ts';
import { outermost } from './groups.ts';
import type { Kinds } from './kinds.ts';

/** Thrown inside, told as a reason: a selection that cannot be taken out. */
export class Refused extends Error {}

/** What is taken out, and how it hangs together with the rest. */
export interface Part {
  all: ReadonlySet<string>;
  nodes: WorkflowNode[];
  /** Those that stand in none of the others. */
  top: WorkflowNode[];
  entry: WorkflowNode;
  exit: { node: WorkflowNode; handle: string } | null;
}

/** The steps that are taken out. Throws Refused where they do not hang together as one step would. */
export function partOf(document: WorkflowDocument, ids: Iterable<string>, kinds: Kinds): Part {
  const chosen = [...ids].filter((id) => findNode(document, id));
  const topIds = outermost(document, chosen);
  const all = new Set([...topIds, ...nodesInside(document, topIds)]);
  const nodes = document.nodes.filter(({ id }) => all.has(id));
  const top = nodes.filter(({ id }) => topIds.includes(id));
  const [first] = top;
  if (!first) throw new Refused('Select the steps that are to become a workflow.');
  if (top.some(({ parent }) => parent !== first.parent)) {
    throw new Refused(
      'Some of the steps stand inside a loop and others outside of it: take the whole loop, or only steps inside.',
    );
  }
  for (const node of nodes) refuseStep(document, node, all, kinds);

  const incoming = document.edges.filter(({ from, to }) => !all.has(from.node) && all.has(to.node));
  const entries = [...new Set(incoming.map(({ to }) => to.node))];
  const entry = findNode(document, entries[0] ?? '');
  if (!entry) throw new Refused('Nothing leads to these steps, so they never run: connect them first.');
  if (entries.length > 1) {
    throw new Refused(
      `They are entered at more than one step (${keysOf(document, entries)}): a workflow starts at one.`,
    );
  }
  if (kinds.get(entry.kind)?.join) {
    throw new Refused(`${entry.key} reads the ways that lead to it: leave it outside.`);
  }
  for (const { id, key } of top) {
    if (id !== entry.id && edgesTo(document, id).length === 0) {
      throw new Refused(`Nothing leads to ${key}, so it never runs: connect it, or leave it out.`);
    }
  }
  return { all, nodes, top, entry, exit: exitOf(document, top, all, kinds) };
}

function refuseStep(
  document: WorkflowDocument,
  node: WorkflowNode,
  all: ReadonlySet<string>,
  kinds: Kinds,
): void {
  const kind = kinds.get(node.kind);
  if (!kind) throw new Refused(`${node.key} is of a kind that is not known here.`);
  if (kind.role === 'start') throw new Refused(`${node.key} starts this workflow: select steps after it.`);
  if (kind.role === 'end') throw new Refused(`${node.key} ends this workflow: leave it outside.`);
  const outside = node.parent === undefined || !all.has(node.parent);
  if (outside && kind.insideOnly?.(readConfig(node, kind).config)) {
    throw new Refused(`${node.key} belongs to the loop around it: take the whole loop, or leave it out.`);
  }
  const undone = document.nodes.find(({ settings }) => settings?.undo === node.id);
  if (node.settings?.undo !== undefined || undone) {
    throw new Refused(
      `${node.key} is taken back, or takes back another, when the run fails later: that does not reach into a called workflow.`,
    );
  }
}

/** The one way on. Every other way has to lead to it, or a run could end inside and yet go on behind. */
function exitOf(
  document: WorkflowDocument,
  top: WorkflowNode[],
  all: ReadonlySet<string>,
  kinds: Kinds,
): Part['exit'] {
  const leaving = document.edges.filter(({ from, to }) => all.has(from.node) && !all.has(to.node));
  const ways = [...new Set(leaving.map(({ from }) => `${from.node} ${from.handle}`))];
  if (ways.length > 1) {
    const left = [...new Set(leaving.map(({ from }) => from.node))];
    throw new Refused(
      `They are left by more than one way (at ${keysOf(document, left)}): a workflow ends in one answer.`,
    );
  }
  for (const { to } of leaving) {
    const target = findNode(document, to.node);
    if (target && kinds.get(target.kind)?.join) {
      throw new Refused(
        `${target.key}, which follows, reads the ways that lead to it: take it along, or put a step between.`,
      );
    }
  }
  const open = top.flatMap((node) => {
    const inner = kinds.get(node.kind)?.body?.handle;
    return handlesOf(node, kinds)
      .filter(({ id }) => id !== inner && edgesFrom(document, node.id, id).length === 0)
      .map(({ id }) => ({ node, handle: id }));
  });
  const [only] = leaving;
  if (only) {
    if (open[0])
      throw new Refused(
        `A run can end at ${open[0].node.key}, inside: then what follows would not run, and with a workflow of its own it would.`,
      );
    return { node: findNode(document, only.from.node)!, handle: only.from.handle };
  }
  // Inside a loop a way may end anywhere: the item is done then.
  const frame = findNode(document, top[0]?.parent ?? '');
  if (!frame)
    throw new Refused('Nothing follows these steps, so their run has no answer: connect them first.');
  const collect = frame.config[kinds.get(frame.kind)?.body?.collect ?? ''];
  if (collect === undefined || collect === '') {
    throw new Refused(
      `${frame.key} collects what its last step left behind: write down what it collects first.`,
    );
  }
  if (open.length > 1) throw new Refused('They end at more than one step: a workflow ends in one answer.');
  return open[0] ?? null;
}

function keysOf(document: WorkflowDocument, ids: readonly string[]): string {
  return ids.map((id) => findNode(document, id)?.key ?? id).join(', ');
}
