import type { Change } from './changes.ts';

/** Somebody who has the workflow open in another window. */
export interface Person {
  userId: string;
  window: string;
  name: string;
  /** It is the one who looks, in another window. */
  you: boolean;
  selected: string | null;
  /** The step they are typing at. */
  editing: string | null;
  /** ms since 1970: whoever was first has the step. */
  since: number;
}

/** How the workflow stands, and what was done with it. */
export type WorkflowNews =
  | {
      type: 'state';
      revision: number;
      savedBy: string | null;
      liveVersion: number | null;
      people: readonly Person[];
      done: { what: 'published' | 'rolled_back' | 'unpublished'; by: string | null; you: boolean } | null;
    }
  | { type: 'deleted'; by: string | null; you: boolean };

/** A person once, however many windows they have; where they are is where they went last. */
export function eachOnce(people: readonly Person[]): Person[] {
  return [...new Map(people.map((person) => [person.userId, person])).values()];
}

/** "AL" for Ada Lovelace, "G" for Grace. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('') || '?';
}

/** "Ada Lovelace", or "You, in another window". */
export function nameOf({ name, you }: Person): string {
  return you ? 'You, in another window' : name;
}

/** One of `count` colours, the same for a person everywhere. */
export function colourOf({ userId }: Person, count: number): number {
  let sum = 0;
  for (const letter of userId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return sum % count;
}

/** Who types at a step; whoever was first. */
export function editorOf(people: readonly Person[], nodeId: string): Person | null {
  const [first] = people
    .filter(({ editing }) => editing === nodeId)
    .sort((one, other) => one.since - other.since);
  return first ?? null;
}

/** "Ada changed fetch_order and 2 other things"; null when only cards were moved. */
export function changeWords(name: string | null, changes: readonly Change[]): string | null {
  const [first, ...others] = changes;
  if (!first) return null;
  const did = first.text.replace(/^./, (letter) => letter.toLowerCase());
  const more = others.length === 1 ? ' and one other thing' : ` and ${others.length} other things`;
  return `${name ?? 'Somebody'} ${did}${others.length === 0 ? '' : more}`;
}

/** "Ada published v4". */
export function doneWords(
  { what, by }: { what: 'published' | 'rolled_back' | 'unpublished'; by: string | null },
  liveVersion: number | null,
): string {
  const who = by ?? 'Somebody';
  if (what === 'unpublished' || liveVersion === null) return `${who} unpublished this workflow`;
  return what === 'published' ? `${who} published v${liveVersion}` : `${who} rolled back to v${liveVersion}`;
}
