import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '#lib/db/app-error.ts';
import type { App } from '../app.ts';

/** A person has so long to sign in and to decide. */
const REQUEST_MS = 60 * 60_000;
const CONTEXT = 'oauth-request';

const consentRequest = z.object({
  /** It is answered once. */
  id: z.string(),
  until: z.number(),
  clientId: z.string(),
  redirectUri: z.string(),
  state: z.string().nullable(),
  codeChallenge: z.string(),
  resource: z.string(),
  scopes: z.array(z.string()),
  /** Digest of what the cookie of the browser holds in which it was begun. */
  browser: z.string(),
});

/** What a client asks a person for: checked, and on its way through the browser, which cannot change it. */
export type ConsentRequest = z.output<typeof consentRequest>;

/** Seals a request; for the query of an address. */
export function sealRequest(
  { secrets }: Pick<App, 'secrets'>,
  request: Omit<ConsentRequest, 'id' | 'until' | 'browser'>,
  browser: string,
): string {
  const whole: ConsentRequest = {
    ...request,
    id: randomUUID(),
    until: Date.now() + REQUEST_MS,
    browser: digest(browser),
  };
  return secrets.seal(JSON.stringify(whole), CONTEXT);
}

/**
 * The request again. Throws AppError `gone` when its time is over or it is none of ours, `forbidden` when it was begun
 * in another browser: whoever sends somebody a link must not get what that person allows.
 */
export function openRequest(
  { secrets }: Pick<App, 'secrets'>,
  sealed: string,
  browser: string | null,
): ConsentRequest {
  const request = opened(secrets, sealed);
  if (!request || request.until <= Date.now()) {
    throw new AppError('gone', 'This request is over. Start again in the app that sent you here.');
  }
  if (browser === null || !same(digest(browser), request.browser)) {
    throw new AppError(
      'forbidden',
      'This request was begun in another browser. Start again in the app that sent you here, and stay in this browser.',
    );
  }
  return request;
}

/** What a browser is told by, for as long as it has a request to answer. */
export function newBrowser(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a text is one of those. */
export function isBrowser(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/**
 * Shows that the answer comes from a page that showed this request to this person. Another person who signed in
 * meanwhile, in the same browser, gets another one.
 */
export function proofOf({ secrets }: Pick<App, 'secrets'>, request: ConsentRequest, userId: string): string {
  return createHmac('sha256', secrets.derive('oauth-consent'))
    .update(`${request.id}|${userId}`)
    .digest('base64url');
}

export function isProof(
  app: Pick<App, 'secrets'>,
  given: string,
  at: { request: ConsentRequest; userId: string },
): boolean {
  return same(given, proofOf(app, at.request, at.userId));
}

function opened(secrets: App['secrets'], sealed: string): ConsentRequest | null {
  try {
    return consentRequest.parse(JSON.parse(secrets.open(sealed, CONTEXT)));
  } catch {
    return null;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
