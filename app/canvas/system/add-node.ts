import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '#lib/workflow/document.ts';
import type { Handle, KindSpec } from '#lib/workflow/kind.ts';
import { renameArgument } from '#lib/workflow/rename.ts';
import { ERROR_HANDLE, handlesOf } from '#lib/workflow/step-face.ts';
import { connect, refuseConnection } from './connect.ts';
import { EMPTY_FRAME, firstPlace, makeRoom, nodesInside, sizesWithFrames } from './frames.ts';
import { CARD, freePlace, GAP, type Point, type Sizes, sizeOf, snap } from './geometry.ts';
import { downstream, edgesFrom, findNode } from './graph.ts';
import { inputSchemaOf } from './input-schema.ts';
import type { Kinds } from './kinds.ts';
import { uniqueKey } from './unique-key.ts';

/** What an editing command needs to know besides the document. */
export interface EditContext {
  kinds: Kinds;
  sizes: Sizes;
  newId: () => string;
}

/** Where a new step goes. */
export type Place =
  /** Unconnected, its top left corner here, in this frame. */
  | { at: Point; parent?: string }
  /** Behind this step (at the named handle, else at the one that fits), beside it or at `at`. */
  | { after: string; handle?: string; at?: Point }
  /** Between the two ends of this edge. */
  | { onEdge: string };

export interface Added {
  document: WorkflowDocument;
  /** Id of the new node. */
  id: string;
}

/** Why a step of this kind cannot be added, in a sentence; null when it can. */
export function refuseKind(document: WorkflowDocument, kind: KindSpec, kinds: Kinds): string | null {
  if (kind.role !== 'start') return null;
  const start = document.nodes.find((node) => kinds.get(node.kind)?.role === 'start');
  return start ? `A workflow starts once: ${start.key} does it already.` : null;
}

/**
 * Adds a step of a kind, connected as far as the place says and the rules allow. Behind a step whose only way
 * on is taken, the new step goes in between; a step that ends the workflow becomes a branch.
 */
export function addNode(
  document: WorkflowDocument,
  kind: KindSpec,
  place: Place,
  { kinds, sizes, newId }: EditContext,
): Added {
  const context = { kinds, sizes: sizesWithFrames(document, kinds, sizes), newId };
  const added = addAt(document, kind, place, context);
  return { ...added, document: makeRoom(document, added.document, { kinds, sizes }) };
}

function addAt(document: WorkflowDocument, kind: KindSpec, place: Place, context: EditContext): Added {
  if ('onEdge' in place) return insertOnEdge(document, kind, place.onEdge, context);
  if ('at' in place && !('after' in place)) return put(document, kind, place.at, context, place.parent);

  const source = findNode(document, place.after);
  if (!source) return put(document, kind, place.at ?? { x: 0, y: 0 }, context);
  const handles = handlesOf(source, context.kinds);
  // What may be left open (declined, on error) is no way that waits for a next step.
  const free = handles.find(
    ({ id, optional }) => !optional && id !== ERROR_HANDLE && edgesFrom(document, source.id, id).length === 0,
  );
  const handle = place.handle ?? (free ?? handles[0])?.id;
  const inside = handle !== undefined && handle === context.kinds.get(source.kind)?.body?.handle;
  const beside = inside
    ? firstPlace(source)
    : { x: source.position.x + sizeOf(source.id, context.sizes).width + GAP.x, y: source.position.y };
  const takenBy = handle === undefined ? [] : edgesFrom(document, source.id, handle);
  const [only] = takenBy;
  if (!place.at && only && takenBy.length === 1 && kind.role === undefined) {
    return insertOnEdge(document, kind, only.id, context);
  }
  const added = put(document, kind, place.at ?? beside, context, inside ? source.id : source.parent);
  if (handle === undefined || kind.role === 'start') return added;
  const wire = { from: { node: source.id, handle }, to: added.id };
  return { ...added, document: connect(added.document, wire, context.kinds, context.newId) };
}

/** Puts a step between the two ends of an edge and moves what follows to the right where room is short. */
function insertOnEdge(
  document: WorkflowDocument,
  kind: KindSpec,
  edgeId: string,
  context: EditContext,
): Added {
  const edge = document.edges.find((candidate) => candidate.id === edgeId);
  const source = edge && findNode(document, edge.from.node);
  const target = edge && findNode(document, edge.to.node);
  if (!edge || !source || !target) return put(document, kind, { x: 0, y: 0 }, context);

  // An edge from a frame to what is in it begins at its left side.
  const right =
    target.parent === source.id
      ? firstPlace(source).x - GAP.x
      : source.position.x + sizeOf(source.id, context.sizes).width;
  const { width } = kind.body ? EMPTY_FRAME : CARD;
  const wantedX = right + GAP.x + width + GAP.x;
  const shift = Math.max(0, wantedX - target.position.x);
  const behind = downstream(document, target.id);
  // All that stands as far right moves along: a branch beside would else be covered.
  const beside = document.nodes.filter(
    (node) => node.parent === target.parent && (behind.has(node.id) || node.position.x >= target.position.x),
  );
  const moving = nodesInside(
    document,
    beside.map((node) => node.id),
  );
  for (const node of beside) moving.add(node.id);
  const moves = (node: WorkflowNode): boolean => moving.has(node.id);
  const shifted: WorkflowDocument = {
    ...document,
    nodes: document.nodes.map((node) =>
      shift > 0 && moves(node)
        ? { ...node, position: snap({ x: node.position.x + shift, y: node.position.y }) }
        : node,
    ),
  };
  const targetX = target.position.x + shift;
  const middle = {
    x: right + (targetX - right - width) / 2,
    // The head of a frame is where its edges are.
    y: (source.position.y + target.position.y) / 2,
  };
  const added = put(shifted, kind, middle, context, target.parent);
  if (kind.role === 'start') return added;

  const first = { from: edge.from, to: added.id };
  const node = findNode(added.document, added.id);
  const out = node && wayOn(node, context.kinds);
  const withoutOld = { ...added.document, edges: added.document.edges.filter((other) => other !== edge) };
  // A step without a way on cannot stand in between: it becomes a branch, and the old edge stays.
  const base = out ? withoutOld : added.document;
  const wired = connect(base, first, context.kinds, context.newId);
  if (!out) return { ...added, document: wired };
  const second = { from: { node: added.id, handle: out.id }, to: target.id };
  return { ...added, document: connect(wired, second, context.kinds, context.newId) };
}

/** Puts an existing, unconnected step into an edge. The document stays as it was where the rules refuse it. */
export function moveOntoEdge(
  document: WorkflowDocument,
  nodeId: string,
  edge: WorkflowEdge,
  context: EditContext,
): WorkflowDocument {
  const node = findNode(document, nodeId);
  const out = node && wayOn(node, context.kinds);
  if (!out) return document;
  const without = { ...document, edges: document.edges.filter((other) => other.id !== edge.id) };
  const first = { from: edge.from, to: nodeId };
  const second = { from: { node: nodeId, handle: out.id }, to: edge.to.node };
  if (refuseConnection(without, first, context.kinds) !== null) return document;
  if (refuseConnection(without, second, context.kinds) !== null) return document;
  return connect(connect(without, first, context.kinds, context.newId), second, context.kinds, context.newId);
}

/** The handle by which what follows a node is reached: the first, but never the one into a frame. */
function wayOn(node: WorkflowNode, kinds: Kinds): Handle | undefined {
  const inner = kinds.get(node.kind)?.body?.handle;
  return handlesOf(node, kinds).find((handle) => handle.id !== inner);
}

/** What a new step reads of the arguments is called `text` in its kind; here it is what the workflow has. */
function withKnownArgument(node: WorkflowNode, document: WorkflowDocument, kinds: Kinds): WorkflowNode {
  const properties = inputSchemaOf(document, kinds)?.['properties'];
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return node;
  const names = Object.keys(properties);
  const isText = (name: string): boolean =>
    (properties[name] as { type?: unknown } | null)?.type === 'string';
  const name = names.find(isText) ?? names[0];
  if (name === undefined || names.includes('text')) return node;
  const alone = { ...document, nodes: [node], settings: {} };
  return renameArgument(alone, 'text', name, kinds).nodes[0] ?? node;
}

function put(
  document: WorkflowDocument,
  kind: KindSpec,
  at: Point,
  context: EditContext,
  parent?: string,
): Added {
  const taken = new Set(document.nodes.map((node) => node.key));
  const added: WorkflowNode = {
    id: context.newId(),
    key: uniqueKey(kind.initialKey, taken),
    kind: kind.type,
    config: structuredClone(kind.initial) as WorkflowNode['config'],
    position: freePlace(document, at, context.sizes, parent),
    ...(parent === undefined ? {} : { parent }),
  };
  const node = withKnownArgument(added, document, context.kinds);
  return { document: { ...document, nodes: [...document.nodes, node] }, id: node.id };
}
