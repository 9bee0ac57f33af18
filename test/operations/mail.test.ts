import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseEnv } from '#lib/operations/env.ts';
import { createMailer } from '#lib/operations/mail.ts';
import { startMailServer } from '#test/support/mail-server.ts';

let server: Awaited<ReturnType<typeof startMailServer>>;
const log = pino({ level: 'silent' });
const mailerAt = (url: string) =>
  createMailer(parseEnv({ SMTP_URL: url, MAIL_FROM: 'Patchbay <patchbay@example.com>' }), log)!;

beforeAll(async () => {
  server = await startMailServer();
});
afterAll(() => server.close());

it('sends nothing where no mail server is set', () => {
  expect(createMailer(parseEnv({}), log)).toBeNull();
});

it('sends plain text and simple HTML in which a name is only a name', async () => {
  const sent = await mailerAt(server.url).send({
    to: 'grace@example.com',
    subject: 'Join Acme\r\nBcc: all@example.com',
    before: ['<img src=x onerror=alert(1)> invites you.'],
    link: { label: 'Accept', url: 'https://patchbay.example.com/invitation/abc' },
  });

  expect(sent).toBe(true);
  const [{ from, to, raw }] = server.received as [(typeof server.received)[0]];
  expect({ from, to }).toEqual({ from: 'patchbay@example.com', to: ['grace@example.com'] });
  expect(raw.replace(/\r\n /g, ' ')).toContain('Subject: Join Acme Bcc: all@example.com');
  expect(raw).not.toMatch(/^Bcc:/im);
  const html = raw.slice(raw.indexOf('Content-Type: text/html'));
  expect(html).not.toContain('<img');
  expect(html).toContain('&#60;img src=');
  expect(raw.match(/https:\/\/patchbay\.example\.com\/invitation\/abc/g)?.length).toBeGreaterThanOrEqual(2);
});

it('takes one address only', async () => {
  const before = server.received.length;
  await mailerAt(server.url).send({ to: 'a@example.com, b@example.com', subject: 'x', before: ['x'] });
  const reached = server.received.slice(before).flatMap(({ to }) => to);
  expect(reached).not.toContain('b@example.com');
});

it('says when the mail server did not take it', async () => {
  const gone = await startMailServer();
  await gone.close();
  expect(await mailerAt(gone.url).send({ to: 'a@example.com', subject: 'x', before: ['x'] })).toBe(false);
});
