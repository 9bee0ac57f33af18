import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { describeNode } from '#lib/workflow/step-face.ts';
import { configTexts } from '#lib/workflow/template-fields.ts';
import { setGroup } from './groups.ts';
import type { Kinds } from './kinds.ts';
import { setNote } from './notes.ts';

/** Where something was found. */
export type Place =
  | { in: 'workflow'; field: 'title' | 'description' }
  | { in: 'key'; node: string }
  /** What the card says the step does: it follows from its settings. */
  | { in: 'title'; node: string }
  | { in: 'config'; node: string; path: readonly (string | number)[] }
  | { in: 'note'; note: string }
  | { in: 'group'; group: string; field: 'title' | 'description' };

export interface Match {
  place: Place;
  /** In words: `url of fetch_order`. */
  words: string;
  /** What stands around it, and where in that it is. */
  text: string;
  start: number;
  end: number;
  /** False of keys, which are changed by renaming, and of what follows from something else. */
  replaceable: boolean;
}

export interface Find {
  text: string;
  matchCase: boolean;
}

/** Most that is told. */
export const MOST_MATCHES = 1000;

/** Members that hold words for people, also where the kind says nothing about them. */
const PROSE: ReadonlySet<string | number> = new Set(['description', 'title']);

/** All places where a text stands: of the workflow, step by step as they are listed, then notes and groups. */
export function findAll(document: WorkflowDocument, find: Find, kinds: Kinds): Match[] {
  if (find.text === '') return [];
  const found: Match[] = [];
  const look = (place: Place, words: string, text: string, replaceable = true): void => {
    for (const start of startsOf(text, find)) {
      if (found.length === MOST_MATCHES) return;
      found.push({ place, words, text, start, end: start + find.text.length, replaceable });
    }
  };
  look({ in: 'workflow', field: 'title' }, 'title of the workflow', document.title);
  look({ in: 'workflow', field: 'description' }, 'description of the workflow', document.description);
  for (const node of document.nodes) {
    look({ in: 'key', node: node.id }, `key of ${node.key}`, node.key, false);
    const texts = [...textsOf(node.config)];
    const kind = kinds.get(node.kind);
    const free = new Set(
      kind ? configTexts(kind, node.config).map(({ field }) => JSON.stringify(field)) : [],
    );
    for (const { path, text } of texts) {
      const words = `${path.join('.')} of ${node.key}`;
      // A method, a connection, the name of an argument: other text there would be another choice, or none.
      const able = free.has(JSON.stringify(path)) || PROSE.has(path.at(-1) ?? '');
      look({ in: 'config', node: node.id, path }, words, text, able);
    }
    // What the card says is told only where nothing it is made of is found.
    const title = describeNode(node, kinds);
    if (!texts.some(({ text }) => startsOf(text, find).length > 0)) {
      look({ in: 'title', node: node.id }, `title of ${node.key}`, title, false);
    }
  }
  for (const note of document.notes ?? []) look({ in: 'note', note: note.id }, 'a note', note.text);
  for (const group of document.groups ?? []) {
    look({ in: 'group', group: group.id, field: 'title' }, 'title of a group', group.title);
    look(
      { in: 'group', group: group.id, field: 'description' },
      `description of ${group.title}`,
      group.description ?? '',
    );
  }
  return found;
}

/** The document with these matches replaced; those that cannot be are left. Nothing longer than it may be is written. */
export function replaceAll(
  document: WorkflowDocument,
  matches: readonly Match[],
  replacement: string,
): WorkflowDocument {
  const byPlace = Map.groupBy(
    matches.filter(({ replaceable }) => replaceable),
    ({ place }) => JSON.stringify(place),
  );
  let next = document;
  for (const [first, ...others] of byPlace.values()) {
    if (!first) continue;
    // From the end, so that what is before stays where it is.
    const all = [first, ...others].toSorted((a, b) => b.start - a.start);
    const text = all.reduce(
      (now, { start, end }) => now.slice(0, start) + replacement + now.slice(end),
      first.text,
    );
    next = written(next, first.place, text);
  }
  return next;
}

function written(document: WorkflowDocument, place: Place, text: string): WorkflowDocument {
  switch (place.in) {
    case 'workflow':
      return { ...document, [place.field]: text.slice(0, place.field === 'title' ? 120 : 2000) };
    case 'config':
      return {
        ...document,
        nodes: document.nodes.map((node) =>
          node.id === place.node
            ? { ...node, config: withText(node.config, place.path, text) as WorkflowNode['config'] }
            : node,
        ),
      };
    case 'note':
      return setNote(document, place.note, { text: text.slice(0, 4000) });
    case 'group': {
      // A group without a title could not be taken hold of.
      if (place.field === 'title' && text.trim() === '') return document;
      return setGroup(document, place.group, {
        [place.field]: text.slice(0, place.field === 'title' ? 120 : 1000),
      });
    }
    default:
      return document;
  }
}

function startsOf(text: string, { text: wanted, matchCase }: Find): number[] {
  // What is longer in lower case would be found at another place than it stands.
  const fold = (one: string): string =>
    matchCase || one.toLowerCase().length !== one.length ? one : one.toLowerCase();
  const [hay, needle] = [fold(text), fold(wanted)];
  const starts: number[] = [];
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + needle.length)) starts.push(at);
  return starts;
}

/** Every text in a config with its place; names of members are no texts. */
function* textsOf(
  value: JsonValue,
  path: readonly (string | number)[] = [],
): Generator<{ path: readonly (string | number)[]; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textsOf(item, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) yield* textsOf(member, [...path, name]);
  }
}

function withText(value: JsonValue, [name, ...rest]: readonly (string | number)[], text: string): JsonValue {
  if (name === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === name ? withText(item, rest, text) : item));
  }
  const object = value as { [member: string]: JsonValue };
  return { ...object, [name]: withText(object[name] ?? null, rest, text) };
}
