import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { WebhookSignature } from '#lib/db/triggers.ts';

/** What a sender says of a delivery in its headers. */
export interface Delivery {
  /** Names it, the same when it is sent again. */
  id: string;
  /** Sent to see whether somebody is there, with nothing to do. */
  isPing: boolean;
}

const ID = /^[\x21-\x7e]{1,256}$/;

/**
 * The delivery, when its signature is that of the secret; else null. `standard`: Standard Webhooks, not older or newer
 * than five minutes. `github`: X-Hub-Signature-256, which has no time in it: what is sent again is known by its id.
 */
export function verifyDelivery(
  signature: WebhookSignature,
  secret: string,
  { headers, body }: { headers: Headers; body: Buffer },
): Delivery | null {
  return signature === 'standard' ? standard(secret, headers, body) : github(secret, headers, body);
}

function standard(secret: string, headers: Headers, body: Buffer): Delivery | null {
  const id = headers.get('webhook-id') ?? '';
  if (!ID.test(id)) return null;
  try {
    new Webhook(secret).verify(body, Object.fromEntries(headers), { jsonParse: false });
  } catch (error) {
    if (error instanceof WebhookVerificationError) return null;
    throw error;
  }
  return { id, isPing: false };
}

function github(secret: string, headers: Headers, body: Buffer): Delivery | null {
  const given = headers.get('x-hub-signature-256') ?? '';
  const id = headers.get('x-github-delivery') ?? '';
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const same = Buffer.byteLength(given) === expected.length && timingSafeEqual(Buffer.from(given), expected);
  return same && ID.test(id) ? { id, isPing: headers.get('x-github-event') === 'ping' } : null;
}
