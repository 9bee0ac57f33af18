import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import { ERROR_HANDLE, handlesOf } from '#lib/workflow/step-face.ts';
import type { EditContext } from './add-node.ts';
import { makeRoom } from './frames.ts';
import { edgesFrom, findNode } from './graph.ts';
import type { Kinds } from './kinds.ts';

/** Why a step cannot become one of this kind, in a sentence; null when it can. */
export function refuseReplacement(
  document: WorkflowDocument,
  id: string,
  kind: KindSpec,
  kinds: Kinds,
): string | null {
  const node = findNode(document, id);
  const old = node && kinds.get(node.kind);
  if (!node || !old) return 'There is no such step.';
  if (old.type === kind.type) return `${node.key} is of this kind already.`;
  if ((old.role === 'start') !== (kind.role === 'start')) return 'Where a workflow starts is not replaced.';
  if (kind.role === 'end' && edgesFrom(document, id).length > 0) {
    return `${kind.title} ends the workflow, and something follows ${node.key}: disconnect that first.`;
  }
  if (old.body && !kind.body && document.nodes.some(({ parent }) => parent === id)) {
    return `Steps stand inside ${node.key}: move them out first.`;
  }
  if (kind.body && document.nodes.some(({ settings }) => settings?.undo === id)) {
    return `${node.key} undoes another step: a frame cannot.`;
  }
  return null;
}

/**
 * The document with a step made one of another kind. Its id, key, place and settings stay; of its config stays what the
 * new kind has under the same name and takes; its connections stay where the new kind has a way for them.
 */
export function replaceKind(
  document: WorkflowDocument,
  id: string,
  kind: KindSpec,
  { kinds, sizes }: EditContext,
): WorkflowDocument {
  const node = findNode(document, id);
  if (!node) return document;
  const became: WorkflowNode = { ...node, kind: kind.type, config: fittingConfig(node.config, kind) };
  const settings = fittingSettings(node, kind);
  if (settings) became.settings = settings;
  else delete became.settings;
  const nodes = document.nodes.map((other) => (other === node ? became : other));
  const edges = rewired(document, node, became, kinds);
  return makeRoom(document, { ...document, nodes, edges }, { kinds, sizes });
}

/** What a new step of the kind has, with each member of the old config that fits. */
function fittingConfig(old: JsonObject, kind: KindSpec): JsonObject {
  let config = structuredClone(kind.initial) as JsonObject;
  for (const [name, value] of Object.entries(old)) {
    const next = { ...config, [name]: value };
    const parsed = kind.config.safeParse(next);
    // A kind that strips what it does not know has no such member.
    if (parsed.success && Object.hasOwn(parsed.data as object, name)) config = next;
  }
  return config;
}

/** Start and end carry none; a frame is not tried again as a whole. */
function fittingSettings({ settings }: WorkflowNode, kind: KindSpec): WorkflowNode['settings'] {
  if (!settings || kind.role !== undefined) return undefined;
  const { retry, ...rest } = settings;
  const kept = kind.body || retry === undefined ? rest : { ...rest, retry };
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** Edges out of the step by the handle of the same name, else by the one at the same place; others go. */
function rewired(
  document: WorkflowDocument,
  before: WorkflowNode,
  after: WorkflowNode,
  kinds: Kinds,
): WorkflowEdge[] {
  const ways = (node: WorkflowNode): string[] => {
    const inner = kinds.get(node.kind)?.body?.handle;
    return handlesOf(node, kinds)
      .map(({ id }) => id)
      .filter((id) => id !== inner && id !== ERROR_HANDLE);
  };
  const [old, now] = [ways(before), ways(after)];
  const body = [kinds.get(before.kind)?.body?.handle, kinds.get(after.kind)?.body?.handle];
  const hasError = handlesOf(after, kinds).some(({ id }) => id === ERROR_HANDLE);
  const handleFor = (handle: string): string | undefined => {
    if (handle === ERROR_HANDLE) return hasError ? handle : undefined;
    if (handle === body[0]) return body[1];
    return now.includes(handle) ? handle : now[old.indexOf(handle)];
  };
  return document.edges.flatMap((edge) => {
    if (edge.from.node !== before.id) return [edge];
    const handle = handleFor(edge.from.handle);
    if (handle === undefined) return [];
    return [handle === edge.from.handle ? edge : { ...edge, from: { ...edge.from, handle } }];
  });
}
