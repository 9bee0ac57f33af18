import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAttempts } from '#lib/auth/attempts.ts';
import { makeKey, matches, parseKey } from '#lib/auth/key-format.ts';
import { readMasterKeys } from '#lib/auth/master-keys.ts';
import { hashPassword, verifyPassword } from '#lib/auth/passwords.ts';
import { createSecrets } from '#lib/auth/sealing.ts';
import { isSetupToken, setupToken } from '#lib/auth/setup-token.ts';

const secrets = createSecrets(Buffer.alloc(32, 1));
const others = createSecrets(Buffer.alloc(32, 2));

describe('what is sealed for a short time', () => {
  it('opens where it belongs', () => {
    const sealed = secrets.seal('hunter2 ✓', 'connection|acme|1');
    expect(secrets.open(sealed, 'connection|acme|1')).toBe('hunter2 ✓');
    expect(sealed).not.toContain('hunter2');
  });

  it('never looks alike', () => {
    expect(secrets.seal('same', 'a')).not.toBe(secrets.seal('same', 'a'));
  });

  it('does not open in another place, with another key, or changed', () => {
    const sealed = secrets.seal('hunter2', 'connection|acme|1');
    expect(() => secrets.open(sealed, 'connection|globex|1')).toThrow();
    expect(() => others.open(sealed, 'connection|acme|1')).toThrow('another key');
    // Not the last character: of its six bits the last ones may be none of the value's.
    for (const index of [0, 12, 40, sealed.length - 2]) {
      const other = sealed[index] === 'A' ? 'B' : 'A';
      const changed = sealed.slice(0, index) + other + sealed.slice(index + 1);
      expect(() => secrets.open(changed, 'connection|acme|1')).toThrow();
    }
  });
});

describe('encryption key file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once, for its owner only', () => {
    const keys = () => readMasterKeys({ given: null, previous: [], dataDir: folder });
    expect(keys().newest).toBeNull();
    const key = keys().make();
    expect(key.bytes).toHaveLength(32);
    expect(keys().newest).toEqual(key);
    expect(statSync(join(folder, 'encryption.key')).mode & 0o777).toBe(0o600);
  });

  it('holds one key a line, the newest last', () => {
    const keys = readMasterKeys({ given: null, previous: [], dataDir: folder });
    const first = keys.make();
    const path = join(folder, 'encryption.key');
    // As it looks after a crash in the middle of a line.
    appendFileSync(path, 'half a k');
    expect(readMasterKeys({ given: null, previous: [], dataDir: folder }).newest).toEqual(first);
    writeFileSync(path, `${first.bytes.toString('base64')}`);
    const second = readMasterKeys({ given: null, previous: [], dataDir: folder }).make();

    expect(second.id).not.toBe(first.id);
    expect(keys.find(second.id)).toEqual(second);
    expect([keys.newest, keys.oldest]).toEqual([second, first]);
    expect(keys.find('00000000')).toBeNull();
  });

  it('is refused when it holds something else', () => {
    writeFileSync(join(folder, 'encryption.key'), 'not a key');
    expect(() => readMasterKeys({ given: null, previous: [], dataDir: folder })).toThrow(
      'does not hold a key',
    );
  });
});

describe('API keys', () => {
  it('have the form that secret scanners know', () => {
    expect(makeKey(secrets).secret).toMatch(/^pbk_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
  });

  it('match their stored hash and no other', () => {
    const key = makeKey(secrets);
    const parsed = parseKey(key.secret)!;
    expect(parsed.id).toBe(key.id);
    expect(matches(secrets, key.hash, parsed.random)).toBe(true);
    expect(matches(others, key.hash, parsed.random)).toBe(false);
    expect(matches(secrets, makeKey(secrets).hash, parsed.random)).toBe(false);
    // Also once the right one is remembered.
    expect(matches(secrets, key.hash, parsed.random)).toBe(true);
    expect(matches(secrets, key.hash, parsed.random.toLowerCase())).toBe(false);
    expect(matches(others, key.hash, parsed.random)).toBe(false);
    expect(key.secret).not.toContain(key.hash);
    expect(key.preview).not.toContain(parsed.random);
  });

  it('are refused without a look-up when one character is wrong', () => {
    const { secret } = makeKey(secrets);
    expect(parseKey(secret)).not.toBeNull();
    for (let index = 4; index < secret.length; index += 7) {
      const other = secret[index] === 'x' ? 'y' : 'x';
      expect(parseKey(secret.slice(0, index) + other + secret.slice(index + 1))).toBeNull();
    }
    expect(parseKey(`${secret}x`)).toBeNull();
    expect(parseKey('')).toBeNull();
  });
});

describe('passwords', () => {
  it('are kept as argon2id, salted', async () => {
    const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword('correct horse', first)).toBe(true);
    expect(await verifyPassword('correct horsf', first)).toBe(false);
    expect(await verifyPassword('correct horse', 'plain text')).toBe(false);
  });

  it('are the same however the accents were typed', async () => {
    expect(await verifyPassword('caf\u0065\u0301', await hashPassword('caf\u00e9'))).toBe(true);
  });
});

/** A process without others. */
const ALONE = { publish: async () => {}, subscribe: () => () => {} };

describe('tries to sign in', () => {
  it('end after ten in a quarter of an hour, and begin again after it', () => {
    let now = 0;
    const attempts = createAttempts(ALONE, () => now);
    for (let count = 0; count < 10; count += 1) {
      attempts.check(['ada']);
      attempts.failed(['ada', '10.0.0.1']);
      now += 1000;
    }
    expect(() => attempts.check(['ada'])).toThrow('Try again in 15 minutes');
    expect(() => attempts.check(['10.0.0.1'])).toThrow('Too many tries');
    expect(() => attempts.check(['grace'])).not.toThrow();
    now += 15 * 60_000;
    expect(() => attempts.check(['ada'])).not.toThrow();
  });

  it('are forgotten once the account proved itself', () => {
    const attempts = createAttempts(ALONE, () => 0);
    for (let count = 0; count < 10; count += 1) attempts.failed(['ada']);
    attempts.clear('ada');
    expect(() => attempts.check(['ada'])).not.toThrow();
  });
});

describe('set-up token', () => {
  it('is the same on every replica, and of this server alone', () => {
    const token = setupToken(secrets);
    expect(isSetupToken(createSecrets(Buffer.alloc(32, 1)), token)).toBe(true);
    expect(isSetupToken(others, token)).toBe(false);
    expect(isSetupToken(secrets, '')).toBe(false);
  });
});
