import type { EgressStream } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import { documentFormat, MOST_DOCUMENT_BYTES } from '#lib/workflow/document-formats.ts';
import { bytesOf, opened } from '../fetching.ts';
import type { SourceRun } from '../source-kind.ts';
import { cleanAddress, nameOfPage } from './addresses.ts';

/** What is sent as User-Agent. robots.txt and pages call us by its first word. */
const USER_AGENT = 'Patchbay (reads pages into a knowledge base)';

const ACCEPT = 'text/html, application/xhtml+xml, application/pdf, text/*;q=0.9, */*;q=0.5';
const REDIRECTS = 5;

/** What makes the next look cheap. */
export interface PageMark {
  etag?: string;
  modified?: string;
  /** Of a page: its text and tags. */
  print?: string;
}

export type Fetched =
  | { type: 'page'; url: string; headers: Record<string, string>; mimeType: string; data: Buffer }
  | { type: 'unchanged'; url: string }
  /** To somewhere that is a page of its own. */
  | { type: 'redirect'; to: string }
  | { type: 'gone'; status: number }
  /** Nothing that is read. */
  | { type: 'other'; reason: string }
  | { type: 'failed'; reason: string };

/**
 * Fetches one page. Redirects are followed where they lead to another spelling of the same page, or, with `anywhere`,
 * to what that permits. Throws StepError when there is no answer.
 */
export async function fetchPage(
  run: SourceRun,
  address: string,
  { mark, anywhere }: { mark: PageMark | null; anywhere?: (address: string) => boolean },
): Promise<Fetched> {
  let url = address;
  for (let redirects = 0; ; redirects++) {
    const { headers: credential } = await run.credential(url);
    const answer = await opened(run, {
      method: 'GET',
      url,
      headers: {
        'user-agent': USER_AGENT,
        accept: ACCEPT,
        ...(mark?.etag !== undefined && { 'if-none-match': mark.etag }),
        ...(mark?.modified !== undefined && { 'if-modified-since': mark.modified }),
      },
      sensitiveHeaders: credential,
      maxBytes: MOST_DOCUMENT_BYTES,
    });
    const location = locationOf(answer);
    if (location === null) return read(answer, url);
    await answer.body.cancel();
    const to = cleanAddress(location, url);
    if (to === null) return { type: 'failed', reason: 'It is sent on to what is no address of a page.' };
    const isSame = nameOfPage(to) === nameOfPage(address);
    if (!isSame && !anywhere?.(to)) return { type: 'redirect', to };
    if (redirects === REDIRECTS) {
      return { type: 'failed', reason: `It is sent on more than ${REDIRECTS} times.` };
    }
    url = to;
  }
}

/** A small text of a site: robots.txt, a sitemap. Null where there is none. Throws StepError when it cannot be said. */
export async function fetchFile(
  run: SourceRun,
  address: string,
  { most, whole }: { most: number; whole: boolean },
): Promise<Buffer | null> {
  const { headers: credential } = await run.credential(address);
  const answer = await opened(run, {
    method: 'GET',
    url: address,
    headers: { 'user-agent': USER_AGENT },
    sensitiveHeaders: credential,
    followRedirects: true,
    // The beginning of a larger one is enough where it need not be whole.
    maxBytes: whole ? most : Number.POSITIVE_INFINITY,
  });
  if (answer.status >= 200 && answer.status < 300) return bytesOf(answer, whole ? {} : { most });
  await answer.body.cancel();
  if (answer.status >= 500 || answer.status === 429) {
    throw new StepError('SOURCE_STATUS', `${address} answered ${answer.status}.`);
  }
  return null;
}

async function read(answer: EgressStream, url: string): Promise<Fetched> {
  const { status, headers } = answer;
  if (status === 200 || status === 203) {
    const mimeType = typeOf(headers, url);
    if (mimeType === null) {
      await answer.body.cancel();
      const type = (headers['content-type'] ?? 'nothing known').split(';')[0]!.slice(0, 100);
      return { type: 'other', reason: `It is of a kind that is not read: ${type}.` };
    }
    return { type: 'page', url, headers, mimeType, data: await bytesOf(answer) };
  }
  await answer.body.cancel();
  if (status === 304) return { type: 'unchanged', url };
  if (status === 404 || status === 410) return { type: 'gone', status };
  if (status === 401 || status === 403) {
    return { type: 'failed', reason: `The site does not let it be read (HTTP ${status}).` };
  }
  return { type: 'failed', reason: `The site answered HTTP ${status}.` };
}

function locationOf({ status, headers }: EgressStream): string | null {
  return [301, 302, 303, 307, 308].includes(status) ? (headers['location'] ?? null) : null;
}

/** By what the server says, or, where it says nothing, by the ending of the address. Null for what is not read. */
function typeOf(headers: Record<string, string>, url: string): string | null {
  const said = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  const vague = said === '' || said === 'application/octet-stream' || said === 'binary/octet-stream';
  const entry = documentFormat(vague ? new URL(url).pathname : '', said);
  // Also text/plain of what is written in Markdown.
  const closer = said === 'text/plain' ? documentFormat(new URL(url).pathname) : undefined;
  return (closer?.content === 'text' && closer.format !== 'html' ? closer : entry)?.types[0] ?? null;
}
