import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits for a link, a cookie or a step on the way to a session. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a random token: a fast hash is right for so many random bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
