import { createEgress } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';

/** What came back from the server's own public address. */
export interface OwnAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** The start of an answer that stays open. */
export interface OwnStream {
  status: number;
  headers: Record<string, string>;
  /** What came first; null when the headers were all that came. */
  first: string | null;
}

export interface OwnRequest {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  /** Credentials. */
  secret?: Record<string, string>;
  body?: string;
}

/** Asks this server as the outside would: through its public address. */
export interface OwnServer {
  /** Redirects are shown, not followed. Throws StepError as the egress does. */
  ask(request: OwnRequest, timeoutMs?: number): Promise<OwnAnswer>;
  /** Waits for the first piece of the body, then hangs up; with `headersOnly` not even for that. */
  open(request: OwnRequest, options: { timeoutMs: number; headersOnly?: boolean }): Promise<OwnStream>;
  close(): Promise<void>;
}

const MOST_BYTES = 20 * 1024 * 1024;

/**
 * A way out that leads to one origin only. It may be dialled although it is this machine, which nothing else that
 * goes out may.
 */
export function ownServer(publicUrl: string, signal: AbortSignal): OwnServer {
  const egress = createEgress({ allow: [new URL(publicUrl).hostname] });

  function requestOf({ path, secret, ...request }: OwnRequest, timeoutMs: number) {
    const url = new URL(path, publicUrl);
    if (url.origin !== publicUrl) throw new StepError('BAD_URL', `${url.origin} is not this server.`);
    return {
      ...request,
      url: url.href,
      ...(secret && { sensitiveHeaders: secret }),
      followRedirects: false,
      timeoutMs,
      maxBytes: MOST_BYTES,
    };
  }

  return {
    async ask(request, timeoutMs = 10_000) {
      const { status, headers, body } = await egress.request(requestOf(request, timeoutMs), signal);
      return { status, headers, text: new TextDecoder().decode(body) };
    },
    async open(request, { timeoutMs, headersOnly }) {
      const { status, headers, body } = await egress.open(requestOf(request, timeoutMs), signal);
      const reader = body.getReader();
      try {
        if (headersOnly) return { status, headers, first: null };
        const { value } = await reader.read();
        return { status, headers, first: value ? new TextDecoder().decode(value) : null };
      } catch (error) {
        if (error instanceof StepError && error.code === 'TIMEOUT') return { status, headers, first: null };
        throw error;
      } finally {
        await reader.cancel().catch(() => {});
      }
    },
    close: () => egress.close(),
  };
}
