import type { CanvasGroup, WorkflowDocument } from '#lib/workflow/document.ts';
import { type Box, nodesInside } from './frames.ts';
import { type Point, type Size, type Sizes, sizeOf } from './geometry.ts';

/** Room between a group's line and its steps, in px; above them stands its title. */
const GROUP_INSET = { top: 48, right: 24, bottom: 24, left: 24 };

/** A group that is folded into one card, in px. */
export const GROUP_CARD: Size = { width: 224, height: 60 };

const DRAWN = 'group:';

/** The id under which a group is drawn, and back; of anything else, null. */
export const drawnGroup = (id: string): string => DRAWN + id;
export const groupId = (drawn: string): string | null =>
  drawn.startsWith(DRAWN) ? drawn.slice(DRAWN.length) : null;

/** The group a step belongs to. */
export function groupOf(document: WorkflowDocument, nodeId: string): CanvasGroup | undefined {
  return document.groups?.find((group) => group.nodes.includes(nodeId));
}

/** The group that consists of just these steps. */
export function groupOfAll(document: WorkflowDocument, ids: ReadonlySet<string>): CanvasGroup | undefined {
  return document.groups?.find(
    ({ nodes }) => nodes.every((id) => ids.has(id)) && outermost(document, ids).length === nodes.length,
  );
}

/** Those of the nodes that stand in none of the others. */
export function outermost(document: WorkflowDocument, ids: Iterable<string>): string[] {
  const chosen = [...ids];
  const inside = nodesInside(document, chosen);
  return chosen.filter((id) => !inside.has(id));
}

/** Why these steps cannot be a group, in a sentence; null when they can. */
export function refuseGroup(document: WorkflowDocument, ids: Iterable<string>): string | null {
  const members = outermost(document, ids);
  if (members.length === 0) return 'Select the steps that belong together first.';
  const levels = new Set(document.nodes.filter(({ id }) => members.includes(id)).map(({ parent }) => parent));
  return levels.size > 1 ? 'A group holds steps of one frame, or steps outside of all.' : null;
}

/** Puts steps into a new group; they leave the ones they were in. Answers null where they cannot be one. */
export function addGroup(
  document: WorkflowDocument,
  ids: Iterable<string>,
  newId: () => string,
): { document: WorkflowDocument; id: string } | null {
  if (refuseGroup(document, ids) !== null) return null;
  const members = new Set(outermost(document, ids));
  const groups = (document.groups ?? []).map((group) => ({
    ...group,
    nodes: group.nodes.filter((id) => !members.has(id)),
  }));
  const taken = new Set(groups.map(({ title }) => title));
  let number = groups.length + 1;
  while (taken.has(`Group ${number}`)) number += 1;
  const group: CanvasGroup = { id: newId(), title: `Group ${number}`, nodes: [...members] };
  return { document: settleGroups({ ...document, groups: [...groups, group] }), id: group.id };
}

/** Takes groups away; their steps stay. */
export function removeGroups(document: WorkflowDocument, ids: readonly string[]): WorkflowDocument {
  return withGroups(
    document,
    (document.groups ?? []).filter((group) => !ids.includes(group.id)),
  );
}

export function setGroup(
  document: WorkflowDocument,
  id: string,
  change: Partial<Pick<CanvasGroup, 'title' | 'description' | 'colour'>>,
): WorkflowDocument {
  const groups = (document.groups ?? []).map((group) => {
    if (group.id !== id) return group;
    const { description, colour, ...rest } = { ...group, ...change };
    return { ...rest, ...(description ? { description } : {}), ...(colour ? { colour } : {}) };
  });
  return withGroups(document, groups);
}

/** Groups without steps that are gone, or that stand elsewhere than their first; none of them empty. */
export function settleGroups(document: WorkflowDocument): WorkflowDocument {
  if (!document.groups) return document;
  const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
  const taken = new Set<string>();
  const groups = document.groups.flatMap((group) => {
    const there = group.nodes.filter((id) => parents.has(id) && !taken.has(id));
    const nodes = there.filter((id) => parents.get(id) === parents.get(there[0] ?? ''));
    for (const id of nodes) taken.add(id);
    if (nodes.length === 0) return [];
    return nodes.length === group.nodes.length ? [group] : [{ ...group, nodes }];
  });
  const same =
    groups.length === document.groups.length && groups.every((group, at) => group === document.groups?.[at]);
  return same ? document : withGroups(document, groups);
}

function withGroups(document: WorkflowDocument, groups: CanvasGroup[]): WorkflowDocument {
  const { groups: _, ...rest } = document;
  return groups.length === 0 ? rest : { ...rest, groups };
}

/** The box of every group, around its steps; of one that is folded, the card in its place. `frames`: those of loops. */
export function groupBoxes(
  document: WorkflowDocument,
  {
    sizes,
    frames,
    folded = new Set(),
  }: { sizes: Sizes; frames: ReadonlyMap<string, Box>; folded?: ReadonlySet<string> },
): Map<string, Box> {
  const boxes = new Map<string, Box>();
  if (!document.groups) return boxes;
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  for (const group of document.groups) {
    const members = group.nodes.flatMap((id) => {
      const node = nodes.get(id);
      return node ? [frames.get(id) ?? { ...node.position, ...sizeOf(id, sizes) }] : [];
    });
    if (members.length === 0) continue;
    const x = Math.min(...members.map((box) => box.x)) - GROUP_INSET.left;
    const y = Math.min(...members.map((box) => box.y)) - GROUP_INSET.top;
    const right = Math.max(...members.map((box) => box.x + box.width)) + GROUP_INSET.right;
    const bottom = Math.max(...members.map((box) => box.y + box.height)) + GROUP_INSET.bottom;
    boxes.set(
      group.id,
      folded.has(group.id) ? { x, y, ...GROUP_CARD } : { x, y, width: right - x, height: bottom - y },
    );
  }
  return boxes;
}

/** What is not drawn because a folded group stands for it: ids of nodes, at any depth, with the group's. */
export function foldedNodes(document: WorkflowDocument, folded: ReadonlySet<string>): Map<string, string> {
  const hidden = new Map<string, string>();
  for (const group of document.groups ?? []) {
    if (!folded.has(group.id)) continue;
    for (const id of [...group.nodes, ...nodesInside(document, group.nodes)]) hidden.set(id, group.id);
  }
  return hidden;
}

/** Where the steps of a group are after its box was moved by this much; corners of frames and cards. */
export function groupMoved(
  document: WorkflowDocument,
  group: CanvasGroup,
  by: Point,
  frames: ReadonlyMap<string, Box>,
): Record<string, Point> {
  const moved: Record<string, Point> = {};
  for (const node of document.nodes) {
    if (!group.nodes.includes(node.id)) continue;
    const corner = frames.get(node.id) ?? node.position;
    moved[node.id] = { x: corner.x + by.x, y: corner.y + by.y };
  }
  return moved;
}
