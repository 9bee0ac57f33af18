import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { withStep } from './documents.ts';
import { runCommand, type ServerProcess, spawnServer } from './processes.ts';
import { type Answer, Browser, eventually, mcp, PASSWORD } from './server.ts';

/**
 * Secrets of every sort that a server holds, a day of its life, and everything that came out of it meanwhile: no secret
 * is in there, in any form. Whoever was given one reads it once; that answer is left out, and nothing else.
 */
const canaries = new Map<string, string>();
const out: { where: string; text: string }[] = [];

const MASTER = randomBytes(32).toString('base64');
const TOKEN = 'canary-connection/4f+9Zq7w';
const MAIL = 'canary-mail-5kWq82xZ';
const UPSTREAM = 'canary-upstream-7Yq3Lm0P';
/** No secret: said by a tool, so it has to be found. */
const SAID = 'canary-said-by-a-tool "7"';

let server: ServerProcess;
let upstream: Server;
let folder: string;
let env: Record<string, string>;
let owner: Browser;

/** Everything that a leak may look like. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((pad) =>
    Buffer.concat([Buffer.alloc(pad), bytes])
      .toString('base64')
      .slice(pad === 0 ? 0 : pad + 1, Math.floor(((pad + bytes.length) * 8) / 6)),
  );
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

const foundIn = (secret: string): string[] =>
  out.filter(({ text }) => formsOf(secret).some((form) => text.includes(form))).map(({ where }) => where);

/** Keeps what came out. */
function note(where: string, { status, headers, body }: Answer): Answer {
  const head = [...headers].filter(([name]) => name !== 'set-cookie');
  out.push({ where, text: `${status} ${JSON.stringify(head)} ${JSON.stringify(body)}\n${String(body)}` });
  return { status, headers, body };
}

const ask = async (path: string) => note(`GET ${path}`, await owner.get(path));
const tell = async (path: string, body: unknown) => note(`POST ${path}`, await owner.post(path, body));

async function tool(name: string, path: string, connection: string, key: string): Promise<string> {
  const { port } = upstream.address() as AddressInfo;
  const document = { ...withStep('http', { url: `http://127.0.0.1:${port}${path}`, connection }), name };
  const { body } = await tell('/projects/shop/workflows', { name, document });
  const published = await tell(`/projects/shop/workflows/${body.id}/publish`, { revision: body.revision });
  expect(published.status, JSON.stringify(published.body)).toBe(200);
  const called = await mcp(server.url, 'shop', 'tools/call', { name, arguments: { text: SAID } }, key);
  return JSON.stringify(note(`call of ${name}`, called).body);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-canaries-'));
  upstream = createServer((request, response) => {
    const sent = request.headers.authorization ?? '';
    const status = request.url === '/fails' ? 500 : 200;
    response.writeHead(status, {
      'content-type': 'application/json',
      // Headers of an answer are the step's value, and its author's to pass on; those of a failure are nobody's.
      ...(status === 500 && { 'set-cookie': `session=${UPSTREAM}; HttpOnly` }),
      'x-said': encodeURIComponent(sent),
    });
    response.end(JSON.stringify({ marker: 'it answered', sent, at: request.url }));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  env = {
    DATA_DIR: folder,
    ENCRYPTION_KEY: MASTER,
    SMTP_URL: `smtp://mailer:${MAIL}@127.0.0.1:1`,
    MAIL_FROM: 'patchbay@example.com',
    LOG_LEVEL: 'debug',
    EGRESS_ALLOW: '127.0.0.1',
  };
  server = await spawnServer(env);
  owner = new Browser(server.url);
  const signedIn = await owner.post('/session', { email: 'ada@example.com', password: PASSWORD });
  expect(signedIn.status, JSON.stringify(signedIn.body)).toBe(201);
  const cookie = owner.cookie.split('=').slice(1).join('=').split(';')[0]!;
  canaries.set('the master key', MASTER);
  canaries.set('the password of the mail server', MAIL);
  canaries.set('the secret of a connection', TOKEN);
  canaries.set('a header of a service that failed', UPSTREAM);
  canaries.set('a password', PASSWORD);
  canaries.set('the cookie of a session', decodeURIComponent(cookie).split('.')[0]!);
});
afterAll(async () => {
  await server?.end('SIGTERM');
  upstream?.closeAllConnections();
  upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('secrets', () => {
  it('are used, in calls that work and fail', async () => {
    await tell('/projects', { name: 'Shop', slug: 'shop' });
    const key = await owner.post('/projects/shop/keys', { name: 'k' });
    canaries.set('an API key', key.body.secret);
    const { port } = upstream.address() as AddressInfo;
    const connection = await tell('/projects/shop/connections', {
      name: 'Shop',
      type: 'bearer',
      hosts: [`127.0.0.1:${port}`],
      secret: { token: TOKEN },
    });
    expect(await tool('works', '/json', connection.body.id, key.body.secret)).toContain('it answered');
    expect(await tool('fails', '/fails', connection.body.id, key.body.secret)).toContain('500');
    await eventually(async () => (await owner.get('/projects/shop/runs')).body.items?.length === 2);

    const begun = await owner.post('/account/two-factor', { password: PASSWORD });
    expect(begun.status).toBe(201);
    const { secret } = begun.body as { secret: string };
    canaries.set('the secret of a second factor', secret);
    const enabled = await owner.post('/account/two-factor/enable', {
      code: new TOTP({ secret }).generate(),
    });
    expect(enabled.status, JSON.stringify(enabled.body)).toBeLessThan(300);
    canaries.set('a recovery code', enabled.body.codes[0]);

    // The letter cannot be sent: the link is shown, this once.
    const invited = await owner.post('/organization/invitations', {
      email: 'new@example.com',
      role: 'viewer',
    });
    canaries.set('the token of an invitation', /[^#=/]+$/.exec(invited.body.url)![0]);
    await tell('/session', { email: 'ada@example.com', password: 'not this one at all' });
    await tell('/projects/shop/keys', { name: PASSWORD.repeat(40) });
  });

  it('are in nothing that came out', async () => {
    const { body: document } = await ask('/openapi.json');
    const lists = Object.entries(document.paths as Record<string, JsonObject>)
      .filter(([path, methods]) => 'get' in methods && !/\{(?!project)/.test(path))
      .map(([path]) => path.replace('{project}', 'shop'));
    for (const path of lists) await ask(path);
    const { body: runs } = await ask('/projects/shop/runs');
    for (const { id } of runs.items as { id: string }[]) {
      await ask(`/projects/shop/runs/${id}`);
      await ask(`/projects/shop/runs/${id}/outside`);
    }
    for (const path of [
      '/',
      '/sign-in',
      '/mcp/shop',
      '/.well-known/oauth-authorization-server/oauth',
      '/oauth/token',
    ])
      out.push({ where: path, text: await (await fetch(`${server.url}${path}`)).text() });
    const { code, ...doctor } = await runCommand(['doctor'], env);
    out.push({ where: `doctor ${code}`, text: `${doctor.stdout}\n${doctor.stderr}` });
    out.push({ where: 'the log', text: server.output() });

    expect(out.length).toBeGreaterThan(40);
    expect([...canaries.keys()].length).toBeGreaterThanOrEqual(10);
    const leaks = [...canaries].flatMap(([what, secret]) => {
      expect(secret.length, what).toBeGreaterThan(5);
      return foundIn(secret).map((where) => `${what}: ${where}`);
    });
    expect(leaks).toEqual([]);
  });

  it('would be found if they were (positive control)', async () => {
    const { body: runs } = await owner.get('/projects/shop/runs');
    const ids = (runs.items as { id: string }[]).map(({ id }) => `GET /projects/shop/runs/${id}`);
    expect(foundIn(SAID)).toEqual(expect.arrayContaining(ids));
    for (const form of formsOf(TOKEN)) {
      out.push({ where: 'here', text: `a ${form} b` });
      expect(foundIn(TOKEN)).toEqual(['here']);
      out.pop();
    }
  });
});
