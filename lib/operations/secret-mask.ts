import { StepError } from '#lib/engine/errors.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Credential } from './connection-secret.ts';
import { secretPattern } from './secret-patterns.ts';

/** Stands where a secret was. */
export const MASKED = '[redacted]';

/** Shorter texts are words: to blank them would spoil answers, and give the secret away. */
const SHORTEST = 6;
/** Secrets that what the process writes is looked through for. */
const MOST_PATTERNS = 500;
const DEEPEST = 300;
/** Words before a credential that are none. */
const SCHEME = /^(Bearer|Basic|Token|ApiKey|Bot|Digest) +(.+)$/i;

/** The secrets that a run got hold of, and whatever must not show them. */
export interface SecretMask {
  /** No secret is known: nothing has to be looked through. */
  readonly isEmpty: boolean;
  add(secret: string): void;
  /** What goes along with a request, in its parts: of `Bearer x` it is `x`. */
  addCredential(credential: Credential): void;
  text(text: string): string;
  /** The same bytes where nothing is found. */
  bytes(bytes: Uint8Array): Uint8Array;
  /** The same value where nothing is found. */
  value<T>(value: T): T;
  /** What a step or a caller is told of a failure. */
  error(error: unknown): unknown;
}

/** Masks of one process. */
export interface SecretMasks {
  /** Of one run. Costs nothing until a secret is added. */
  create(): SecretMask;
  /** Blanks, in what the process writes, every secret that any of its runs got hold of lately, and what looks like one. */
  line(text: string): string;
}

/** `own`: secrets of the process itself, of its environment. */
export function createSecretMasks(own: readonly string[]): SecretMasks {
  const sources = new Map<string, { text: string; bytes: string }>();
  let lately: RegExp | null = null;

  function sourcesOf(secret: string): { text: string; bytes: string } {
    const known = sources.get(secret);
    if (known) return known;
    const made = { text: secretPattern(secret, 'text'), bytes: secretPattern(secret, 'bytes') };
    if (sources.size >= MOST_PATTERNS) sources.delete(sources.keys().next().value!);
    sources.set(secret, made);
    lately = null;
    return made;
  }
  for (const secret of own) if (secret.length >= SHORTEST) sourcesOf(secret);

  return {
    create: () => new RunMask(sourcesOf),
    line(text) {
      lately ??= expressionOf([...sources.values()].map((source) => source.text));
      const known = lately ? text.replace(lately, MASKED) : text;
      return known.replace(SHAPES, MASKED);
    },
  };
}

/**
 * What is a secret by its look: API keys and webhook secrets of Patchbay, JSON Web Tokens, private keys, passwords in
 * addresses, credentials of a header.
 */
const SHAPES =
  /\bpbk_[0-9A-Za-z]{12}_[0-9A-Za-z]{43,}(?:_[0-9A-Za-z]+)?|\bwhsec_[A-Za-z0-9+/=]{20,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|(?<=:\/\/[^\s:/@"]{0,100}:)[^\s/@"]{1,200}(?=@)|(?<=\b(?:[Bb]earer|[Bb]asic) )[\w.~+/=-]{12,}/g;

function expressionOf(patterns: readonly string[]): RegExp | null {
  return patterns.length === 0 ? null : new RegExp(patterns.join('|'), 'g');
}

type SourcesOf = (secret: string) => { text: string; bytes: string };

class RunMask implements SecretMask {
  #secrets: Set<string> | null = null;
  #expressions: { text: RegExp; bytes: RegExp } | null = null;
  readonly #sourcesOf: SourcesOf;

  constructor(sourcesOf: SourcesOf) {
    this.#sourcesOf = sourcesOf;
  }

  get isEmpty(): boolean {
    return this.#secrets === null;
  }

  add(secret: string): void {
    if (secret.length < SHORTEST || this.#secrets?.has(secret)) return;
    this.#secrets ??= new Set();
    this.#secrets.add(secret);
    this.#expressions = null;
  }

  addCredential({ headers, query }: Credential): void {
    for (const value of Object.values(query)) this.add(value);
    for (const value of Object.values(headers)) {
      const [, scheme, rest] = SCHEME.exec(value) ?? [];
      this.add(rest ?? value);
      if (rest === undefined || scheme?.toLowerCase() !== 'basic') continue;
      const pair = Buffer.from(rest, 'base64').toString('utf8');
      this.add(pair);
      this.add(pair.slice(pair.indexOf(':') + 1));
    }
  }

  text(text: string): string {
    return this.#secrets && text.length >= SHORTEST ? text.replace(this.#made().text, MASKED) : text;
  }

  bytes(bytes: Uint8Array): Uint8Array {
    if (!this.#secrets || bytes.byteLength < SHORTEST) return bytes;
    const { bytes: expression } = this.#made();
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    if (text.search(expression) === -1) return bytes;
    return Buffer.from(text.replace(expression, MASKED), 'latin1');
  }

  value<T>(value: T): T {
    return this.#secrets ? (this.#masked(value as JsonValue, 0) as T) : value;
  }

  error(error: unknown): unknown {
    // One of another class carries more than words: a question to whoever calls.
    if (!this.#secrets || !(error instanceof StepError) || error.constructor !== StepError) return error;
    const message = this.text(error.message);
    const details = this.value(error.details);
    if (message === error.message && details === error.details) return error;
    // The cause says the same in other words, and goes to the log, which is masked by itself.
    const { code, transient, retryAfterMs, cause } = error;
    return new StepError(code, message, {
      transient,
      details,
      cause,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }

  #masked(value: JsonValue, depth: number): JsonValue {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
    if (Array.isArray(value)) {
      let copy: JsonValue[] | null = null;
      for (const [index, item] of value.entries()) {
        const masked = this.#masked(item, depth + 1);
        if (masked === item) continue;
        copy ??= [...value];
        copy[index] = masked;
      }
      return copy ?? value;
    }
    const entries = Object.entries(value);
    const masked = entries.map(([name, item]) => [this.text(name), this.#masked(item, depth + 1)] as const);
    const isSame = masked.every(([name, item], index) => {
      const [before, was] = entries[index]!;
      return name === before && item === was;
    });
    return isSame ? value : Object.fromEntries(masked);
  }

  #made(): { text: RegExp; bytes: RegExp } {
    if (this.#expressions) return this.#expressions;
    const sources = [...(this.#secrets ?? [])].map(this.#sourcesOf);
    this.#expressions = {
      text: new RegExp(sources.map(({ text }) => text).join('|'), 'g'),
      bytes: new RegExp(sources.map(({ bytes }) => bytes).join('|'), 'g'),
    };
    return this.#expressions;
  }
}
