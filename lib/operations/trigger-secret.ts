import { randomBytes } from 'node:crypto';
import type { Secrets } from '#lib/auth/sealing.ts';
import type { WebhookSignature } from '#lib/db/triggers.ts';

interface Owner {
  organizationId: string;
  /** Of the trigger. */
  id: string;
}

/** A new secret of a webhook, and what is stored of it. */
export function makeTriggerSecret(
  secrets: Secrets,
  owner: Owner,
  signature: WebhookSignature,
): { secret: string; sealed: string } {
  const random = randomBytes(32).toString('base64');
  const secret = signature === 'standard' ? `whsec_${random}` : random;
  return { secret, sealed: secrets.seal(secret, contextOf(owner)) };
}

/** Throws where it was sealed for another trigger, or with another key. */
export function openTriggerSecret(secrets: Secrets, owner: Owner, sealed: string): string {
  return secrets.open(sealed, contextOf(owner));
}

function contextOf({ organizationId, id }: Owner): string {
  return `trigger|${organizationId}|${id}`;
}
