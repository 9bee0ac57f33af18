import { StepError } from '#lib/engine/errors.ts';

/** Said by the connection itself, or believed by proxies: not for a workflow to say. */
const REFUSED =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|forwarded|(proxy|x-forwarded)-.*)$/;

/** Meant for one origin only. */
const PRIVATE = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key'];

/** The headers of a request in lower case. Throws StepError `BAD_HEADER`. */
export function checkHeaders(given: Record<string, string>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [spelling, value] of Object.entries(given)) {
    const name = spelling.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
      throw new StepError('BAD_HEADER', `${JSON.stringify(spelling)} cannot be the name of a header.`);
    }
    if (REFUSED.test(name)) {
      throw new StepError(
        'BAD_HEADER',
        `The header "${name}" cannot be set: it is part of the connection itself.`,
      );
    }
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new StepError(
        'BAD_HEADER',
        `The value of the header "${name}" has a character that headers cannot carry.`,
      );
    }
    headers[name] = value;
  }
  return headers;
}

/** What may go along to another origin: neither credentials nor what was added for this one. */
export function withoutPrivate(
  headers: Record<string, string>,
  added: Iterable<string>,
): Record<string, string> {
  const kept = { ...headers };
  for (const name of PRIVATE) delete kept[name];
  for (const name of added) delete kept[name.toLowerCase()];
  return kept;
}

/** What may go along when a redirect turned the request into a GET. */
export function withoutBody(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}
