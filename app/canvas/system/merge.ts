import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { renameKey } from '#lib/workflow/rename.ts';
import type { Kinds } from './kinds.ts';
import { mergeValues, type Part, type PartPath, type Sides } from './merge-values.ts';
import { uniqueKey } from './unique-key.ts';

export type Side = 'mine' | 'theirs';

/** A place that both changed, each in another way. */
export interface MergeConflict extends Sides {
  /** Names the place; the same however often the same documents are merged. */
  id: string;
  /** The step it belongs to. */
  nodeId?: string;
  /** In words: `url of fetch_order`. */
  place: string;
}

export interface Merged {
  document: WorkflowDocument;
  /** Empty when the two did not touch the same things. */
  conflicts: MergeConflict[];
}

interface Documents {
  /** What both began with. */
  base: WorkflowDocument;
  mine: WorkflowDocument;
  theirs: WorkflowDocument;
}

/**
 * What two people made of one draft, in one. A step that one of them renamed is renamed in what the other wrote, too.
 * Where both changed the same thing, `choices` says by the conflict's id whose it is to be: mine unless said. Where
 * cards stand is never a conflict: mine stay where they are.
 */
export function mergeDocuments(
  documents: Documents,
  kinds: Kinds,
  choices: Readonly<Record<string, Side>> = {},
): Merged {
  const conflicts: MergeConflict[] = [];
  const choose = (conflict: MergeConflict): Part => {
    conflicts.push(conflict);
    return choices[conflict.id] === 'theirs' ? conflict.theirs : conflict.mine;
  };
  const { base, mine, theirs } = withOneKey(withEqualKeys(documents, kinds, choose), kinds);
  const decide = (path: PartPath, sides: Sides): Part => {
    if (PLACED.has(path[0] ?? '') && MOVES.has(path[2] ?? '')) return sides.mine ?? sides.theirs;
    if (path[0] === 'groups' && path[2] === 'nodes') return mergedSet(sides);
    return choose({ id: path.join('/'), ...sides, ...placeOf(path, { base, mine, theirs }) });
  };
  const merged = mergeValues(
    [],
    { base: byId(base), mine: byId(mine), theirs: withoutMoves(byId(theirs), base, mine) },
    decide,
  );
  return { document: connected(listed(merged as unknown as ById, theirs)), conflicts };
}

/** The same steps have the same key on all sides, and with it all that refers to them. */
function withEqualKeys(
  documents: Documents,
  kinds: Kinds,
  choose: (conflict: MergeConflict) => Part,
): Documents {
  const keys = (document: WorkflowDocument): Map<string, string> =>
    new Map(document.nodes.map(({ id, key }) => [id, key]));
  const [mine, theirs] = [keys(documents.mine), keys(documents.theirs)];
  const wanted = documents.base.nodes.map(({ id, key: base }): [string, string] => {
    const [own, other] = [mine.get(id) ?? base, theirs.get(id) ?? base];
    if (own === other || other === base) return [id, own];
    if (own === base) return [id, other];
    const sides = { base, mine: own, theirs: other };
    return [id, choose({ id: `nodes/${id}/key`, ...sides, nodeId: id, place: `name of ${base}` }) as string];
  });
  const rekeyed = (document: WorkflowDocument): WorkflowDocument => renamed(document, wanted, kinds);
  return { base: rekeyed(documents.base), mine: rekeyed(documents.mine), theirs: rekeyed(documents.theirs) };
}

/** With other keys for steps, by their ids. In two rounds, because two steps may have swapped theirs. */
function renamed(document: WorkflowDocument, wanted: [string, string][], kinds: Kinds): WorkflowDocument {
  const key = new Map(document.nodes.map((node) => [node.id, node.key]));
  const others = wanted.filter(([id, to]) => key.has(id) && key.get(id) !== to);
  const between = others.map(([id], at) => ({ from: key.get(id)!, to: `merging_${at}` }));
  const away = between.reduce((now, { from, to }) => renameKey(now, from, to, kinds), document);
  return others.reduce((now, [, to], at) => renameKey(now, `merging_${at}`, to, kinds), away);
}

/** Two new steps of one name: mine gets another. */
function withOneKey({ base, mine, theirs }: Documents, kinds: Kinds): Documents {
  const old = new Set(base.nodes.map(({ id }) => id));
  const added = mine.nodes.filter(({ id }) => !old.has(id) && !theirs.nodes.some((node) => node.id === id));
  let document = mine;
  for (const { key } of added) {
    if (!theirs.nodes.some((node) => node.key === key)) continue;
    const taken = new Set([...document.nodes, ...theirs.nodes].map((node) => node.key));
    document = renameKey(document, key, uniqueKey(key, taken), kinds);
  }
  return { base, mine: document, theirs };
}

const LISTS = ['nodes', 'edges', 'notes', 'groups'] as const;
type Lists = (typeof LISTS)[number];
type ById = Omit<WorkflowDocument, Lists> & { [list in Lists]: Record<string, JsonValue> };

/** Where something stands, and how large it is drawn, is nothing to ask about. */
const PLACED: ReadonlySet<string> = new Set(['nodes', 'notes']);
const MOVES: ReadonlySet<string> = new Set(['position', 'size']);

/** As values whose steps, edges, notes and groups are members by their ids. */
function byId(document: WorkflowDocument): Record<string, JsonValue> {
  const named = (items: readonly { id: string }[]): Record<string, JsonValue> =>
    Object.fromEntries(items.map((item) => [item.id, plain(item)]));
  return {
    ...(plain(document) as Record<string, JsonValue>),
    ...Object.fromEntries(LISTS.map((list) => [list, named(document[list] ?? [])])),
  };
}

/** Whoever deletes a step does not care that the other moved it: of such a step, their move is as if it had not been. */
function withoutMoves(
  theirs: Record<string, JsonValue>,
  base: WorkflowDocument,
  mine: WorkflowDocument,
): Record<string, JsonValue> {
  const kept = new Set(mine.nodes.map(({ id }) => id));
  const nodes = { ...(theirs['nodes'] as Record<string, JsonValue>) };
  for (const node of base.nodes) {
    const moved = nodes[node.id] as unknown as WorkflowNode | undefined;
    if (kept.has(node.id) || !moved) continue;
    nodes[node.id] = plain({ ...moved, position: node.position });
  }
  return { ...theirs, nodes };
}

/** In their order, with what is mine after it. A list that is empty and need not be there is not. */
function listed({ nodes, edges, notes, groups, ...rest }: ById, theirs: WorkflowDocument): WorkflowDocument {
  const list = <Item extends { id: string }>(
    items: Record<string, JsonValue>,
    others: readonly Item[] = [],
  ): Item[] => {
    const place = new Map(others.map(({ id }, at) => [id, at]));
    const order = (id: string): number => place.get(id) ?? others.length;
    const all = Object.values(items) as unknown as Item[];
    return all.toSorted((one, other) => order(one.id) - order(other.id));
  };
  const [allNotes, allGroups] = [list(notes, theirs.notes), list(groups, theirs.groups)];
  return {
    ...rest,
    nodes: list(nodes, theirs.nodes),
    edges: list(edges, theirs.edges),
    ...(allNotes.length > 0 || theirs.notes ? { notes: allNotes } : {}),
    ...(allGroups.length > 0 || theirs.groups ? { groups: allGroups } : {}),
  };
}

/** Of a list without an order: what both have, and what one of them added. */
function mergedSet({ base, mine, theirs }: Sides): JsonValue {
  const [old, own, other] = [base, mine, theirs].map((list) => (Array.isArray(list) ? list : []));
  const all = [...new Set([...other!, ...own!])];
  return all.filter((item) => (own!.includes(item) && other!.includes(item)) || !old!.includes(item));
}

/** Without what refers to a step that one of the two deleted, and without a second edge between the same ends. */
function connected(document: WorkflowDocument): WorkflowDocument {
  const ids = new Set(document.nodes.map(({ id }) => id));
  const drawn = new Set<string>();
  const edges = document.edges.filter(({ from, to }) => {
    const line = JSON.stringify([from.node, from.handle, to.node]);
    if (!ids.has(from.node) || !ids.has(to.node) || drawn.has(line)) return false;
    drawn.add(line);
    return true;
  });
  const nodes = document.nodes.map((node) => {
    const { parent, ...loose } = node;
    return parent === undefined || ids.has(parent) ? node : loose;
  });
  if (!document.groups) return { ...document, nodes, edges };
  const grouped = new Set<string>();
  const groups = document.groups.flatMap((group) => {
    const members = group.nodes.filter((id) => ids.has(id) && !grouped.has(id));
    for (const id of members) grouped.add(id);
    if (members.length === group.nodes.length) return [group];
    return members.length === 0 ? [] : [{ ...group, nodes: members }];
  });
  return { ...document, nodes, edges, groups };
}

function placeOf(path: PartPath, { base, mine, theirs }: Documents): Pick<MergeConflict, 'place' | 'nodeId'> {
  const [list, id, ...within] = path;
  if (id === undefined) return { place: `${list} of the workflow` };
  if (list === 'settings') return { place: `setting ${[id, ...within].join(' ')} of the workflow` };
  if (list === 'edges') {
    const sides = [mine, theirs, base];
    const edge = sides.flatMap(({ edges }) => edges).find((other) => other.id === id);
    const name = (node = ''): string =>
      sides.flatMap(({ nodes }) => nodes).find((other) => other.id === node)?.key ?? node;
    return { place: `connection from ${name(edge?.from.node)} to ${name(edge?.to.node)}` };
  }
  if (list !== 'nodes') {
    const what = list === 'notes' ? 'a note' : 'a group';
    return { place: within.length === 0 ? what : `${within.join(' ')} of ${what}` };
  }
  const node = [mine, theirs, base].flatMap(({ nodes }) => nodes).find((other) => other.id === id);
  const field = within[0] === 'config' ? within.slice(1) : within;
  const key = node?.key ?? id;
  return { nodeId: id, place: field.length === 0 ? `step ${key}` : `${field.join(' ')} of ${key}` };
}

function plain(value: object): JsonValue {
  return value as JsonValue;
}
