import type { JsonValue } from '#lib/workflow/json.ts';
import { SECRET_NAME } from './recorded.ts';

/** In the place of what is not kept. */
const BLANK = '[redacted]';

/** Parameters of addresses that carry credentials, besides those with a secret's name. */
const SECRET_PARAMETER = /^(key|token|sig|signature|x-amz-(signature|credential|security-token))$/i;

/** Credentials that are known by their look: JSON Web Tokens and private keys. */
const SECRET_SHAPES =
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g;

/** Headers that carry credentials. */
const SECRET_HEADER = /^(set-cookie2?|(proxy-)?authorization|(www|proxy)-authenticate|authentication-info)$/;

/** Shorter texts are words, not secrets. */
const SHORTEST = 8;
const MOST_SECRETS = 100;
const DEEPEST = 100;

/**
 * Takes credentials out of what is recorded. It remembers the values that it took out, so that a request which
 * repeats one is recorded as a replay will ask it: with the blank in its place.
 */
export class Redaction {
  private readonly secrets = new Set<string>();

  /** The text without known secrets, and without what looks like one. */
  text(text: string): string {
    let left = text.replace(SECRET_SHAPES, BLANK);
    for (const secret of this.secrets) left = left.replaceAll(secret, BLANK);
    return left;
  }

  /** The value with members blanked that are named like a secret. Nested deeper than 100 levels it is null. */
  value(value: JsonValue, depth = 0): JsonValue {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > DEEPEST) return null;
    if (Array.isArray(value)) return value.map((item) => this.value(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        if (!SECRET_NAME.test(name)) return [name, this.value(member, depth + 1)];
        if (typeof member === 'string') this.learn(member);
        return [name, member === null || member === '' ? member : BLANK];
      }),
    );
  }

  /** The address without a password and without parameters that are credentials. Left as it is when it is none. */
  url(given: string): string {
    const url = URL.parse(given);
    if (!url) return this.text(given);
    let changed = url.username !== '' || url.password !== '';
    url.username = '';
    url.password = '';
    for (const name of new Set(url.searchParams.keys())) {
      if (!SECRET_NAME.test(name) && !SECRET_PARAMETER.test(name)) continue;
      url.searchParams.set(name, BLANK);
      changed = true;
    }
    return this.text(changed ? url.href : given);
  }

  headers(headers: Record<string, string>): Record<string, string> {
    const kept = Object.entries(headers).filter(
      ([name]) => !SECRET_HEADER.test(name.toLowerCase()) && !SECRET_NAME.test(name),
    );
    return Object.fromEntries(kept.map(([name, value]) => [name, this.text(value)]));
  }

  private learn(secret: string): void {
    if (secret.length >= SHORTEST && this.secrets.size < MOST_SECRETS) this.secrets.add(secret);
  }
}
