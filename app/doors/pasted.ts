import { looksLikeCurl } from '#lib/curl/from-curl.ts';

/** What a pasted text is, for whoever begins with it. */
export type Pasted =
  /** A cURL command, or a plain address written as one. */
  | { type: 'command'; text: string }
  /** A description of an API: its address or its text. */
  | { type: 'description'; url: string }
  | { type: 'description'; text: string };

/** Longest text that is looked at, in characters: as large as a description may be. */
const MOST = 10 * 1024 * 1024;
/** Where descriptions of APIs lie, by the end or a word of the path. */
const DESCRIPTION_PATH = /\.(json|ya?ml)$|openapi|swagger|api-docs/i;
/** At the root of a description, in JSON or YAML. */
const DESCRIPTION_TEXT =
  /^\s*\{[\s\S]{0,4000}"(openapi|swagger)"\s*:\s*"\d|^(openapi|swagger)\s*:\s*['"]?\d/m;

/** A cURL command, an address, a description of an API; null for anything else, such as copied steps. */
export function whatIsPasted(given: string): Pasted | null {
  const text = given.trim();
  if (text === '' || text.length > MOST) return null;
  if (looksLikeCurl(text)) return { type: 'command', text };
  const url = /^https?:\/\/\S+$/i.test(text) ? URL.parse(text) : null;
  if (url) {
    if (DESCRIPTION_PATH.test(url.pathname)) return { type: 'description', url: text };
    return { type: 'command', text: `curl '${text.replaceAll("'", '%27')}'` };
  }
  return DESCRIPTION_TEXT.test(text) ? { type: 'description', text } : null;
}
