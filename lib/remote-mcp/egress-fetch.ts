import type { FetchLike } from '@modelcontextprotocol/client';
import type { Egress } from '#lib/egress/fetch.ts';

/** Another MCP server, and how it is reached. */
export interface RemoteServer {
  egress: Pick<Egress, 'open'>;
  /** The address of its Streamable HTTP endpoint. */
  url: string;
  /** The headers that carry the credential to this address. Throws StepError when it may not be sent there. */
  credentials(url: string): Promise<Record<string, string>>;
}

/** Statuses whose answers have no body (https://fetch.spec.whatwg.org/#null-body-status). */
const NO_BODY = [101, 103, 204, 205, 304];

/**
 * A `fetch` for the MCP client whose every request goes through the egress, with the credential of the connection.
 * Redirects are handed back: the client follows those that stay with the same origin, through here again.
 * `failed` hears what went wrong on the way, before the client wraps it.
 */
export function egressFetch(
  { egress, credentials }: RemoteServer,
  { timeoutMs, failed }: { timeoutMs: number; failed(error: unknown): void },
): FetchLike {
  return async (target, init = {}) => {
    const url = String(target);
    const method = init.method ?? 'GET';
    const headers = new Headers(init.headers);
    // A stream for what the server may want to say between calls. No step listens there; a broken answer is resumed.
    if (method === 'GET' && !headers.has('last-event-id')) return new Response(null, { status: 405 });
    const signal = init.signal ?? new AbortController().signal;
    const tell = (error: unknown) => {
      if (!signal.aborted) failed(error);
    };
    try {
      const answer = await egress.open(
        {
          method,
          url,
          headers: Object.fromEntries(headers),
          body: typeof init.body === 'string' ? init.body : null,
          sensitiveHeaders: await credentials(url),
          timeoutMs,
          quietMs: timeoutMs,
          followRedirects: false,
        },
        signal,
      );
      const { status, statusText } = answer;
      const empty = NO_BODY.includes(status);
      if (empty) await answer.body.cancel();
      return new Response(empty ? null : told(answer.body, tell), {
        status,
        statusText,
        headers: headersOf(answer.headers),
      });
    } catch (error) {
      tell(error);
      throw error;
    }
  };
}

/** What the body was sent as is not what it is any more. */
function headersOf(given: Record<string, string>): Headers {
  const headers = new Headers(given);
  headers.delete('content-encoding');
  headers.delete('content-length');
  return headers;
}

/** The same stream, whose failure is heard. */
function told(
  body: ReadableStream<Uint8Array>,
  failed: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        failed(error);
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
