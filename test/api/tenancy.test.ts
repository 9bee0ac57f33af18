import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '#lib/db/repository.ts';
import { createDraft, withStep } from './documents.ts';
import {
  type Answer,
  type Browser,
  eventually,
  mcp,
  PASSWORD,
  projectWith,
  startTestServer,
  type TestServer,
} from './server.ts';

/**
 * Every route of the OpenAPI document × an id that belongs to somebody else: nobody learns that it exists. The same
 * calls with the owner's own ids are the control: a route that refused everybody would pass otherwise.
 */
interface Ids {
  project: string;
  workflow: string;
  version: string;
  release: string;
  run: string;
  key: string;
  /** Of an OAuth client that somebody let in. */
  grant: string;
  toolset: string;
  /** For an OAuth client. */
  rule: string;
  /** A program that called the MCP address. */
  client: string;
  connection: string;
  /** A file that a step made. */
  file: string;
  /** A description of an API that was read. */
  api: string;
  base: string;
  document: string;
  /** A connection that holds a key of the project: for its own MCP address. */
  gateway: string;
  trigger: string;
  test: string;
  approval: string;
  /** Somebody of the organization. */
  user: string;
}

interface Operation {
  method: string;
  path: string;
}

let server: TestServer;
let eve: Browser;
let viewer: Browser;
/** Things of Acme; Eve belongs to another organization. */
let acme: Ids;
let globex: Ids;
let operations: Operation[];
/** Id of the owner's organization. */
let home: string;

/** A body that each route accepts. */
const bodies: Record<string, (ids: Ids) => unknown> = {
  'PATCH /projects/{project}': () => ({ name: 'Renamed' }),
  'PATCH /projects/{project}/people': () => ({ private: false }),
  'PUT /projects/{project}/people/{user}': () => ({ role: 'viewer' }),
  'POST /projects/{project}/transfer': () => ({ organization: home, name: 'x' }),
  'POST /projects/{project}/workflows/{workflow}/share': () => ({ title: 'x', summary: 'x' }),
  'POST /projects/{project}/workflows/import': () => ({ content: workflowFile(`file_${counter++}`) }),
  'POST /projects/{project}/templates': () => ({ template: 'csv-summary' }),
  'POST /projects/{project}/workflows': () => ({ name: `made_${counter++}` }),
  'PUT /projects/{project}/workflows/{workflow}/draft': () => ({ revision: 999, document: createDraft() }),
  'POST /projects/{project}/workflows/{workflow}/publish': () => ({ revision: 1 }),
  'POST /projects/{project}/workflows/{workflow}/presence': () => ({
    window: 'w',
    selected: null,
    typed: null,
  }),
  'POST /projects/{project}/workflows/{workflow}/rollback': () => ({ version: 1 }),
  'POST /projects/{project}/workflows/{workflow}/runs': () => ({ input: { text: 'x' } }),
  'PUT /projects/{project}/workflows/{workflow}/pins': () => ({ pins: { start: {} } }),
  'POST /projects/{project}/workflows/{workflow}/jobs': () => ({ input: { text: 'x' } }),
  'POST /projects/{project}/workflows/{workflow}/triggers': () => schedule(),
  'PATCH /projects/{project}/workflows/{workflow}/triggers/{trigger}': () => ({ attempts: 2 }),
  'POST /projects/{project}/workflows/{workflow}/tests': ({ run }) => ({ name: `test ${counter++}`, run }),
  'POST /projects/{project}/runs/{run}/answers': () => ({ answers: { nothing: {} } }),
  'POST /projects/{project}/approvals/{approval}/decision': () => ({ approved: true }),
  'POST /projects/{project}/toolsets': () => toolset(),
  'PATCH /projects/{project}/toolsets/{toolset}': () => ({ title: `renamed ${counter++}` }),
  'PUT /projects/{project}/audited-calls': () => ({ calls: 'all' }),
  'PUT /projects/{project}/client-rules': () => ({ client: '*', tools: null, readOnly: true }),
  'POST /projects/{project}/keys': () => ({ name: 'k' }),
  'POST /projects/{project}/connections': () => connection(),
  'PATCH /projects/{project}/connections/{connection}': () => ({ name: `renamed ${counter++}` }),
  'POST /projects/{project}/connections/{connection}/test': () => ({ host: 'no.example.com' }),
  'POST /projects/{project}/openapi/read': () => ({ text: description }),
  'POST /projects/{project}/openapi/import': ({ api }) => apiImport(api),
  'POST /projects/{project}/openapi/{api}/preview': () => ({ operation: 'GET /pets', choice: {} }),
  'POST /projects/{project}/openapi/{api}/update': ({ api }) => ({ newer: api }),
  'POST /projects/{project}/try': () => ({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  'POST /projects/{project}/mcp-tools': ({ project, gateway }) => ({
    url: `${server.url}/mcp/${project}`,
    connection: gateway,
  }),
  'PATCH /projects/{project}/knowledge/{base}': () => ({ offered: true }),
  'POST /projects/{project}/knowledge': () => ({ name: `base ${counter++}` }),
};
/** For who is not signed in yet. */
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
  'GET /health',
  'POST /invitation',
  'POST /invitation/accept',
  'POST /invitation/join',
]);
/** Said by whoever looks, and nothing is changed by it. */
const LOOKS = new Set(['POST /projects/{project}/workflows/{workflow}/presence']);
let counter = 0;
const workflowFile = (name: string) => ({
  patchbay: 'workflow',
  schemaVersion: 1,
  workflows: [{ name, document: { ...createDraft(), name } }],
});
const schedule = () => ({
  type: 'schedule',
  name: `schedule ${counter++}`,
  cron: '0 0 1 1 *',
  timeZone: 'UTC',
  input: { text: 'x' },
});
const toolset = () => ({
  name: `set-${counter++}`,
  title: 'Some',
  access: 'key',
  workflows: ['echo'],
});
const connection = () => ({
  name: `connection ${counter++}`,
  type: 'bearer',
  hosts: ['api.example.com'],
  secret: { token: 'abcdefghijkl' },
});

const description = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1' },
  paths: { '/pets': { get: { responses: {} } } },
});
const apiImport = (source: string) => ({
  source,
  base: 'https://api.example.com',
  operations: [{ id: 'GET /pets', choice: {} }],
});

async function makeThings(browser: Browser, slug: string): Promise<Ids> {
  const { workflow } = await projectWith(browser, slug);
  const at = `/projects/${slug}`;
  const key = await browser.post(`${at}/keys`, { name: 'k' });
  const some = await browser.post(`${at}/toolsets`, toolset());
  const rule = await browser.send('PUT', `${at}/client-rules`, {
    client: 'https://client.example/id',
    tools: null,
    readOnly: true,
  });
  const made = await browser.post(`${at}/connections`, {
    ...connection(),
    type: 'oauth2',
    secret: { clientSecret: 'abcdefghijkl' },
    settings: {
      authorizationUrl: 'https://provider.example.com/authorize',
      tokenUrl: 'https://provider.example.com/token',
      clientId: 'patchbay',
    },
  });
  const gateway = await browser.post(`${at}/connections`, {
    ...connection(),
    hosts: [new URL(server.url).host],
    secret: { token: key.body.secret },
  });
  const base = await browser.post(`${at}/knowledge`, { name: 'docs' });
  const api = await browser.post(`${at}/openapi/read`, { text: description });
  await browser.post(`${at}/openapi/import`, apiImport(api.body.source.id));
  const form = new FormData();
  form.append('file', new File(['# Hello\n\nworld'], 'hello.md'));
  const documents = await browser.send('POST', `${at}/knowledge/${base.body.id}/documents`, form);
  const trigger = await browser.post(`${at}/workflows/${workflow}/triggers`, schedule());
  const run = await browser.post(`${at}/workflows/${workflow}/runs`, { input: { text: 'x' } });
  await eventually(async () => {
    await server.app.recorder.flush();
    return (await browser.get(`${at}/runs/${run.body.runId}`)).body.status === 'succeeded';
  });
  const test = await browser.post(`${at}/workflows/${workflow}/tests`, { name: 't', run: run.body.runId });
  const asks = withStep('approve', { message: 'May this be done?' });
  const consent = JSON.parse(
    JSON.stringify(asks).replaceAll(/("node":"middle","handle":)"out"/g, '$1"approved"'),
  );
  const asking = await browser.post(`${at}/workflows`, { name: 'consent', document: consent });
  await browser.post(`${at}/workflows/${asking.body.id}/runs`, { input: { text: 'x' } });
  const approval = await eventually(
    async () => (await browser.get(`${at}/approvals`)).body.items[0]?.id as string | undefined,
  );
  const { id } = (await browser.get(at)).body;
  const file = await server.app.files
    .of(id)
    .put({ name: 'a.txt', mimeType: 'text/plain', data: Buffer.from('made') });
  await mcp(server.url, slug, 'tools/list', {}, key.body.secret);
  const clients = await browser.get(`${at}/clients`);
  const project = await server.app.db.prisma.project.findUniqueOrThrow({ where: { id } });
  const grant = await server.app.db.prisma.oauthGrant.create({
    data: {
      organizationId: project.organizationId,
      projectId: id,
      userId: (await browser.get('/session')).body.user.id,
      clientId: 'client-1',
      clientName: 'App',
      redirectHost: 'app.example.com',
      resource: `https://patchbay.example.com/mcp/${slug}`,
    },
  });
  return {
    project: slug,
    workflow,
    version: '1',
    release: '1',
    run: run.body.runId,
    key: key.body.id,
    grant: grant.id,
    toolset: some.body.id,
    rule: rule.body.id,
    client: clients.body.items[0].id,
    connection: made.body.id,
    file: file.file,
    api: api.body.source.id,
    base: base.body.id,
    document: documents.body.items[0].id,
    gateway: gateway.body.id,
    trigger: trigger.body.id,
    test: test.body.id,
    approval,
    user: await colleagueOf(browser),
  };
}

async function colleagueOf(browser: Browser): Promise<string> {
  const { id } = (await browser.get('/session')).body.organization;
  const name = `colleague${counter++}`;
  const account = { name, email: `${name}@example.com`, password: PASSWORD };
  const userId = await (await server.app.signIn()).createUser(account);
  await repository(server.app.db, { type: 'system' }).members.add(id, userId, 'editor');
  return userId;
}

function call(browser: Browser, { method, path }: Operation, ids: Ids): Promise<Answer> {
  const address = path.replace(/\{(\w+)\}/g, (_match, name: string) => ids[name as keyof Ids]);
  const query = path.endsWith('/search') ? '?q=hello' : '';
  if (path.endsWith('/documents') && method === 'POST') {
    const form = new FormData();
    form.append('file', new File(['# Other\n\ntext'], 'other.md'));
    return browser.send(method, address, form);
  }
  const body = bodies[`${method} ${path}`]?.(ids);
  const carries = ['POST', 'PUT', 'PATCH'].includes(method);
  return browser.send(method, `${address}${query}`, body ?? (carries ? {} : undefined));
}

beforeAll(async () => {
  server = await startTestServer();
  eve = await server.person('Eve', { organization: 'Globex' });
  viewer = await server.person('Vic', { role: 'viewer' });
  home = (await server.owner.get('/session')).body.organization.id;
  acme = await makeThings(server.owner, 'acme-orders');
  globex = await makeThings(eve, 'globex-orders');
  const { body } = await server.browser().get('/openapi.json');
  operations = Object.entries(body.paths as Record<string, object>)
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    )
    // What is not in a project is one's own, the organization's, or open to whoever has a link: settings.test.ts,
    // teams.test.ts, waiting.test.ts, ../oauth/grants.test.ts.
    .filter(({ path }) => path.includes('{project}'))
    // What deletes comes last, so that the control of the others finds what it needs; the project at the very end.
    .sort(
      (a, b) =>
        Number(a.method === 'DELETE') - Number(b.method === 'DELETE') || b.path.length - a.path.length,
    );
});
afterAll(() => server.close());

describe('tenancy', () => {
  it('knows all routes', () => {
    expect(operations.length).toBeGreaterThanOrEqual(30);
  });

  it('needs a session for every route but the open ones', async () => {
    const { body } = await server.browser().get('/openapi.json');
    const closed: string[] = [];
    for (const [path, methods] of Object.entries(body.paths as Record<string, object>)) {
      for (const method of Object.keys(methods)) {
        const name = `${method.toUpperCase()} ${path}`;
        if (OPEN.has(name)) continue;
        if (path.startsWith('/answers/')) continue;
        const answer = await call(server.browser(), { method: method.toUpperCase(), path }, acme);
        if (answer.status === 401) closed.push(name);
        else expect(`${name}: ${answer.status}`).toBe(`${name}: 401`);
      }
    }
    expect(closed.length).toBeGreaterThan(30);
  });

  it('hides every foreign project, and says the same as for one that does not exist', async () => {
    for (const operation of operations) {
      const name = `${operation.method} ${operation.path}`;
      const foreign = await call(eve, operation, acme);
      const absent = await call(eve, operation, { ...acme, project: 'no-such-project' });
      expect(`${name}: ${foreign.status}`).toBe(`${name}: 404`);
      expect({ ...foreign.body, requestId: '' }, name).toEqual({ ...absent.body, requestId: '' });
    }
  });

  it('hides foreign things inside a project of one’s own', async () => {
    for (const operation of operations) {
      const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as keyof Ids);
      for (const name of names.filter((part) => !['project', 'version', 'release'].includes(part))) {
        const answer = await call(eve, operation, { ...globex, [name]: acme[name] });
        expect(`${operation.method} ${operation.path} ${name}: ${answer.status}`).toBe(
          `${operation.method} ${operation.path} ${name}: 404`,
        );
      }
    }
  });

  it('takes ids of any form without a crash', async () => {
    for (const operation of operations) {
      for (const odd of ['%00', "x'%20OR%201=1--", '..%2f..', 'a'.repeat(64), '%F0%9F%92%A9', '{}', '0']) {
        const answer = await call(eve, operation, {
          ...(Object.fromEntries(Object.keys(globex).map((name) => [name, odd])) as unknown as Ids),
          project: 'globex-orders',
        });
        const name = `${operation.method} ${operation.path} ${odd}`;
        if (!/\{(?!project)/.test(operation.path)) continue;
        expect([400, 404], `${name}: ${answer.status}`).toContain(answer.status);
      }
    }
  });

  it('lets viewers look and change nothing', async () => {
    for (const operation of operations) {
      const answer = await call(viewer, operation, acme);
      const name = `${operation.method} ${operation.path}`;
      const expected = operation.method === 'GET' || LOOKS.has(name) ? 200 : 403;
      expect(`${name}: ${answer.status}`).toBe(`${name}: ${expected}`);
    }
  });

  it('lets the owner do all of it (positive control)', async () => {
    for (const operation of operations) {
      const answer = await call(server.owner, operation, acme);
      const name = `${operation.method} ${operation.path}`;
      // 409: a draft of an old revision, a roll-back to what is live, an unpublished workflow published again.
      // 410: an answer to a run that has ended.
      expect(
        [200, 201, 202, 204, 409, 410],
        `${name}: ${answer.status} ${JSON.stringify(answer.body)}`,
      ).toContain(answer.status);
    }
  });
});
