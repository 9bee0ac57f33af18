import type { WorkflowDocument, WorkflowNode } from './document.ts';
import type { KindSpec } from './kind.ts';
import type { Problem } from './problem.ts';

export interface UndoNodes {
  /** By id of a node whose effect can be taken back: the id of the node that does it. */
  undo: ReadonlyMap<string, string>;
  /** Ids of all nodes that are named to take something back, rightly or not. They stand on no way. */
  named: ReadonlySet<string>;
}

/** Which node takes back the effect of which, and what is wrong with that. */
export function checkUndo(
  { nodes, edges }: WorkflowDocument,
  kinds: ReadonlyMap<string, KindSpec>,
  problems: Problem[],
): UndoNodes {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const connected = new Set(edges.flatMap(({ from, to }) => [from.node, to.node]));
  const undo = new Map<string, string>();
  const named = new Set<string>();
  for (const node of nodes) {
    const target = node.settings?.undo;
    if (target === undefined) continue;
    const other = byId.get(target);
    const shared = named.has(target);
    if (other && other !== node) named.add(target);
    const fault = shared ? sharedFault(node, other!) : faultOf(node, other, { kinds, connected });
    if (fault) problems.push({ severity: 'error', nodeId: node.id, ...fault });
    else undo.set(node.id, target);
  }
  for (const id of named) {
    const { key, settings } = byId.get(id)!;
    if (settings?.undo === undefined) continue;
    undo.delete(id);
    const message = `"${key}" takes back another step, so that it cannot be taken back itself: remove its own undo.`;
    problems.push({ code: 'undo_of_undo', severity: 'error', message, nodeId: id });
  }
  return { undo, named };
}

type Fault = Pick<Problem, 'code' | 'message' | 'nodeId'>;

interface Facts {
  kinds: ReadonlyMap<string, KindSpec>;
  connected: ReadonlySet<string>;
}

function sharedFault(node: WorkflowNode, other: WorkflowNode): Fault {
  const message = `"${other.key}" takes back another step already: give "${node.key}" an undo of its own.`;
  return { code: 'undo_shared', message };
}

function faultOf(
  node: WorkflowNode,
  other: WorkflowNode | undefined,
  { kinds, connected }: Facts,
): Fault | null {
  if (!other) {
    return {
      code: 'undo_missing',
      message: `The step that takes "${node.key}" back is not there: pick one.`,
    };
  }
  if (other === node) {
    return { code: 'undo_self', message: `"${node.key}" cannot take itself back: pick another step.` };
  }
  if (kinds.get(node.kind)?.role) {
    const message = `"${node.key}" starts or ends the run, so that there is nothing to take back: remove its undo.`;
    return { code: 'undo_nothing', message };
  }
  if (other.parent !== node.parent) {
    const message = `"${other.key}" and "${node.key}", which it takes back, must stand inside the same step.`;
    return { code: 'undo_level', message };
  }
  const kind = kinds.get(other.kind);
  if (kind?.role || kind?.body) {
    const what = kind.body ? 'holds other steps' : 'starts or ends the run';
    return { code: 'undo_kind', message: `"${other.key}" ${what}, so that it can take nothing back.` };
  }
  if (connected.has(other.id)) {
    const message = `"${other.key}" takes back "${node.key}" and runs only for that: remove its connections.`;
    return { code: 'undo_connected', message, nodeId: other.id };
  }
  if (other.settings?.disabled) {
    const message = `"${other.key}" is disabled, and so does not take "${node.key}" back: enable it, or remove the undo.`;
    return { code: 'undo_disabled', message, nodeId: other.id };
  }
  return null;
}
