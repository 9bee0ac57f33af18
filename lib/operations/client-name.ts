const MOST = 80;

/** A client that gave no name. */
export const UNNAMED = 'unnamed';

/**
 * What a caller calls itself, without what changes with each update: `claude-code` of `claude-code 2.1`, `curl` of
 * `curl/8.5.0 (linux)`. `unnamed` where it gave no name. Short and on one line: it is the word of a stranger.
 */
export function nameOfClient(client: string | null): string {
  const said = client
    ?.slice(0, 300)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  if (!said) return UNNAMED;
  const own = /^(.*\S) (?:v?\d\S*|undefined)$/.exec(said)?.[1];
  return (own ?? /^([^/\s]+)\/\S+/.exec(said)?.[1] ?? said).slice(0, MOST).toWellFormed();
}
