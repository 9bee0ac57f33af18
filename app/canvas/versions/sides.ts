/** What is looked at: the draft, a version, or a draft this browser kept. */
export type Side = 'draft' | `v${number}` | `kept-${number}`;

/** A side as the address names it; null for one that it does not name. */
export function readSide(text: string | null): Side | null {
  if (text === 'draft') return 'draft';
  return text !== null && /^(v\d{1,9}|kept-\d{1,15})$/.test(text) ? (text as Side) : null;
}

/** The version of a side; null for a draft. */
export function versionOf(side: Side | null): number | null {
  return side?.startsWith('v') ? Number(side.slice(1)) : null;
}

/** When the draft of a side was replaced, in ms since the epoch; null for the others. */
export function keptAt(side: Side | null): number | null {
  return side?.startsWith('kept-') ? Number(side.slice('kept-'.length)) : null;
}

/** In words: `v3`, `the draft`. */
export function sideWords(side: Side): string {
  if (side === 'draft') return 'the draft';
  return side.startsWith('kept-') ? 'the kept draft' : side;
}

/**
 * What a side is compared with unless said: a version with the one before it, a draft with what is live, or else the
 * newest. `versions`: their numbers, newest first.
 */
export function usualBase(
  side: Side,
  { versions, live }: { versions: readonly number[]; live: number | null },
): Side | null {
  const number = versionOf(side);
  const base = number === null ? (live ?? versions[0]) : versions.find((candidate) => candidate < number);
  return base === undefined ? null : `v${base}`;
}
