import { createHash, randomBytes } from 'node:crypto';
import type { Browser, TestServer } from '#test/api/server.ts';
import { createDraft } from '../api/documents.ts';
import { startTestServer } from '../api/server.ts';

/** A server with a project that people sign in to: `look` reads, `change` writes. */
export interface World {
  server: TestServer;
  /** The name of the authorization server. */
  issuer: string;
  /** Origin that the server says it is at. */
  origin: string;
  /** The MCP address of the project `shop`. */
  resource: string;
  close(): Promise<void>;
}

export async function openWorld(env: Record<string, string> = {}): Promise<World> {
  const server = await startTestServer(env);
  const origin = server.app.env.publicUrl;
  await openProject(server.owner, 'shop');
  return {
    server,
    issuer: `${origin}/oauth`,
    origin,
    resource: `${origin}/mcp/shop`,
    close: () => server.close(),
  };
}

/** A project that people sign in to, with two tools. */
export async function openProject(browser: Browser, slug: string): Promise<void> {
  await browser.post('/projects', { name: slug, slug });
  await addTool(browser, slug, 'look', true);
  await addTool(browser, slug, 'change', false);
  await browser.patch(`/projects/${slug}`, { access: 'oauth' });
}

export async function addTool(browser: Browser, slug: string, name: string, reads: boolean): Promise<void> {
  const draft = createDraft(name);
  const document = { ...draft, settings: { annotations: { readOnlyHint: reads } } };
  const { body } = await browser.post(`/projects/${slug}/workflows`, { name, document });
  const published = await browser.post(`/projects/${slug}/workflows/${body.id}/publish`, {
    revision: body.revision,
  });
  if (published.status >= 300) throw new Error(JSON.stringify(published.body));
}

export interface Pkce {
  verifier: string;
  challenge: string;
}

export function pkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** Registers a client that has no secret; answers its id. */
export async function register(
  world: World,
  redirectUris: string[] = ['http://127.0.0.1/callback'],
): Promise<string> {
  const { status, body } = await postJson(`${world.issuer}/register`, {
    client_name: 'Test client',
    redirect_uris: redirectUris,
    token_endpoint_auth_method: 'none',
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.client_id;
}

export interface Asked {
  clientId: string;
  redirectUri?: string;
  pkce?: Pkce;
  /** Other parameters, or those above in another way; null leaves one out. */
  more?: Record<string, string | null>;
}

export function authorizeUrl(world: World, { clientId, redirectUri, pkce: given, more = {} }: Asked): string {
  const all: Record<string, string | null> = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri ?? 'http://127.0.0.1:4711/callback',
    code_challenge: given?.challenge ?? pkce().challenge,
    code_challenge_method: 'S256',
    state: 'st4te',
    resource: world.resource,
    ...more,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== null) query.append(name, value);
  return `${world.issuer}/authorize?${query}`;
}

/** Follows an address as the browser of a person does, one step. */
export async function visit(
  browser: Browser,
  url: string,
): Promise<{ status: number; location: string; text: string }> {
  const response = await fetch(url, {
    headers: { cookie: browser.cookie, accept: 'text/html' },
    redirect: 'manual',
  });
  for (const cookie of response.headers.getSetCookie()) {
    const pair = cookie.split(';')[0]!;
    const others = browser.cookie
      .split('; ')
      .filter((each) => each !== '' && each.split('=')[0] !== pair.split('=')[0]);
    browser.cookie = [...others, pair].join('; ');
  }
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    text: await response.text(),
  };
}

/** What the consent page was opened with. */
export function requestIn(location: string): string {
  const url = new URL(location, 'http://page.test');
  if (url.pathname !== '/consent') throw new Error(`This is not the page for consent: ${location}`);
  return url.searchParams.get('request')!;
}

export interface Consent {
  allow?: boolean;
  tools?: string[] | null;
  readOnly?: boolean;
}

/** Does on the page for consent what a person does there; answers where the browser is sent. */
export async function decide(browser: Browser, request: string, consent: Consent = {}): Promise<URL> {
  const shown = await browser.get(`/consent?${new URLSearchParams({ request })}`);
  if (shown.status !== 200) throw new Error(JSON.stringify(shown.body));
  const answered = await browser.post('/consent', {
    request,
    proof: shown.body.proof,
    allow: consent.allow ?? true,
    tools: consent.tools ?? null,
    readOnly: consent.readOnly ?? false,
  });
  if (answered.status !== 200) throw new Error(JSON.stringify(answered.body));
  return new URL(answered.body.redirectTo);
}

/** From the address of the authorization server to the one the client is answered at. */
export async function signInto(browser: Browser, url: string, consent: Consent = {}): Promise<URL> {
  const { location, text } = await visit(browser, url);
  if (!location.startsWith('/consent')) {
    if (location) return new URL(location);
    throw new Error(text);
  }
  return decide(browser, requestIn(location), consent);
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

export async function postForm(
  url: string,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return answerOf(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    }),
  );
}

export async function postJson(url: string, value: unknown): Promise<Answer> {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return answerOf(
    await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
  );
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** A code, and all that its client knows with it. */
export interface Coded {
  clientId: string;
  code: string;
  pkce: Pkce;
  redirectUri: string;
}

/** A client that was just let in. */
export async function letIn(
  world: World,
  options: {
    browser?: Browser;
    consent?: Consent;
    clientId?: string;
    more?: Record<string, string | null>;
  } = {},
): Promise<Coded> {
  const clientId = options.clientId ?? (await register(world));
  const keys = pkce();
  const redirectUri = 'http://127.0.0.1:4711/callback';
  const url = authorizeUrl(world, { clientId, redirectUri, pkce: keys, more: options.more ?? {} });
  const back = await signInto(options.browser ?? world.server.owner, url, options.consent);
  const code = back.searchParams.get('code');
  if (code === null) throw new Error(back.href);
  return { clientId, code, pkce: keys, redirectUri };
}

export function exchangeCode(
  world: World,
  { clientId, code, pkce: { verifier }, redirectUri }: Coded,
  more: Record<string, string> = {},
): Promise<Answer> {
  return postForm(`${world.issuer}/token`, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
    resource: world.resource,
    ...more,
  });
}

export function refresh(
  world: World,
  clientId: string,
  refreshToken: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  return postForm(`${world.issuer}/token`, {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: refreshToken,
    ...more,
  });
}

/** Who an access token is good for, at the project: names of the tools it sees, or the HTTP status. */
export async function toolsOf(world: World, token: string, slug = 'shop'): Promise<string[] | number> {
  const response = await fetch(`${world.origin}/mcp/${slug}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  const text = await response.text();
  if (response.status !== 200) return response.status;
  const json = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as {
    result: { tools: { name: string }[] };
  };
  return json.result.tools.map(({ name }) => name);
}
