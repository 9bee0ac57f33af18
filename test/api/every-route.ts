import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
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

export interface Ids {
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
  /** What the base should find, and how well it did. */
  question: string;
  evaluation: string;
  /** Of documents. */
  source: string;
  /** A connection that holds a key of the project: for its own MCP address. */
  gateway: string;
  trigger: string;
  test: string;
  approval: string;
  /** Somebody of the organization. */
  user: string;
}

export interface Operation {
  method: string;
  path: string;
}

/** Everything that routes take an id of, for each of three projects. */
export interface Routes {
  server: TestServer;
  /** Owner of another organization. */
  eve: Browser;
  /** Of the first owner's organization. */
  editor: Browser;
  viewer: Browser;
  /** Things of the owner's organization. */
  acme: Ids;
  /** Things of another project of the same organization. */
  sister: Ids;
  /** Eve's things. */
  globex: Ids;
  /** All that are in a project; those that delete come last, the project at the very end. */
  operations: Operation[];
  /** All there are, with the schemas of their bodies. */
  document: OpenApi;
  call(browser: Browser, operation: Operation, ids: Ids): Promise<Answer>;
  /** A body that the route accepts; undefined for those that take none. */
  bodyOf(operation: Operation, ids: Ids): unknown;
}

export interface OpenApi {
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { schemas: Record<string, JsonObject> };
}

export interface OpenApiOperation {
  requestBody?: { content: Record<string, { schema: JsonObject }> };
}

/** What a sample of a body is made of. */
interface Setting extends Ids {
  url: string;
  /** Id of the first owner's organization. */
  home: string;
}

/** A body that each route accepts. */
const bodies: Record<string, (setting: Setting) => unknown> = {
  'PATCH /projects/{project}': () => ({ name: 'Renamed' }),
  'PATCH /projects/{project}/people': () => ({ private: false }),
  'PUT /projects/{project}/people/{user}': () => ({ role: 'viewer' }),
  'POST /projects/{project}/transfer': ({ home }) => ({ organization: home, name: 'x' }),
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
  'POST /projects/{project}/mcp-tools': ({ url, project, gateway }) => ({
    url: `${url}/mcp/${project}`,
    connection: gateway,
  }),
  'PUT /projects/{project}/knowledge/{base}/embedding': () => embedding(),
  'POST /projects/{project}/knowledge/{base}/embedding/try': () => embedding(),
  'PUT /projects/{project}/knowledge/{base}/reranker': () => ({ model: 'm', url: 'http://no.example.com' }),
  'POST /projects/{project}/knowledge/search-and-fetch': ({ base }) => ({ bases: [base] }),
  'POST /projects/{project}/knowledge/{base}/questions': () => knowledgeQuestion(),
  'PATCH /projects/{project}/knowledge/{base}/questions/{question}': () => ({ text: 'Else?' }),
  'POST /projects/{project}/knowledge/{base}/questions/import': () => ({
    content: `question,document\nWhy ${counter++}?,hello.md\n`,
  }),
  'POST /projects/{project}/knowledge/{base}/evaluations': () => ({ settings: [{ mode: 'text' }] }),
  'PATCH /projects/{project}/knowledge/{base}': () => ({ offered: true }),
  'POST /projects/{project}/knowledge/{base}/documents/text': () => ({ name: 'note.md', text: 'A note.' }),
  'POST /projects/{project}/knowledge/{base}/preview': ({ document }) => ({
    documentId: document,
    chunkSize: 300,
    chunkOverlap: 0,
  }),
  'PATCH /projects/{project}/knowledge/{base}/documents/{document}': () => ({ metadata: { year: 2026 } }),
  'POST /projects/{project}/knowledge/{base}/sources': () => source(),
  'PATCH /projects/{project}/knowledge/{base}/sources/{source}': () => ({ name: `renamed ${counter++}` }),
  'POST /projects/{project}/knowledge': () => ({ name: `base ${counter++}` }),
};
const embedding = () => ({ kind: 'openai', url: 'https://no.example.com', model: 'm' });
const knowledgeQuestion = () => ({ text: 'What?', expected: [{ document: 'hello.md' }] });
let counter = 0;
const source = () => ({
  kind: 'website',
  name: `source ${counter++}`,
  config: { addresses: ['http://no.example.com/docs'] },
  run: false,
});
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

async function makeThings(server: TestServer, browser: Browser, slug: string): Promise<Ids> {
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
  const website = await browser.post(`${at}/knowledge/${base.body.id}/sources`, source());
  const ofBase = `${at}/knowledge/${base.body.id}`;
  await eventually(async () => (await browser.get(`${ofBase}/documents`)).body.counts.ready === 1);
  const question = await browser.post(`${ofBase}/questions`, knowledgeQuestion());
  const evaluation = await browser.post(`${ofBase}/evaluations`, { settings: [{}] });
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
    document: documents.body.items[0].document.id,
    question: question.body.id,
    evaluation: evaluation.body.id,
    source: website.body.id,
    gateway: gateway.body.id,
    trigger: trigger.body.id,
    test: test.body.id,
    approval,
    user: await colleagueOf(server, browser),
  };
}

async function colleagueOf(server: TestServer, browser: Browser): Promise<string> {
  const { id } = (await browser.get('/session')).body.organization;
  const name = `colleague${counter++}`;
  const account = { name, email: `${name}@example.com`, password: PASSWORD };
  const userId = await (await server.app.signIn()).createUser(account);
  await repository(server.app.db, { type: 'system' }).members.add(id, userId, 'editor');
  return userId;
}

/** A server with three projects, in which every route finds what it needs. */
export async function openRoutes(): Promise<Routes> {
  const server = await startTestServer();
  const eve = await server.person('Eve', { organization: 'Globex' });
  const editor = await server.person('Ed', { role: 'editor' });
  const viewer = await server.person('Vic', { role: 'viewer' });
  const home = (await server.owner.get('/session')).body.organization.id;
  const acme = await makeThings(server, server.owner, 'acme-orders');
  const sister = await makeThings(server, server.owner, 'acme-returns');
  const globex = await makeThings(server, eve, 'globex-orders');
  const { body: document } = (await server.browser().get('/openapi.json')) as { body: OpenApi };
  const bodyOf = ({ method, path }: Operation, ids: Ids) =>
    bodies[`${method} ${path}`]?.({ ...ids, home, url: server.url });
  return {
    server,
    eve,
    editor,
    viewer,
    acme,
    sister,
    globex,
    document,
    bodyOf,
    operations: operationsOf(document)
      // What is not in a project is one's own, the organization's, or open to whoever has a link: settings.test.ts,
      // teams.test.ts, waiting.test.ts, ../oauth/grants.test.ts.
      .filter(({ path }) => path.includes('{project}'))
      // What deletes comes last, so that the control of the others finds what it needs; the project at the very end.
      .sort(
        (a, b) =>
          Number(a.method === 'DELETE') - Number(b.method === 'DELETE') || b.path.length - a.path.length,
      ),
    call(browser, operation, ids) {
      const { method, path } = operation;
      const address = path.replace(/\{(\w+)\}/g, (_match, name: string) => ids[name as keyof Ids]);
      const query = path.endsWith('/search') ? '?q=hello' : method === 'DELETE' ? deleteQuery(path) : '';
      if (path.endsWith('/documents') && method === 'POST') {
        const form = new FormData();
        form.append('file', new File(['# Other\n\ntext'], 'other.md'));
        return browser.send(method, address, form);
      }
      const carries = ['POST', 'PUT', 'PATCH'].includes(method);
      return browser.send(method, `${address}${query}`, bodyOf(operation, ids) ?? (carries ? {} : undefined));
    },
  };
}

/** What has to be said when something is deleted. */
function deleteQuery(path: string): string {
  return path.endsWith('/sources/{source}') ? '?documents=remove' : '';
}

export function operationsOf({ paths }: OpenApi): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}
