import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { AppError, type AppErrorCode } from '#lib/db/app-error.ts';
import type { ApiEnv } from './router.ts';

const TITLES: Record<AppErrorCode, string> = {
  bad_request: 'Bad request',
  unauthenticated: 'Not signed in',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Changed meanwhile',
  gone: 'Gone',
  too_large: 'Too large',
  unsupported_media: 'Unsupported kind of content',
  invalid: 'Not valid',
  too_many: 'Too many requests',
  unavailable: 'Not available',
};

/**
 * Whatever is thrown becomes `application/problem+json` here, once (RFC 9457). An AppError is told as it is;
 * anything else is a bug: logged whole under the request id, shown as "Something went wrong".
 */
export function answerError(error: Error, c: Context<ApiEnv>): Response {
  const requestId = c.get('requestId');
  const asked = asAppError(error);
  if (!asked) {
    c.get('app').log.error({ err: error, requestId, path: c.req.path }, 'a request failed unexpectedly');
    return respond(500, {
      type: 'about:blank',
      title: 'Something went wrong',
      status: 500,
      detail: `Something went wrong on the server. Its log says what, under request ${requestId}.`,
      code: 'internal',
      requestId,
    });
  }
  const retryAfter = asked.details['retryAfterMs'];
  return respond(
    asked.status,
    {
      ...asked.details,
      type: 'about:blank',
      title: TITLES[asked.code],
      status: asked.status,
      detail: asked.message,
      code: asked.code,
      requestId,
    },
    {
      ...(typeof retryAfter === 'number' ? { 'Retry-After': String(Math.ceil(retryAfter / 1000)) } : {}),
      // What is left of the body would be taken for the next request.
      ...(c.env.incoming.complete ? {} : { Connection: 'close' }),
    },
  );
}

/** Hono itself throws for a body that is not JSON. */
function asAppError(error: Error): AppError | null {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException && error.status === 400) {
    return new AppError('bad_request', 'The body is not JSON.');
  }
  return null;
}

function respond(status: number, body: Record<string, unknown>, headers: Record<string, string> = {}) {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });
}
