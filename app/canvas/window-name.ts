import { newId } from '#lib/workflow/new-id.ts';

const KEY = 'patchbay:window';

let known: { name: string; before: string | null } | undefined;

/**
 * A name for this window that no other has, and the one it had before the page was loaded again: a copied tab copies
 * what the session storage holds. `before` is null for a new tab, and where the browser stores nothing.
 */
export function windowName(): { name: string; before: string | null } {
  if (known) return known;
  const name = newId();
  try {
    known = { name, before: window.sessionStorage.getItem(KEY) };
    window.sessionStorage.setItem(KEY, name);
  } catch {
    known = { name, before: null };
  }
  return known;
}
