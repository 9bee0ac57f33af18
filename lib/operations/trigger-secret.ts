import { randomBytes } from 'node:crypto';
import type { SealedPlace, Vault } from '#lib/auth/vault.ts';
import type { WebhookSignature } from '#lib/db/triggers.ts';

interface Owner {
  organizationId: string;
  /** Of the trigger. */
  id: string;
}

/** A new secret of a webhook, and what is stored of it. */
export async function makeTriggerSecret(
  vault: Vault,
  owner: Owner,
  signature: WebhookSignature,
): Promise<{ secret: string; sealed: string }> {
  const random = randomBytes(32).toString('base64');
  const secret = signature === 'standard' ? `whsec_${random}` : random;
  return { secret, sealed: await vault.seal(placeOf(owner), secret) };
}

/** Throws where it was sealed for another trigger, or with another key. */
export function openTriggerSecret(vault: Vault, owner: Owner, sealed: string): Promise<string> {
  return vault.open(placeOf(owner), sealed);
}

function placeOf({ organizationId, id }: Owner): SealedPlace {
  return { organizationId, id, field: 'trigger.secret' };
}
