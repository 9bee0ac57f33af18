import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secrets } from './sealing.ts';

/**
 * The token of the set-up link. Made from the encryption key, so that behind a load balancer the link that one
 * replica printed opens on any other. It is good until the first user exists, and then never again.
 */
export function setupToken(secrets: Secrets): string {
  return createHmac('sha256', secrets.derive('set-up')).update('first owner').digest('base64url');
}

/** Compares in constant time. */
export function isSetupToken(secrets: Secrets, presented: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(presented), digest(setupToken(secrets)));
}
