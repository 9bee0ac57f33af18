import { hc } from 'hono/client';
import type { Api } from '#lib/api/app.ts';
import { ApiError, readProblem } from './api-error.ts';

/** The typed client of the HTTP API. Give its calls to `answer`. */
export const api = hc<Api>('/api/v1', { fetch: call });

interface Answer<Body> {
  ok: boolean;
  json(): Promise<Body>;
}

/** What a call answers. Throws ApiError for whatever is not a success. */
export async function answer<Body>(call: Promise<Answer<Body>>): Promise<Body> {
  return (await call).json();
}

/**
 * What a call answers, by the name of its type: the typed client unfolds every JSON value in it into types of its own,
 * which fit ours in fact but not in name.
 */
export function answerAs<Body>(call: Promise<Answer<unknown>>): Promise<Body> {
  return answer(call) as Promise<Body>;
}

/** Waits for a call whose success has no body (204, 202). */
export async function done(call: Promise<unknown>): Promise<void> {
  await call;
}

/** `fetch` whose only bad ends are ApiErrors: a refusal with the server's words, or `offline`. */
async function call(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(input, init);
  } catch (cause) {
    if (init?.signal?.aborted) throw cause;
    throw new ApiError(0, 'offline', 'The server cannot be reached. Check the connection, then try again.');
  }
  if (!response.ok) throw await readProblem(response);
  return response;
}
