import type { Egress } from '#lib/egress/fetch.ts';

/** As much of fetch as OAuth libraries ask for. */
export interface FetchOptions {
  method: string;
  headers: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Documents of identity providers and their keys are small. */
const MOST_BYTES = 512 * 1024;
const TIMEOUT_MS = 10_000;

/** `fetch` for libraries that speak OAuth, through the only way out. Redirects are not followed. Throws StepError. */
export function guardedFetch(egress: Egress): (url: string, options: FetchOptions) => Promise<Response> {
  return async (url, { method, headers, body, signal }) => {
    const { authorization, ...others } = Object.fromEntries(new Headers(headers));
    const answer = await egress.request(
      {
        method,
        url,
        headers: others,
        ...(authorization === undefined ? {} : { sensitiveHeaders: { authorization } }),
        body: body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : null,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MOST_BYTES,
        followRedirects: false,
      },
      signal ?? AbortSignal.timeout(TIMEOUT_MS),
    );
    // The body is inflated already.
    const { 'content-encoding': _, 'content-length': __, ...kept } = answer.headers;
    const isEmpty = answer.body.length === 0;
    return new Response(isEmpty ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: kept,
    });
  };
}
