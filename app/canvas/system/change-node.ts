import type { NodeSettings, WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonSchema } from '#lib/workflow/json.ts';
import type { Point } from './geometry.ts';

function changeNode(
  document: WorkflowDocument,
  id: string,
  change: (node: WorkflowNode) => WorkflowNode,
): WorkflowDocument {
  return { ...document, nodes: document.nodes.map((node) => (node.id === id ? change(node) : node)) };
}

export function setConfig(
  document: WorkflowDocument,
  id: string,
  config: WorkflowNode['config'],
): WorkflowDocument {
  return changeNode(document, id, (node) => ({ ...node, config }));
}

/** Sets what is named and removes what is named as undefined; a node without settings carries none. */
export function setSettings(
  document: WorkflowDocument,
  id: string,
  change: Partial<NodeSettings>,
): WorkflowDocument {
  return changeNode(document, id, ({ settings, ...node }) => {
    const merged = Object.entries({ ...settings, ...change }).filter(([, value]) => value !== undefined);
    return merged.length === 0 ? node : { ...node, settings: Object.fromEntries(merged) };
  });
}

/** Disables the nodes, or enables them when all of them are disabled. */
export function toggleDisabled(document: WorkflowDocument, ids: readonly string[]): WorkflowDocument {
  const chosen = document.nodes.filter((node) => ids.includes(node.id));
  const disabled = !chosen.every((node) => node.settings?.disabled);
  return chosen.reduce(
    (changed, node) => setSettings(changed, node.id, { disabled: disabled || undefined }),
    document,
  );
}

/** Puts a node into a frame, or out of all of them. */
export function setParent(
  document: WorkflowDocument,
  id: string,
  parent: string | undefined,
): WorkflowDocument {
  return changeNode(document, id, ({ parent: _, ...node }) =>
    parent === undefined ? node : { ...node, parent },
  );
}

/** Moves nodes; those not named, or moved nowhere, keep their identity. */
export function moveNodes(
  document: WorkflowDocument,
  positions: Readonly<Record<string, Point>>,
): WorkflowDocument {
  const nodes = document.nodes.map((node) => {
    const to = positions[node.id];
    return !to || (to.x === node.position.x && to.y === node.position.y) ? node : { ...node, position: to };
  });
  return nodes.every((node, index) => node === document.nodes[index]) ? document : { ...document, nodes };
}

/** The argument that got another name between two schemas, when that is all that happened to their names. */
export function renamedArgument(before: JsonSchema, after: JsonSchema): { from: string; to: string } | null {
  const [old, now] = [before, after].map(({ properties }) =>
    typeof properties === 'object' && properties !== null && !Array.isArray(properties)
      ? Object.entries(properties)
      : [],
  );
  if (!old || !now || old.length !== now.length) return null;
  const differing = old.flatMap(([name], index) => (now[index]?.[0] === name ? [] : [index]));
  const [at] = differing;
  if (at === undefined || differing.length > 1) return null;
  const [[from, was] = [], [to, is] = []] = [old[at], now[at]];
  if (from === undefined || to === undefined || old.some(([name]) => name === to)) return null;
  return JSON.stringify(was) === JSON.stringify(is) ? { from, to } : null;
}
