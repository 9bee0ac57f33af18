import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setupToken } from '#lib/auth/setup-token.ts';
import type { Principal, Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '#lib/operations/app.ts';
import { parseEnv } from '#lib/operations/env.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { startServer } from '../../workers/server.ts';
import { createDraft } from './documents.ts';

export const PASSWORD = 'correct horse battery';

/** What came back, read whole. */
export interface Answer {
  status: number;
  headers: Headers;
  /** The JSON, or the text where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

/** A browser: keeps its cookie and says where it comes from. */
export class Browser {
  cookie = '';
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const form = body instanceof FormData;
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        origin: this.url,
        ...(this.cookie ? { cookie: this.cookie } : {}),
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: form || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie);
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** The last one of each name. */
  private keep(cookie: string): void {
    const pair = cookie.split(';')[0]!;
    const name = pair.split('=')[0]!;
    const others = this.cookie.split('; ').filter((each) => each !== '' && !each.startsWith(`${name}=`));
    this.cookie = [...others, ...(/; Max-Age=0\b/i.test(cookie) ? [] : [pair])].join('; ');
  }

  get = (path: string) => this.send('GET', path);
  post = (path: string, body?: unknown) => this.send('POST', path, body ?? {});
  put = (path: string, body: unknown) => this.send('PUT', path, body);
  patch = (path: string, body: unknown) => this.send('PATCH', path, body);
  delete = (path: string) => this.send('DELETE', path);

  /** The events of a run, until the server ends the stream. */
  async events(path: string): Promise<JsonObject[]> {
    const response = await fetch(`${this.url}/api/v1${path}`, { headers: { cookie: this.cookie } });
    const text = await response.text();
    return text
      .split('\n\n')
      .filter((message) => message.startsWith('data: '))
      .map((message) => JSON.parse(message.slice('data: '.length)) as JsonObject);
  }
}

export interface TestServer {
  app: App;
  url: string;
  folder: string;
  /** Signed in as the first owner. */
  owner: Browser;
  browser(): Browser;
  /** Another person, signed in: of the owner's organization, or of one of their own. */
  person(name: string, options: { role: Role } | { organization: string }): Promise<Browser>;
  close(): Promise<void>;
}

/** The real server on a free port, with a database of its own, set up. */
export async function startTestServer(
  env: Record<string, string> = {},
  options = { setUp: true },
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-api-'));
  const server = await startServer({
    env: parseEnv({
      PORT: '0',
      DATA_DIR: folder,
      ROLE: 'runtime',
      LOG_LEVEL: 'silent',
      EGRESS_ALLOW: '127.0.0.1',
      ...env,
    }),
  });
  const app = server.app!;
  const url = `http://127.0.0.1:${server.port}`;
  const owner = new Browser(url);
  const from = { origin: app.env.publicUrl };
  const first = { name: 'Ada', email: 'ada@example.com', password: PASSWORD, organization: 'Acme' };
  if (options.setUp) await owner.send('POST', '/setup', { ...first, token: setupToken(app.secrets) }, from);
  const system: Principal = { type: 'system' };
  const { members } = repository(app.db, system);

  return {
    app,
    url,
    folder,
    owner,
    browser: () => new Browser(url),
    async person(name, options) {
      const email = `${name.toLowerCase()}@example.com`;
      const userId = await (await app.signIn()).createUser({ name, email, password: PASSWORD });
      if ('role' in options)
        await members.add((await members.defaultOrganization()).id, userId, options.role);
      else
        await members.createOrganization({
          name: options.organization,
          slug: name.toLowerCase(),
          ownerId: userId,
        });
      const browser = new Browser(url);
      await browser.post('/session', { email, password: PASSWORD });
      return browser;
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Looks again and again until `look` answers something; fails after a minute, unless said. */
export async function eventually<T>(
  look: () => Promise<T | null | undefined | false>,
  ms = 60_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`It did not happen within ${ms / 1000} seconds.`);
    await sleep(20);
  }
}

/** A project with one workflow, published unless said. */
export async function projectWith(
  browser: Browser,
  slug: string,
  options: { document?: JsonObject; publish?: boolean } = {},
): Promise<{ slug: string; workflow: string; revision: number }> {
  await browser.post('/projects', { name: slug, slug });
  const document = options.document ?? createDraft();
  const { body } = await browser.post(`/projects/${slug}/workflows`, { name: document['name'], document });
  if (options.publish !== false) {
    await browser.post(`/projects/${slug}/workflows/${body.id}/publish`, { revision: body.revision });
  }
  return { slug, workflow: body.id, revision: body.revision };
}

/** One JSON-RPC call to the MCP address of a project, as a 2025-11-25 client without a session would make it. */
export async function mcp(
  url: string,
  slug: string,
  method: string,
  params: JsonObject = {},
  key?: string,
): Promise<Answer> {
  const response = await fetch(`${url}/mcp/${slug}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1];
  const body: unknown = text === '' ? null : JSON.parse(data ?? text);
  return { status: response.status, headers: response.headers, body };
}
