import type { IncomingHttpHeaders } from 'node:http';
import { isAccessToken } from '#lib/auth/access-tokens.ts';
import type { RequestFailure } from '#lib/operations/client-advice.ts';
import type { NotedRequest } from '#lib/operations/client-log.ts';
import { isJsonObject } from '#lib/workflow/json.ts';
import type { Fault } from './errors.ts';
import { presentedKey } from './http-edge.ts';

/** How a request ended. */
export interface Ending {
  /** What it was answered in place of what was asked for: an error, or (as JSON text) a result that is one. */
  failed: Fault | string | null;
  /** The caller went away before. */
  gone: boolean;
  /** Of the request, or of the one that opened the connection it came on. */
  headers: IncomingHttpHeaders;
}

type Outcome = Pick<NotedRequest, 'code' | 'failure' | 'detail' | 'runId'>;

const FINE: Outcome = { code: null, failure: null, detail: null, runId: null };

/** How it ended, in the words of the log of clients. */
export function outcomeOf({ failed, gone, headers }: Ending): Outcome {
  if (failed === null) return gone ? { ...FINE, failure: 'gone' } : FINE;
  if (typeof failed === 'string') {
    const runId = runOf(failed);
    return { ...FINE, failure: runId === null ? 'bad_arguments' : 'tool_failed', runId };
  }
  // A run of a prompt or a resource that waits for somebody is in order, and is told with an error all the same.
  if (failed.status === 200 && failed.code === -32_000) return FINE;
  const failure = failureOf(failed, headers);
  const tells = TELLING.has(failure) && !failed.message.startsWith('Resource');
  return { code: failed.code, failure, detail: tells ? failed.message : null, runId: null };
}

/** Of these the gateway’s words name nothing that a caller sent but methods, names and versions; a URI may hold arguments. */
const TELLING = new Set<RequestFailure>([
  'headers_differ',
  'client_lacks',
  'wrong_version',
  'unknown_method',
  'unknown_tool',
  'bad_message',
  'internal',
]);

const BY_STATUS: Readonly<Record<number, RequestFailure>> = {
  405: 'no_stream',
  408: 'too_slow',
  413: 'too_large',
  415: 'not_json',
  429: 'too_many',
  503: 'busy',
};

const BY_CODE: Readonly<Record<number, RequestFailure>> = {
  [-32_700]: 'not_json',
  [-32_601]: 'unknown_method',
  [-32_020]: 'headers_differ',
  [-32_021]: 'client_lacks',
  [-32_022]: 'wrong_version',
  [-32_001]: 'session_unknown',
  [-32_002]: 'unknown_tool',
  [-32_603]: 'internal',
};

function failureOf(fault: Fault, headers: IncomingHttpHeaders): RequestFailure {
  const { status, code, message } = fault;
  const challenge = fault.headers['www-authenticate'] ?? '';
  if (status === 403 && challenge.includes('insufficient_scope')) return 'not_granted';
  if (status === 401 && challenge.includes('resource_metadata=')) {
    const presented = presentedKey({ headers });
    if (!presented) return 'sign_in';
    return isAccessToken(presented) ? 'token_ended' : 'wrong_key';
  }
  if (status === 401 || message.startsWith('Too many requests from this address'))
    return hasKey(headers) ? 'wrong_key' : 'no_key';
  if (status === 403) return headers.origin === undefined ? 'wrong_name' : 'wrong_origin';
  if (code === -32_602) {
    if (message.startsWith('params.')) return 'bad_message';
    return /^(Unknown|Resource not found)/.test(message) ? 'unknown_tool' : 'bad_arguments';
  }
  if (code === -32_603 && status === 200) return 'tool_failed';
  if (status === 400 && message.startsWith('Never put a key')) return 'key_in_address';
  if (message.startsWith('MCP-Protocol-Version')) return 'wrong_version';
  if (status === 404 && code === -32_000) return 'no_release';
  return BY_STATUS[status] ?? BY_CODE[code] ?? 'bad_message';
}

function hasKey(headers: IncomingHttpHeaders): boolean {
  const key = presentedKey({ headers });
  return key !== null && key !== '';
}

/** The run that a result names; null when there was none, or the text is something else. */
function runOf(resultJson: string): string | null {
  const result: unknown = JSON.parse(resultJson);
  const meta = isJsonObject(result) ? result['_meta'] : undefined;
  const run = isJsonObject(meta) ? meta['patchbay/run'] : undefined;
  return typeof run === 'string' ? run : null;
}
