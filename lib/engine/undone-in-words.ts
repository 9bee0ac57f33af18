import type { Undone } from './run.ts';

/** What follows the text of an error: what was taken back, and what was not. Empty when there is nothing to say. */
export function undoneInWords(undone: readonly Undone[]): string {
  const done = undone.filter(({ error }) => !error).map(({ key }) => `"${key}"`);
  const failed = undone.flatMap(({ key, error }) => (error ? [`"${key}" (${error.message})`] : []));
  const words = [];
  if (done.length > 0) words.push(`Taken back: ${listed(done)}.`);
  if (failed.length > 0) words.push(`Not taken back: ${listed(failed)}.`);
  return words.map((sentence) => ` ${sentence}`).join('');
}

/** A loop can have thousands. */
function listed(names: string[]): string {
  const shown = names.slice(0, 20).join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
