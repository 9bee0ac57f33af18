import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '#lib/workflow/document.ts';

const byId = new WeakMap<readonly WorkflowNode[], Map<string, WorkflowNode>>();

/** The node with this id. Looked up in a map that is made once for a list: every card asks, after every change. */
export function findNode({ nodes }: WorkflowDocument, id: string): WorkflowNode | undefined {
  let map = byId.get(nodes);
  if (!map || map.size !== nodes.length) {
    map = new Map(nodes.map((node) => [node.id, node]));
    byId.set(nodes, map);
  }
  return map.get(id);
}

/** Whether two are the same step but for where it stands. */
export function sameButPlace(a: WorkflowNode | undefined, b: WorkflowNode | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  const parts = Object.keys({ ...a, ...b }) as (keyof WorkflowNode)[];
  return parts.every((part) => part === 'position' || a[part] === b[part]);
}

const wired = new WeakMap<readonly WorkflowEdge[], Set<string>>();

/** Whether an edge leaves a node at this handle. */
export function isWired({ edges }: WorkflowDocument, id: string, handle: string): boolean {
  let set = wired.get(edges);
  if (!set) {
    set = new Set(edges.map(({ from }) => `${from.node} ${from.handle}`));
    wired.set(edges, set);
  }
  return set.has(`${id} ${handle}`);
}

export function edgesFrom(document: WorkflowDocument, id: string, handle?: string): WorkflowEdge[] {
  return document.edges.filter(
    (edge) => edge.from.node === id && (handle === undefined || edge.from.handle === handle),
  );
}

export function edgesTo(document: WorkflowDocument, id: string): WorkflowEdge[] {
  return document.edges.filter((edge) => edge.to.node === id);
}

/** All nodes that can be reached from `id` along the edges, `id` among them. */
export function downstream(document: WorkflowDocument, id: string): Set<string> {
  const seen = new Set([id]);
  const next = [id];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const edge of edgesFrom(document, at)) {
      if (seen.has(edge.to.node)) continue;
      seen.add(edge.to.node);
      next.push(edge.to.node);
    }
  }
  return seen;
}

/** Nodes in an order in which every node stands behind those before it; ties by place, left to right, top to bottom. */
export function readingOrder(document: WorkflowDocument): WorkflowNode[] {
  const waiting = new Map<string, number>();
  for (const { to } of document.edges) waiting.set(to.node, (waiting.get(to.node) ?? 0) + 1);
  const leaving = Map.groupBy(document.edges, ({ from }) => from.node);
  const left = [...document.nodes].sort(
    (a, b) => a.position.x - b.position.x || a.position.y - b.position.y || a.key.localeCompare(b.key),
  );
  const order: WorkflowNode[] = [];
  while (left.length > 0) {
    const at = left.findIndex((node) => (waiting.get(node.id) ?? 0) <= 0);
    const [node] = left.splice(Math.max(at, 0), 1);
    if (!node) break;
    order.push(node);
    for (const { to } of leaving.get(node.id) ?? []) waiting.set(to.node, (waiting.get(to.node) ?? 0) - 1);
  }
  return order;
}
