import type { Command } from './shortcuts.ts';

/** What was selected when a command was given: it is about that, whatever is selected later. */
export interface Selected {
  nodes: readonly string[];
  edges: readonly string[];
  notes: readonly string[];
}

/** Something a person asked for before the part of the canvas was there that does it. */
export type Early =
  | { type: 'command'; command: Command; selected: Selected; text: string }
  | { type: 'paste'; text: string };

/** Commands that open something one types into: keys that follow are text. */
const OPENS: ReadonlySet<Command> = new Set(['add', 'search', 'commands', 'find', 'replace', 'rename']);

/** More than anybody presses in that time; a key that is held down does not fill the list. */
const MOST = 20;

/** The list with one more at its end; the same list where it is full. */
export function withEarly(waiting: readonly Early[], early: Early): readonly Early[] {
  return waiting.length < MOST ? [...waiting, early] : waiting;
}

/** Stands in a text for the Enter that ended it. */
export const ENTER = '\n';

/** Takes a key that is text for what was opened last; null where it is none. `key` is as the browser names it. */
export function typedInto(
  waiting: readonly Early[],
  { key, held }: { key: string; held: boolean },
): readonly Early[] | null {
  const last = waiting.at(-1);
  if (last?.type !== 'command' || !OPENS.has(last.command) || held || last.text.endsWith(ENTER)) return null;
  const before = waiting.slice(0, -1);
  if (key === 'Enter') return [...before, { ...last, text: last.text + ENTER }];
  if (key === 'Backspace') return [...before, { ...last, text: last.text.slice(0, -1) }];
  return [...key].length === 1 ? [...before, { ...last, text: last.text + key }] : null;
}
