import type { Found } from './found-text.ts';
import { type GuardSettings, PERSONAL_KINDS } from './guard-settings.ts';
import type { JsonValue } from './json.ts';
import { findPersonal } from './personal-patterns.ts';
import { findSecrets } from './secret-patterns.ts';

/** What was found in an answer, and what was done about it. */
export interface GuardNote {
  what: string;
  count: number;
  done: 'masked' | 'noted';
}

/** Collects what is found. */
export class GuardNotes {
  readonly #notes = new Map<string, GuardNote>();

  add(what: string, done: GuardNote['done']): void {
    const key = `${done} ${what}`;
    const note = this.#notes.get(key);
    if (note) note.count += 1;
    else this.#notes.set(key, { what, count: 1, done });
  }

  /** null: nothing was found. */
  all(): GuardNote[] | null {
    return this.#notes.size === 0 ? null : [...this.#notes.values()];
  }
}

/** Whether anything is looked for at all. */
export function looksForAnything({ secrets, personal }: GuardSettings): boolean {
  return secrets !== 'off' || PERSONAL_KINDS.some((kind) => personal[kind] !== 'off');
}

/** The text as it may leave: what has to be masked is. The same text when nothing was. */
export function guardText(text: string, settings: GuardSettings, notes: GuardNotes): string {
  let guarded = text;
  if (settings.secrets !== 'off') {
    guarded = masked(guarded, findSecrets(guarded), notes, (found) => masksSecret(settings, found));
  }
  for (const kind of PERSONAL_KINDS) {
    const mode = settings.personal[kind];
    if (mode === 'off') continue;
    guarded = masked(guarded, findPersonal(guarded, kind), notes, () => mode === 'mask');
  }
  return guarded;
}

function masksSecret({ secrets }: GuardSettings, { certain }: Found): boolean {
  return secrets === 'mask' || (secrets === 'certain' && certain);
}

function masked(
  text: string,
  all: readonly Found[],
  notes: GuardNotes,
  isMasked: (found: Found) => boolean,
): string {
  if (all.length === 0) return text;
  const parts: string[] = [];
  let end = 0;
  for (const found of all) {
    const mask = isMasked(found);
    notes.add(found.what, mask ? 'masked' : 'noted');
    if (!mask) continue;
    parts.push(text.slice(end, found.from), `[masked: ${found.what}]`);
    end = found.to;
  }
  return end === 0 ? text : parts.join('') + text.slice(end);
}

/**
 * The same for every text inside a value; numbers and names of members stay as they are. The same value when nothing was
 * masked.
 */
export function guardValue(value: JsonValue, settings: GuardSettings, notes: GuardNotes): JsonValue {
  if (typeof value === 'string') return guardText(value, settings, notes);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    let copy: JsonValue[] | null = null;
    for (const [at, item] of value.entries()) {
      const guarded = guardValue(item, settings, notes);
      if (guarded === item) continue;
      copy ??= [...value];
      copy[at] = guarded;
    }
    return copy ?? value;
  }
  let isSame = true;
  const entries = Object.entries(value).map(([name, item]): [string, JsonValue] => {
    const guarded = guardValue(item, settings, notes);
    if (guarded !== item) isSame = false;
    return [name, guarded];
  });
  return isSame ? value : Object.fromEntries(entries);
}
