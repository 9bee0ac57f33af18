import { randomBytes } from 'node:crypto';
import { hashToken } from './random-token.ts';

const COUNT = 10;
/** Of Crockford's base 32: none of them is taken for another. 32 divides 256, so that each is as likely. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
/** Each letter is 5 bits: 80 are too many to guess, so that a fast hash does. */
const LENGTH = 16;

/** Ten new codes, as they are shown once: `4tq9-x0vk-7m2d-hs8c`. */
export function makeRecoveryCodes(): string[] {
  return Array.from({ length: COUNT }, () => {
    const letters = Array.from(randomBytes(LENGTH), (byte) => LETTERS[byte % LETTERS.length]).join('');
    return letters.match(/.{4}/g)!.join('-');
  });
}

/** What is stored of a code, however it was typed. */
export function hashRecoveryCode(userId: string, typed: string): string {
  const letters = typed
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replaceAll('o', '0')
    .replace(/[il]/g, '1');
  return hashToken(`recovery|${userId}|${letters}`);
}
