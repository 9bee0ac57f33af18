import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createMiddleware } from 'hono/factory';
import { AppError } from '#lib/db/app-error.ts';
import type { App } from '#lib/operations/app.ts';
import { enterProject } from '#lib/operations/enter-project.ts';
import { createRate } from '#lib/operations/rate.ts';
import { whoIs, whoIsEven } from '#lib/operations/who-is.ts';
import { hookRoutes } from './hooks.ts';
import { openApiDocument } from './openapi.ts';
import { isOwnOrigin } from './origin.ts';
import { answerError } from './problem.ts';
import { type ApiEnv, router, type Visit } from './router.ts';
import { accountRoutes } from './routes/account.ts';
import { answerRoutes } from './routes/answers.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { auditRoutes } from './routes/audit.ts';
import { callRoutes } from './routes/calls.ts';
import { clientRuleRoutes } from './routes/client-rules.ts';
import { clientRoutes } from './routes/clients.ts';
import { connectedAccountRoutes } from './routes/connected-accounts.ts';
import { connectionCheckRoutes } from './routes/connection-check.ts';
import { connectionRoutes } from './routes/connections.ts';
import { fileRoutes } from './routes/files.ts';
import { folderRoutes } from './routes/folder.ts';
import { grantRoutes } from './routes/grants.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { jobRoutes } from './routes/jobs.ts';
import { keyRoutes } from './routes/keys.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { knowledgeDocumentRoutes } from './routes/knowledge-documents.ts';
import { knowledgeModelRoutes } from './routes/knowledge-models.ts';
import { knowledgeQualityRoutes } from './routes/knowledge-quality.ts';
import { knowledgeSearchRoutes } from './routes/knowledge-search.ts';
import { knowledgeSourceRoutes } from './routes/knowledge-sources.ts';
import { limitRoutes } from './routes/limits.ts';
import { mcpToolRoutes } from './routes/mcp-tools.ts';
import { memberRoutes } from './routes/members.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { organizationRoutes } from './routes/organization.ts';
import { organizationsRoutes } from './routes/organizations.ts';
import { passwordResetRoutes } from './routes/password-reset.ts';
import { peopleRoutes } from './routes/people.ts';
import { presenceRoutes } from './routes/presence.ts';
import { projectRoutes } from './routes/projects.ts';
import { runDetailRoutes } from './routes/run-detail.ts';
import { runRoutes } from './routes/runs.ts';
import { serverCardRoutes } from './routes/server-card.ts';
import { sessionRoutes } from './routes/session.ts';
import { setupRoutes } from './routes/setup.ts';
import { singleSignOnRoutes } from './routes/single-sign-on.ts';
import { systemRoutes } from './routes/system.ts';
import { templateRoutes } from './routes/templates.ts';
import { testRoutes } from './routes/tests.ts';
import { toolsetRoutes } from './routes/toolsets.ts';
import { triggerRoutes } from './routes/triggers.ts';
import { tryRoutes } from './routes/try.ts';
import { twoFactorRoutes } from './routes/two-factor.ts';
import { usageRoutes } from './routes/usage.ts';
import { versionRoutes } from './routes/versions.ts';
import { workflowRoutes } from './routes/workflows.ts';

const PREFIX = '/api/v1';
const MiB = 1024 * 1024;

/** Open to everybody; all else needs a session. */
const OPEN = new Set([
  'GET /setup',
  'POST /setup',
  'POST /session',
  'POST /session/second-step',
  'GET /session/ways',
  'POST /session/sso',
  'GET /session/sso/callback',
  'POST /password-reset/request',
  'POST /password-reset',
  'POST /invitation',
  'POST /invitation/accept',
  'POST /invitation/join',
  'GET /health',
  'GET /openapi.json',
]);

/** For who has to set up a second factor before anything else, too. */
const BEFORE_ALL_ELSE = /^\/(session(\/organization)?|organization\/leave|account\/two-factor(\/enable)?)$/;

/** Whoever has the link may see and answer. */
const OPEN_LINK = /^\/answers\/[^/]+$/;

/** In this order so that `/projects/import` is met before `/projects/{project}`. */
const routes = router()
  .route('/', setupRoutes)
  .route('/', sessionRoutes)
  .route('/', folderRoutes)
  .route('/', projectRoutes)
  .route('/', templateRoutes)
  .route('/', workflowRoutes)
  .route('/', versionRoutes)
  .route('/', presenceRoutes)
  .route('/', runRoutes)
  .route('/', fileRoutes)
  .route('/', runDetailRoutes)
  .route('/', approvalRoutes)
  .route('/', answerRoutes)
  .route('/', testRoutes)
  .route('/', jobRoutes)
  .route('/', triggerRoutes)
  .route('/', toolsetRoutes)
  .route('/', clientRuleRoutes)
  .route('/', keyRoutes)
  .route('/', grantRoutes)
  .route('/', callRoutes)
  .route('/', clientRoutes)
  .route('/', connectionCheckRoutes)
  .route('/', tryRoutes)
  .route('/', serverCardRoutes)
  .route('/', connectionRoutes)
  .route('/', connectedAccountRoutes)
  .route('/', knowledgeRoutes)
  .route('/', knowledgeSourceRoutes)
  .route('/', knowledgeDocumentRoutes)
  .route('/', knowledgeSearchRoutes)
  .route('/', knowledgeQualityRoutes)
  .route('/', knowledgeModelRoutes)
  .route('/', mcpToolRoutes)
  .route('/', openApiRoutes)
  .route('/', usageRoutes)
  .route('/', limitRoutes)
  .route('/', organizationRoutes)
  .route('/', organizationsRoutes)
  .route('/', memberRoutes)
  .route('/', invitationRoutes)
  .route('/', peopleRoutes)
  .route('/', auditRoutes)
  .route('/', accountRoutes)
  .route('/', twoFactorRoutes)
  .route('/', passwordResetRoutes)
  .route('/', singleSignOnRoutes)
  .route('/', systemRoutes);

/**
 * For `hc<Api>('/api/v1')`. It holds the answers of success only: whoever calls looks at `response.ok` first, and
 * otherwise reads an `application/problem+json`.
 */
export type Api = typeof routes;

/**
 * The HTTP API under /api/v1, and the door of webhooks under /hooks, as a listener of node:http. `visit`: the gateway,
 * for people who try what a project offers.
 */
export function createApi(
  app: App,
  visit: Visit,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const api = router();
  api.onError(answerError);
  api.notFound((c) => answerError(new AppError('not_found', 'There is no such address.'), c));
  api.use(provide(app, visit), headers);
  // Before what asks for a session: a sender of webhooks has none.
  api.route('/', hookRoutes());
  api.use(sameOrigin, session, jsonOnly);
  const document = openApiDocument(routes);
  api.get(`${PREFIX}/openapi.json`, (c) => c.json(document));
  api.route(PREFIX, routes);
  return getRequestListener((request, env) => api.fetch(request, env), { overrideGlobalObjects: false });
}

function provide(app: App, visit: Visit) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    c.set('app', app);
    c.set('visit', visit);
    c.set('requestId', crypto.randomUUID());
    await next();
  });
}

const headers = createMiddleware<ApiEnv>(async (c, next) => {
  await next();
  c.header('X-Request-Id', c.get('requestId'));
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Referrer-Policy', 'no-referrer');
  // A file of somebody's is kept in by more than that.
  if (!c.res.headers.has('Content-Security-Policy')) {
    c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  }
  c.header('Cross-Origin-Resource-Policy', 'same-origin');
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
});

const sameOrigin = createMiddleware<ApiEnv>(async (c, next) => {
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (!reads && !isOwnOrigin(c.req.raw.headers, c.get('app').env.publicUrl)) {
    throw new AppError(
      'forbidden',
      `This call must come from ${c.get('app').env.publicUrl}: its Origin header says otherwise. Where that is the right address, set PUBLIC_URL to the one in the browser.`,
    );
  }
  await next();
});

const session = createMiddleware<ApiEnv>(async (c, next) => {
  const path = c.req.path.slice(PREFIX.length);
  if (OPEN.has(`${c.req.method} ${path}`) || OPEN_LINK.test(path)) return next();
  const find = BEFORE_ALL_ELSE.test(path) ? whoIsEven : whoIs;
  const who = await find(c.get('app'), c.req.raw.headers);
  if (!who)
    throw new AppError('unauthenticated', 'You are not signed in, or the session has ended. Sign in again.');
  const project = projectOf(c.req.method, path);
  const here = project === null ? who : await enterProject(c.get('app'), who, project);
  takeRequest(who.user.id, c.req);
  c.set('principal', here.principal);
  c.set('who', here);
  await next();
  for (const cookie of who.cookies) c.header('Set-Cookie', cookie, { append: true });
});

/** The project that an address is about, and in which the role counts that somebody has there; null for all others. */
function projectOf(method: string, path: string): string | null {
  const slug = /^\/projects\/([^/]+)/.exec(path)?.[1] ?? null;
  return method === 'POST' && path === '/projects/import' ? null : slug;
}

/** Requests of one person in a minute, from all windows: ten times what a busy one sends. And those that cost more. */
const PER_MINUTE = 6000;
const DEAR_PER_MINUTE = 300;
const MINUTE = 60_000;
const requests = createRate(PER_MINUTE, MINUTE);
const dearRequests = createRate(DEAR_PER_MINUTE, MINUTE);

/** Uploads, imports and exports. */
const DEAR = /\/(?:documents|import|read|export|files)$/;

/** Throws `too_many` with the time to wait. */
function takeRequest(user: string, { method, path }: { method: string; path: string }): void {
  requests.take(user);
  if (method !== 'GET' && DEAR.test(path)) dearRequests.take(user);
}

/** A document of 1,000 nodes is well under this; imports carry documents of a knowledge base too. */
const MOST_BODY_BYTES = 4 * MiB;

/** A description of an API has 10 MiB; each quotation mark in it takes two bytes here. */
const MOST_DESCRIPTION_BYTES = 24 * MiB;

/** Uploads are streamed and counted by their own route. Any other body is JSON: no form of another site can send it. */
const jsonOnly = createMiddleware<ApiEnv>(async (c, next) => {
  const upload = c.req.method === 'POST' && /\/knowledge\/[^/]+\/documents$/.test(c.req.path);
  if (upload) return next();
  if (c.req.header('transfer-encoding') !== undefined) {
    throw new AppError('bad_request', 'Say how long the body is: send Content-Length.');
  }
  const length = Number(c.req.header('content-length') ?? 0);
  const most = c.req.path.endsWith('/openapi/read') ? MOST_DESCRIPTION_BYTES : MOST_BODY_BYTES;
  if (length > most) throw new AppError('too_large', `The body is larger than ${most / MiB} MiB.`);
  if (length > 0 && !/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
    throw new AppError('unsupported_media', 'Send the body as application/json.');
  }
  return next();
});
