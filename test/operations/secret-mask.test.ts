import { describe, expect, it } from 'vitest';
import { StepError } from '#lib/engine/errors.ts';
import { createSecretMasks, MASKED, type SecretMask } from '#lib/operations/secret-mask.ts';

const SECRETS = [
  'sk-live_51H/8x+Zq9w==',
  'p@ss wörd "quoted" <&> \\ 100%',
  'plainlettersanddigits0123456789',
  '漢字🦒-token',
  'sixsix',
];

/** How a secret may turn up: by name, what a text makes of it. */
const FORMS: Record<string, (secret: string) => string> = {
  plain: (secret) => secret,
  'in a header': (secret) => `Authorization: Bearer ${secret}`,
  'as JSON': (secret) => JSON.stringify({ token: secret }),
  'as JSON within JSON': (secret) => JSON.stringify(JSON.stringify([secret])),
  'as JSON in ASCII': (secret) =>
    JSON.stringify(secret).replace(
      /[<>&/\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  'with slashes escaped': (secret) => JSON.stringify(secret).replaceAll('/', '\\/'),
  'in an address': (secret) => `https://x.test/?key=${encodeURIComponent(secret)}`,
  'in an address, in lower case': (secret) =>
    encodeURIComponent(secret).replace(/%../g, (pair) => pair.toLowerCase()),
  'in an address within an address': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'in a form': (secret) => new URLSearchParams({ key: secret }).toString(),
  'in HTML': (secret) =>
    secret.replace(
      /[<>&"']/g,
      (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[c] ?? '&#39;',
    ),
  ...Object.fromEntries(
    ['', 'x', 'xy', 'xyz'].flatMap((before) => [
      [
        `in base64 after "${before}"`,
        (secret: string) => Buffer.from(`${before}${secret}:z`).toString('base64'),
      ],
      [
        `in base64url after "${before}"`,
        (secret: string) => Buffer.from(`${before}${secret}:z`).toString('base64url'),
      ],
    ]),
  ),
  'in base64 in an address': (secret) => encodeURIComponent(Buffer.from(`u:${secret}`).toString('base64')),
  'in hexadecimal': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
};

/** Whether a text, however it is read, holds the secret. */
function holds(text: string, secret: string): boolean {
  const readings = [text, text.replaceAll('\\', '')];
  for (let round = 0; round < 2; round++) {
    try {
      readings.push(decodeURIComponent(readings.at(-1)!.replaceAll('+', ' ')));
    } catch {
      // It is no address.
    }
  }
  for (const run of text.match(/[\w+/-]{6,}/g) ?? [])
    for (const skip of [0, 1, 2, 3]) readings.push(Buffer.from(run.slice(skip), 'base64').toString('utf8'));
  return readings.some((reading) => reading.includes(secret));
}

const maskOf = (...secrets: string[]): SecretMask => {
  const mask = createSecretMasks([]).create();
  for (const secret of secrets) mask.add(secret);
  return mask;
};

describe.each(SECRETS)('the secret %j', (secret) => {
  it.each(Object.entries(FORMS))('is not seen %s', (_name, form) => {
    const said = `before ${form(secret)} after`;
    const mask = maskOf(secret);
    const text = mask.text(said);
    expect(text).toContain(MASKED);
    expect(text).toMatch(/^before .*after$/s);
    expect(holds(text, secret)).toBe(false);
    expect(Buffer.from(mask.bytes(Buffer.from(said))).toString()).toBe(text);
    expect(mask.value({ a: [{ [said]: said }] })).toEqual({ a: [{ [text]: text }] });
  });
});

describe('a mask', () => {
  it('finds what it is to find, and would be noticed if it did not (positive control)', () => {
    for (const name of ['plain', 'in an address', 'in base64 after "x"'])
      expect({ name, held: holds(FORMS[name]!(SECRETS[0]!), SECRETS[0]!) }).toEqual({ name, held: true });
  });

  it('takes the parts of a credential', () => {
    const mask = maskOf();
    const basic = Buffer.from('ada:hunter2!').toString('base64');
    mask.addCredential({
      headers: { authorization: 'Bearer tok-12345', 'x-login': `Basic ${basic}` },
      query: { key: 'from-query' },
    });
    expect(mask.text(`tok-12345, hunter2!, ${basic}, from-query, Basic, Bearer`)).toBe(
      `${MASKED}, ${MASKED}, ${MASKED}, ${MASKED}, Basic, Bearer`,
    );
  });

  it('takes a long key line by line, and in pieces', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(4, '0').repeat(16));
    const mask = maskOf(lines.join('\n'), 'ab/'.repeat(500));
    expect(mask.text(lines.join('\\n'))).toBe(Array(20).fill(MASKED).join('\\n'));
    expect(holds(mask.text(`${'ab/'.repeat(500)}`), 'ab/ab/ab/')).toBe(false);
  });

  it('leaves alone what holds no secret, and copies nothing', () => {
    const mask = maskOf('hunter2-hunter2', 'short');
    const bytes = Buffer.from('nothing, or short');
    const value = { a: [1, null, { b: 'short' }] };
    expect(mask.bytes(bytes)).toBe(bytes);
    expect(mask.value(value)).toBe(value);
    expect(maskOf().isEmpty).toBe(true);
    expect(maskOf('short').isEmpty).toBe(true);
  });

  it('keeps a failure what it is', () => {
    const mask = maskOf('hunter2-hunter2');
    const given = new StepError('HTTP_STATUS', 'It said hunter2-hunter2.', {
      transient: true,
      retryAfterMs: 7,
      details: { status: 500, said: ['hunter2-hunter2'] },
    });
    expect(mask.error(given)).toMatchObject({
      code: 'HTTP_STATUS',
      message: `It said ${MASKED}.`,
      transient: true,
      retryAfterMs: 7,
      details: { status: 500, said: [MASKED] },
    });
    const harmless = new StepError('TIMEOUT', 'Too late.');
    expect(mask.error(harmless)).toBe(harmless);
  });
});

describe('what the process writes', () => {
  it('holds no secret of its runs or of its own, and nothing that looks like one', () => {
    const masks = createSecretMasks(['master-key-in-base64=']);
    masks.create().add('never asked for');
    const mask = masks.create();
    mask.add('hunter2-hunter2');
    mask.text('anything');
    const said = [
      'hunter2-hunter2',
      'master-key-in-base64=',
      `pbk_${'a'.repeat(12)}_${'b'.repeat(43)}_abcdef`,
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
      'postgres://u:p4ss@db.test/x',
      'Bearer abcdefghijklmnop',
      'plain words',
    ];
    expect(said.map(masks.line)).toEqual([
      MASKED,
      MASKED,
      MASKED,
      MASKED,
      `postgres://u:${MASKED}@db.test/x`,
      `Bearer ${MASKED}`,
      'plain words',
    ]);
  });
});
