import { createHash, timingSafeEqual } from 'node:crypto';

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Whether a text can be the challenge of S256, the one method there is (RFC 7636). */
export function isChallenge(challenge: string): boolean {
  return CHALLENGE.test(challenge);
}

/** Whether the verifier is the one that the challenge was made of. */
export function verifies(challenge: string, verifier: string): boolean {
  if (!VERIFIER.test(verifier) || !CHALLENGE.test(challenge)) return false;
  const made = createHash('sha256').update(verifier, 'ascii').digest('base64url');
  return timingSafeEqual(Buffer.from(made), Buffer.from(challenge));
}
