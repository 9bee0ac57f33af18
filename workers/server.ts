import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { enableCompileCache } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { Gateway } from '#lib/gateway/serve.ts';
import type { App } from '#lib/operations/app.ts';
import type { Env } from '#lib/operations/env.ts';
import type { Workers } from '#lib/operations/workers.ts';
import { pageHeaders } from './page-headers.ts';
import { closeSlowReaders } from './slow-readers.ts';

/**
 * The one process that answers HTTP: /mcp is the gateway, /api the API, /hooks the door of
 * webhooks, all else the web app, which is loaded with the
 * first page so that a server of tools alone stays small.
 */
const root = join(import.meta.dirname, '..');

/** While it closes, how often connections are looked for that need not stay, in ms. */
const IDLE_LOOK_MS = 50;
const DRAIN_MS = 25_000;
/** The other side may take nothing of its answer for this long. */
const SLOW_READER_MS = 30_000;

/** Addresses that may be upgraded to. */
const WEB_SOCKET = /^\/mcp\/[^/?]+(?:\/[^/?]+)?\/ws(\?|$)/;

/** The authorization server, and where its metadata are looked for. */
const OAUTH = /^\/oauth(\/|$)|^\/\.well-known\/(oauth-authorization-server|openid-configuration)\/oauth$/;

/** Asked by load balancers. */
const HEALTH = new Set(['/health', '/api/v1/health']);

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface RunningServer {
  /** The port it listens on. */
  port: number;
  /** Origin under which it is reached. */
  url: string;
  /** Null for ROLE=web. */
  app: App | null;
  /**
   * Says that it stops, for `lameDuckMs`, while a load balancer looks elsewhere; then stops listening, finishes what is
   * under way (at most 25 s), closes everything.
   */
  close(options?: { lameDuckMs?: number }): Promise<void>;
}

export interface ServerOptions {
  env: Env;
  /** Next.js in development mode. */
  dev?: boolean;
}

/** Listens, opens the database and answers. Throws when the port is taken or the database cannot be opened. */
export async function startServer({ env: given, dev = false }: ServerOptions): Promise<RunningServer> {
  let parts: Parts | null = null;
  const isSocket = (url: string | undefined) => parts?.gateway != null && WEB_SOCKET.test(url ?? '');
  const server = createHttpServer((url) => isSocket(url) || (dev && url?.startsWith('/_next/') === true));
  server.on('upgrade', (request, socket, head) => {
    if (isSocket(request.url)) void parts?.gateway?.upgrade(request, socket, head);
  });
  const closeUnused = unusedConnections(server);
  closeSlowReaders(server, SLOW_READER_MS);
  let handler: Handler = (_request, response) => sendText(response, 503, 'Starting. Try again in a moment.');
  let lame = false;
  server.on('request', (request, response) => {
    if (lame) {
      response.setHeader('Connection', 'close');
      // Before it takes nothing any more: whoever asks sends the next requests elsewhere.
      if (HEALTH.has(request.url ?? '')) return sendJson(response, 503, { status: 'stopping' });
    }
    void answer(handler, request, response);
  });
  const port = await listen(server, given);
  // PORT=0 asks for any free port: the address people use is known from here on.
  const publicUrl = given.publicUrl === 'http://localhost:0' ? `http://localhost:${port}` : given.publicUrl;
  const env = { ...given, port, publicUrl };

  const opened = await openParts(env).catch((error: unknown) => {
    server.close();
    throw error;
  });
  parts = opened;
  const web = env.role === 'runtime' ? null : lazyWeb({ env, dev, server });
  handler = route(env, opened, web);

  return {
    port,
    url: env.publicUrl,
    app: opened.app,
    async close({ lameDuckMs = 0 } = {}) {
      lame = true;
      await new Promise((resolve) => setTimeout(resolve, lameDuckMs));
      // Who only looks on goes elsewhere at once; what is done here is finished.
      opened.app?.presence.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      closeUnused();
      // An answer that began before this left its connection open for more; it is idle when the answer has ended.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await opened.gateway?.close(DRAIN_MS);
      await closed;
      clearTimeout(timer);
      clearInterval(idle);
      await web?.close();
      await opened.workers?.stop();
      await opened.app?.close();
    },
  };
}

/** Timeouts of the edge: without them a client that drips one byte a second holds a socket for minutes. */
function createHttpServer(mayUpgrade: (url: string | undefined) => boolean): Server {
  const server = createServer({
    // Every other one is answered as a request that does not ask for it. One that is let through and that nobody has a
    // use for stays open: no time-out ends it, nor does the end of the server.
    shouldUpgradeCallback: ({ url }) => mayUpgrade(url),
    headersTimeout: 10_000,
    // Long enough for 25 MB on a slow line; the gateway gives its small bodies less.
    requestTimeout: 120_000,
    // Longer than a proxy keeps its side, so that it never writes into a socket that just closed.
    keepAliveTimeout: 75_000,
    connectionsCheckingInterval: 2000,
    maxHeaderSize: 16 * 1024,
  });
  server.maxConnections = 20_000;
  return server;
}

/**
 * Answers what closes connections on which nothing has come yet. Clients open some ahead of need, and Node does not
 * count them as idle: one of them would make the end wait until nothing else is waited for.
 */
function unusedConnections(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  };
}

function listen(server: Server, { port, host }: Env): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

interface Parts {
  app: App | null;
  gateway: Gateway | null;
  api: Handler | null;
  /** The authorization server. */
  oauth: Handler | null;
  workers: Workers | null;
  isOwnHost(host: string | undefined): boolean;
}

/** What this role serves. Imported here and not above, so that the compile cache is on before. */
async function openParts(env: Env): Promise<Parts> {
  const { isOwnHost } = await import('#lib/api/origin.ts');
  const own = (host: string | undefined) => isOwnHost(host, env.publicUrl);
  if (env.role === 'web') {
    return { app: null, gateway: null, api: null, oauth: null, workers: null, isOwnHost: own };
  }
  const [{ createApp }, { createGateway }, { startWorkers }] = await Promise.all([
    import('#lib/operations/app.ts'),
    import('#lib/gateway/serve.ts'),
    import('#lib/operations/workers.ts'),
  ]);
  const app = await createApp(env);
  await makeAdmin(app);
  const gateway = createGateway(app);
  return {
    app,
    gateway,
    api: lazyApi(app, gateway),
    oauth: lazyOauth(app),
    workers: startWorkers(app),
    isOwnHost: own,
  };
}

/** Set-up without a browser: PATCHBAY_ADMIN_EMAIL and PATCHBAY_ADMIN_PASSWORD. Nothing happens when it was done. */
async function makeAdmin(app: App): Promise<void> {
  const { createFirstOwner, isSetUpNeeded } = await import('#lib/operations/set-up.ts');
  const { admin } = app.env;
  if (!admin || !(await isSetUpNeeded(app))) return;
  try {
    await createFirstOwner(app, {
      ...admin,
      name: admin.email.split('@')[0]!,
      organization: 'My organization',
    });
  } catch (error) {
    // Of replicas that start at the same time, one does it.
    if (await isSetUpNeeded(app)) throw error;
  }
}

function route(env: Env, parts: Parts, web: Web | null): Handler {
  const { app, gateway, api, oauth } = parts;
  return async (request, response) => {
    const url = request.url ?? '';
    // `GET http://elsewhere/ HTTP/1.1` asks for a proxy, which this is not.
    if (!url.startsWith('/')) return sendText(response, 400, 'This is not a proxy.');
    const path = url.split('?', 1)[0]!;
    if (path === '/health') {
      await app?.db.ping();
      return sendJson(response, 200, { status: 'ok' });
    }
    if (gateway && (path === '/mcp' || path.startsWith('/mcp/'))) return gateway.handle(request, response);
    if (!parts.isOwnHost(request.headers.host)) {
      return sendText(
        response,
        421,
        `This server does not answer to that name. Open ${env.publicUrl}, or set PUBLIC_URL to the address in use.`,
      );
    }
    if (oauth && OAUTH.test(path)) return oauth(request, response);
    if (gateway && path.startsWith('/.well-known/')) return gateway.wellKnown(request, response);
    if (api && (path.startsWith('/api/') || path.startsWith('/hooks/'))) return api(request, response);
    if (web) return web.handle(request, response);
    return sendText(response, 404, `Nothing is served here with ROLE=${env.role}.`);
  };
}

async function answer(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await handler(request, response);
  } catch (error) {
    process.stderr.write(`${JSON.stringify({ level: 50, msg: 'a request failed', err: String(error) })}\n`);
    if (response.headersSent) response.destroy();
    else sendText(response, 503, 'The server cannot answer this at the moment.');
  }
}

interface Web {
  handle: Handler;
  close(): Promise<void>;
}

/** The API, from its first call on: a server of tools starts sooner and smaller without it. */
function lazyApi(app: App, gateway: Gateway): Handler {
  let loading: Promise<Handler> | null = null;
  return async (request, response) => {
    loading ??= import('#lib/api/app.ts').then(({ createApi }) => createApi(app, gateway.visit));
    const handler = await loading;
    await handler(request, response);
  };
}

/** The authorization server, from the first client on that asks it. */
function lazyOauth(app: App): Handler {
  let loading: Promise<Handler> | null = null;
  return async (request, response) => {
    loading ??= import('#lib/gateway/oauth/serve.ts').then(({ createOauth }) => createOauth(app));
    const handler = await loading;
    await handler(request, response);
  };
}

/** Next.js, from the first page on. */
function lazyWeb({ env, dev, server }: { env: Env; dev: boolean; server: Server }): Web {
  let loading: Promise<{ handle: Handler; close(): Promise<void> }> | null = null;
  const https = env.publicUrl.startsWith('https://');

  async function load() {
    const { default: createNext } = await import('next');
    // Next.js would take every upgrade of the server it is given, those to WebSockets of the gateway too.
    const httpServer = createServer();
    const next = createNext({ dev, dir: root, hostname: env.host, port: env.port, httpServer });
    await next.prepare();
    if (dev) {
      const upgrade = next.getUpgradeHandler();
      server.on('upgrade', (request, socket, head) => {
        if (request.url?.startsWith('/_next/')) void upgrade(request, socket, head);
      });
    }
    return { handle: next.getRequestHandler(), close: () => next.close() };
  }

  const web: Web = {
    async handle(request, response) {
      loading ??= load().catch((error: unknown) => {
        loading = null;
        throw error;
      });
      const next = await loading;
      const nonce = randomBytes(16).toString('base64');
      const headers = pageHeaders({ nonce, dev, https });
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      // Next.js reads the nonce for its own scripts here; the layout passes it to the ones it writes.
      request.headers['content-security-policy'] = headers['Content-Security-Policy'];
      request.headers['x-nonce'] = nonce;
      await next.handle(request, response);
    },
    async close() {
      await (await loading?.catch(() => null))?.close();
    },
  };
  return web;
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 503 ? { 'Retry-After': '1' } : {}),
  });
  response.end(`${text}\n`);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}

async function main(): Promise<void> {
  enableCompileCache(join(root, '.cache', 'compile'));
  const { EnvError, parseEnv } = await import('#lib/operations/env.ts');
  const { EncryptionKeyError } = await import('#lib/auth/master-keys.ts');
  let server: RunningServer;
  let stopDelayMs = 0;
  try {
    const env = parseEnv(process.env);
    stopDelayMs = env.stopDelaySeconds * 1000;
    server = await startServer({ env, dev: process.argv.includes('--dev') });
  } catch (error) {
    const known = error instanceof EnvError || error instanceof EncryptionKeyError;
    process.stderr.write(`${startFailure(error, known)}\n`);
    process.exit(1);
  }
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    server.close({ lameDuckMs: signal === 'SIGTERM' ? stopDelayMs : 0 }).then(
      () => process.exit(0),
      (error) => {
        process.stderr.write(`The server did not end cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  await greet(server);
}

/** What to do about a start that did not work. */
function startFailure(error: unknown, known: boolean): string {
  const { code, message, port, address } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
  };
  if (known) return message;
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken. Stop what uses it, or choose another: PORT=3001 npm start`;
  if (code === 'EACCES' && port)
    return `This user may not listen on port ${port}. Choose one above 1024: PORT=3000`;
  if (code === 'EADDRNOTAVAIL')
    return `This machine has no address ${address}. Set HOST to one it has, or 0.0.0.0.`;
  return `The server could not start: ${error instanceof Error ? (error.stack ?? message) : String(error)}`;
}

async function greet({ app, url }: RunningServer): Promise<void> {
  process.stdout.write(`\nPatchbay is at ${url}\n`);
  if (!app) return;
  const { isSetUpNeeded, setUpLink } = await import('#lib/operations/set-up.ts');
  if (await isSetUpNeeded(app)) {
    process.stdout.write(`\nOpen this link once to make the first account:\n\n  ${setUpLink(app)}\n\n`);
  }
}

if (import.meta.main) await main();
