import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { CRON_PRESETS, cronInWords } from '#app/triggers/cron-words.ts';
import { webhookExample } from '#app/triggers/webhook-example.ts';
import { verifyDelivery } from '#lib/operations/webhook-signature.ts';

test('times are told in words where words are shorter than cron', () => {
  for (const { cron, words } of CRON_PRESETS) expect(cronInWords(cron)).toBe(words);
  expect(cronInWords('5 * * * *')).toBe('Every hour at minute 5');
  expect(cronInWords('30 7 * * 0')).toBe('Every Sunday at 07:30');
  expect(cronInWords('0 0 22 * *')).toBe('On the 22nd of every month at 00:00');
  expect(cronInWords('0 0 11 * *')).toBe('On the 11th of every month at 00:00');
  for (const cron of ['0 9 1 1 *', '0 9 1 * MON', '*/5 9 * * *', '1,2 * * * *', 'every day', '']) {
    expect(cronInWords(cron)).toBeNull();
  }
});

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasOpenssl)('the example of a webhook, run by a shell', () => {
  const body = { text: 'it’s "quoted" and $HOME isn\'t' };
  /** What curl would be called with. */
  function sent(script: string): string[] {
    const shown = `curl() { for part in "$@"; do printf '%s\\0' "$part"; done; }\n${script}`;
    return execFileSync('sh', ['-c', shown], { encoding: 'utf8' }).split('\0').slice(0, -1);
  }

  it.each(['standard', 'github'] as const)('is signed so that the door takes it: %s', (signature) => {
    const random = randomBytes(32).toString('base64');
    const secret = signature === 'standard' ? `whsec_${random}` : random;
    const url = 'http://localhost:3000/hooks/1';
    const [address, ...rest] = sent(webhookExample({ url, signature, secret, body }));
    const headers = new Headers(
      rest
        .filter((_, index) => rest[index - 1] === '-H')
        .map((line): [string, string] => {
          const [name = '', value = ''] = line.split(/: (.*)/);
          return [name, value];
        }),
    );
    const given = rest[rest.indexOf('-d') + 1] ?? '';

    expect(address).toBe(url);
    expect(JSON.parse(given)).toEqual(body);
    expect(verifyDelivery(signature, secret, { headers, body: Buffer.from(given) })).not.toBeNull();
    expect(verifyDelivery(signature, secret, { headers, body: Buffer.from(`${given} `) })).toBeNull();
  });
});
