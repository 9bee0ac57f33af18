import * as z from 'zod';
import {
  canvasGroup,
  canvasNote,
  type WorkflowDocument,
  workflowEdge,
  workflowNode,
} from '#lib/workflow/document.ts';
import { renameKey } from '#lib/workflow/expression.ts';
import { type EditContext, refuseKind } from './add-node.ts';
import { nodesInside } from './frames.ts';
import { GAP, type Point, snap } from './geometry.ts';
import { uniqueKey } from './unique-key.ts';

/** What lies in the clipboard: text that a person can read, and another workflow can take. */
const clip = z.object({
  patchbay: z.literal('steps'),
  nodes: z.array(workflowNode).max(1000),
  edges: z.array(workflowEdge).max(5000),
  notes: z.array(canvasNote).max(200).default([]),
  groups: z.array(canvasGroup).max(200).default([]),
});

/**
 * The chosen nodes with what stands in them, the edges between them, the groups they make up, and the chosen notes, as
 * JSON text; null when nothing is chosen.
 */
export function copyNodes(
  document: WorkflowDocument,
  ids: readonly string[],
  noteIds: readonly string[] = [],
): string | null {
  const chosen = nodesInside(document, ids);
  for (const id of ids) chosen.add(id);
  const nodes = document.nodes.filter((node) => chosen.has(node.id));
  const notes = document.notes?.filter((note) => noteIds.includes(note.id)) ?? [];
  if (nodes.length + notes.length === 0) return null;
  const edges = document.edges.filter((edge) => chosen.has(edge.from.node) && chosen.has(edge.to.node));
  const groups = document.groups?.filter((group) => group.nodes.every((id) => chosen.has(id))) ?? [];
  const drawn = { ...(notes.length > 0 ? { notes } : {}), ...(groups.length > 0 ? { groups } : {}) };
  return JSON.stringify({ patchbay: 'steps', nodes, edges, ...drawn }, null, 2);
}

export interface Pasted {
  document: WorkflowDocument;
  /** Ids of the new nodes. */
  ids: string[];
  /** Ids of the new notes. */
  notes: string[];
}

/**
 * Adds copied steps under new ids and keys; references among them follow the new keys. A second start stays out.
 * @returns null when the text is not a copy of steps, or nothing of it may be added.
 */
export function pasteNodes(
  document: WorkflowDocument,
  text: string,
  at: Point | null,
  context: EditContext,
): Pasted | null {
  const parsed = readClip(text);
  if (!parsed) return null;
  const wanted = parsed.nodes.filter((node) => {
    const kind = context.kinds.get(node.kind);
    return kind && refuseKind(document, kind, context.kinds) === null;
  });
  const placed = [...wanted, ...parsed.notes];
  if (placed.length === 0) return null;

  const left = Math.min(...placed.map(({ position }) => position.x));
  const top = Math.min(...placed.map(({ position }) => position.y));
  const shift = at ? { x: at.x - left, y: at.y - top } : { x: GAP.y, y: GAP.y };
  const ids = new Map(wanted.map((node) => [node.id, context.newId()]));
  const moved = wanted.map(({ parent, ...node }) => ({
    ...node,
    id: ids.get(node.id) ?? node.id,
    position: snap({ x: node.position.x + shift.x, y: node.position.y + shift.y }),
    ...(parent !== undefined && ids.has(parent) ? { parent: ids.get(parent) } : {}),
  }));
  const edges = parsed.edges.flatMap((edge) => {
    const from = ids.get(edge.from.node);
    const to = ids.get(edge.to.node);
    return from && to
      ? [{ id: context.newId(), from: { node: from, handle: edge.from.handle }, to: { node: to } }]
      : [];
  });

  const notes = parsed.notes.map((note) => ({
    ...note,
    id: context.newId(),
    position: snap({ x: note.position.x + shift.x, y: note.position.y + shift.y }),
  }));
  const groups = parsed.groups.flatMap((group) => {
    const members = group.nodes.flatMap((id) => ids.get(id) ?? []);
    return members.length === 0 ? [] : [{ ...group, id: context.newId(), nodes: members }];
  });

  // Keys are renamed one by one, in a document of the copies only: what they say about the rest stays.
  const taken = new Set(document.nodes.map((node) => node.key));
  let copies: WorkflowDocument = { ...document, nodes: moved, edges: [] };
  for (const { key } of moved) {
    const free = uniqueKey(
      key,
      new Set([...taken, ...copies.nodes.map((node) => node.key).filter((k) => k !== key)]),
    );
    if (free !== key) copies = renameKey(copies, key, free, context.kinds);
    taken.add(free);
  }
  return {
    document: {
      ...document,
      nodes: [...document.nodes, ...copies.nodes],
      edges: [...document.edges, ...edges],
      ...(notes.length > 0 ? { notes: [...(document.notes ?? []), ...notes] } : {}),
      ...(groups.length > 0 ? { groups: [...(document.groups ?? []), ...groups] } : {}),
    },
    ids: moved.map((node) => node.id),
    notes: notes.map((note) => note.id),
  };
}

function readClip(text: string): z.infer<typeof clip> | null {
  try {
    return clip.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
