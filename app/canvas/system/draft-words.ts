import type { SavePhase } from './autosave.ts';

export interface DraftFacts {
  /** The version clients see; null when none is live. */
  liveVersion: number | null;
  /** The newest version there is; null when nothing was published yet. */
  latestVersion: number | null;
  /** How many things the draft changes against the live (else the newest) version; null while that is not known. */
  changes: number | null;
}

/** The state of draft and live, in words: "Draft, 2 changes since v3". */
export function draftWords({ liveVersion, latestVersion, changes }: DraftFacts): string {
  const base = liveVersion ?? latestVersion;
  if (base === null) return 'Draft, never published';
  if (changes === null) return liveVersion === null ? 'Draft, not live' : `Live v${base}`;
  if (changes === 0) return liveVersion === null ? `v${base}, not live` : `Live v${base}, no changes`;
  const count = changes === 1 ? '1 change' : `${changes} changes`;
  return liveVersion === null ? `Draft, ${count} since v${base}, not live` : `Draft, ${count} since v${base}`;
}

/** How the draft stands with the server; `kept`: what is unsaved would survive the end of this window. */
export function savedWords(phase: SavePhase, kept = true): string {
  switch (phase.name) {
    case 'saved':
      return 'saved';
    case 'waiting':
    case 'saving':
      return 'saving…';
    case 'offline':
      return kept ? 'offline, kept in this browser' : 'offline, in this window only';
    case 'refused':
      return kept ? 'not saved' : 'not saved, in this window only';
    case 'conflict':
      return 'changed by somebody else';
    case 'deleted':
      return 'deleted';
  }
}
