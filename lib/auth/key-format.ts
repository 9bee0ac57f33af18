import {
  createHmac,
  createSecretKey,
  hash as digestOf,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Secrets } from './sealing.ts';

/**
 * `pbk_<12 base62 id>_<43 base62 secret>_<6 base62 CRC-32>`: the prefix for secret scanners, the checksum so that
 * a mistyped key costs no look-up.
 */
const FORMAT = /^(pb[a-z])_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/** What such a text is: an API key, an access token, a refresh token, a code on the way to tokens, a client's secret. */
export type Prefix = 'pbk' | 'pba' | 'pbr' | 'pbc' | 'pbs';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new key: what the caller is shown once, and what is stored. */
export interface NewKey {
  id: string;
  secret: string;
  hash: string;
  preview: string;
}

/** A key of 256 random bits. */
export function makeKey(secrets: Secrets, prefix: Prefix = 'pbk'): NewKey {
  return keyFrom(secrets, prefix, randomBytes(48));
}

/**
 * The one key that follows another: the same at every call, and of no use to guess it by without the secret that is
 * derived here.
 */
export function successorOf(secrets: Secrets, prefix: Prefix, presented: string): NewKey {
  const bytes = createHmac('sha384', secrets.derive('key-successor'))
    .update(`${prefix}|${presented}`)
    .digest();
  return keyFrom(secrets, prefix, bytes);
}

/** `bytes`: 48, the first 16 of which are told as its id. */
function keyFrom(secrets: Secrets, prefix: Prefix, bytes: Buffer): NewKey {
  const id = base62(bytes.subarray(0, 16), 12);
  const random = base62(bytes.subarray(16), 43);
  const body = `${prefix}_${id}_${random}`;
  return {
    id,
    secret: `${body}_${checksum(body)}`,
    hash: hashOf(secrets, random),
    preview: `${prefix}_${id.slice(0, 4)}…${random.slice(-4)}`,
  };
}

/** The parts of a presented key, or null when it cannot be one. */
export function parseKey(presented: string, prefix: Prefix = 'pbk'): { id: string; random: string } | null {
  const parts = FORMAT.exec(presented);
  if (!parts) return null;
  const [, kind, id, random, check] = parts as unknown as [string, string, string, string, string];
  if (kind !== prefix) return null;
  return checksum(`${kind}_${id}_${random}`) === check ? { id, random } : null;
}

/**
 * Compares the stored hash with the presented secret, in constant time. One that was found right before is told sooner:
 * its plain digest is remembered, which takes a third of a MAC.
 */
export function matches(secrets: Secrets, hash: string, random: string): boolean {
  const { proven } = memoryOf(secrets);
  const digest = digestOf('sha256', random, 'buffer');
  const known = proven.get(hash);
  if (known && timingSafeEqual(known, digest)) return true;
  const stored = Buffer.from(hash, 'base64url');
  const actual = hmac(secrets, random);
  if (stored.length !== actual.length || !timingSafeEqual(stored, actual)) return false;
  if (proven.size >= MOST_PROVEN) proven.delete(proven.keys().next().value!);
  proven.set(hash, digest);
  return true;
}

/** A fast hash is right for 256 random bits; the pepper keeps a stolen database useless for guessing. */
function hashOf(secrets: Secrets, random: string): string {
  return hmac(secrets, random).toString('base64url');
}

/** A hash that no key has. */
export function hashNothing(secrets: Secrets): string {
  return hashOf(secrets, '');
}

const MOST_PROVEN = 10_000;

interface Memory {
  /** As a key object: a MAC under one costs 3 µs, under bytes 16. */
  pepper: KeyObject;
  /** Digests of secrets that were found right, by their stored hashes. */
  proven: Map<string, Buffer>;
}

const memories = new WeakMap<Secrets, Memory>();

function memoryOf(secrets: Secrets): Memory {
  const known = memories.get(secrets);
  if (known) return known;
  const made = { pepper: createSecretKey(secrets.derive('api-key-pepper')), proven: new Map() };
  memories.set(secrets, made);
  return made;
}

function hmac(secrets: Secrets, random: string): Buffer {
  return createHmac('sha256', memoryOf(secrets).pepper).update(random).digest();
}

function checksum(text: string): string {
  return base62(BigInt(crc32(text)), 6);
}

function base62(value: Buffer | bigint, length: number): string {
  let rest = typeof value === 'bigint' ? value : BigInt(`0x${value.toString('hex')}`);
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text = DIGITS[Number(rest % 62n)] + text;
    rest /= 62n;
  }
  return text;
}
