import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { withStep } from './documents.ts';
import { type Ids, type Operation, openRoutes, operationsOf, type Routes } from './every-route.ts';
import { type Answer, type Browser, eventually, type TestServer } from './server.ts';

/**
 * Every route of the OpenAPI document × an id that belongs to somebody else: nobody learns that it exists. The same
 * calls with the owner's own ids are the control: a route that refused everybody would pass otherwise.
 */
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

let routes: Routes;
let server: TestServer;
let eve: Browser;
/** Things of Acme; Eve belongs to another organization. */
let acme: Ids;
let globex: Ids;
let operations: Operation[];
let call: Routes['call'];

beforeAll(async () => {
  routes = await openRoutes();
  ({ server, eve, acme, globex, operations, call } = routes);
});
afterAll(() => server?.close());

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** What the answer says, without the number of its request. */
const said = ({ status, body }: Answer) => ({ status, body: body && { ...body, requestId: '' } });

/** What administrators of a project do and editors do not. */
const ADMINS = new Set([
  'DELETE /projects/{project}',
  'POST /projects/{project}/transfer',
  'PATCH /projects/{project}/people',
  'PUT /projects/{project}/people/{user}',
  'DELETE /projects/{project}/people/{user}',
  'PATCH /projects/{project}/limits',
  'PATCH /projects/{project}/guard',
  'PUT /projects/{project}/audited-calls',
  'PUT /projects/{project}/client-rules',
  'DELETE /projects/{project}/client-rules/{rule}',
]);

/** Parts of an address that are not ids, or of somebody who is in both projects. */
const NO_IDS = ['project', 'version', 'release'];
const idsIn = (path: string, but: string[]) =>
  [...path.matchAll(/\{(\w+)\}/g)]
    .map((match) => match[1] as keyof Ids)
    .filter((part) => !but.includes(part));

/** Ids that look like those here, of nothing at all. */
const ABSENT = 'zzzzzzzzzzzzzzzz';

describe('tenancy', () => {
  it('knows all routes', () => {
    expect(operations.length).toBeGreaterThanOrEqual(30);
  });

  it('needs a session for every route but the open ones', async () => {
    const closed: string[] = [];
    for (const operation of operationsOf(routes.document)) {
      const name = nameOf(operation);
      if (OPEN.has(name)) continue;
      if (operation.path.startsWith('/answers/')) continue;
      const answer = await call(server.browser(), operation, acme);
      if (answer.status === 401) closed.push(name);
      else expect(`${name}: ${answer.status}`).toBe(`${name}: 401`);
    }
    expect(closed.length).toBeGreaterThan(30);
  });

  it('hides every foreign project, and says the same as for one that does not exist', async () => {
    for (const operation of operations) {
      const name = nameOf(operation);
      const foreign = await call(eve, operation, acme);
      const absent = await call(eve, operation, { ...acme, project: 'no-such-project' });
      expect(`${name}: ${foreign.status}`).toBe(`${name}: 404`);
      expect(said(foreign), name).toEqual(said(absent));
    }
  });

  it('hides foreign things inside a project of one’s own, and says the same as of absent ones', async () => {
    for (const operation of operations) {
      for (const part of idsIn(operation.path, NO_IDS)) {
        const name = `${nameOf(operation)} ${part}`;
        const foreign = await call(eve, operation, { ...globex, [part]: acme[part] });
        const absent = await call(eve, operation, { ...globex, [part]: ABSENT });
        expect(`${name}: ${foreign.status}`).toBe(`${name}: 404`);
        expect(said(foreign), name).toEqual(said(absent));
      }
    }
  });

  it('keeps projects of one organization apart, even for its owner', async () => {
    for (const operation of operations) {
      for (const part of idsIn(operation.path, [...NO_IDS, 'user'])) {
        const name = `${nameOf(operation)} ${part}`;
        const other = await call(server.owner, operation, { ...routes.sister, [part]: acme[part] });
        expect(`${name}: ${other.status}`).toBe(`${name}: 404`);
      }
    }
  });

  it('finds no foreign thing that a body names, and says the same as of an absent one', async () => {
    for (const { name, of, send } of namedInBodies()) {
      const own = await send(globex[of], true);
      const foreign = await send(acme[of], false);
      const absent = await send(ABSENT, false);
      const words = (answer: Answer) => JSON.stringify(said(answer)).replaceAll(/"(id|workflow)":"\w+"/g, '');
      expect(words(foreign).replaceAll(acme[of], ABSENT), name).toBe(words(absent));
      // With one's own it is another answer (positive control).
      expect(words(own), name).not.toBe(words(absent));
      expect(own.status, `${name}: ${JSON.stringify(own.body)}`).toBeLessThan(300);
    }
  });

  it('hides what is in no project from those it is not for', async () => {
    const invited = await server.owner.post('/organization/invitations', {
      email: 'new@example.com',
      role: 'viewer',
    });
    const shared = await server.owner.post(`/projects/acme-orders/workflows/${acme.workflow}/share`, {
      title: 'x',
      summary: 'x',
    });
    const sessions = await server.owner.get('/account/sessions');
    const found: Record<string, string> = {
      ...acme,
      invitation: invited.body.invitation.id,
      template: shared.body.id,
      session: sessions.body.items[0].id,
      // Of a link: it is the secret itself. Of browsers and accounts: sign-in.test.ts, connected-accounts.test.ts.
      token: ABSENT,
      browser: ABSENT,
      account: ABSENT,
    };
    for (const operation of operationsOf(routes.document)) {
      const [part] = idsIn(operation.path, []);
      if (part === undefined || operation.path.includes('{project}')) continue;
      const name = nameOf(operation);
      expect(found, name).toHaveProperty(part);
      const as = (id: string | undefined) =>
        eve.send(operation.method, operation.path.replace(/\{\w+\}/, `${id}`), bodyOutside(operation));
      const foreign = await as(found[part]);
      expect(said(foreign), name).toEqual(said(await as(ABSENT)));
      expect([400, 404], `${name}: ${foreign.status}`).toContain(foreign.status);
    }
    // All of it is there (positive control).
    const kept = [
      await server.owner.get('/organization/invitations'),
      await server.owner.get('/templates'),
      await server.owner.get('/account/sessions'),
      await server.owner.get('/organization'),
    ];
    for (const [index, id] of [found['invitation'], found['template'], found['session'], acme.user].entries())
      expect(JSON.stringify(kept[index]!.body)).toContain(id);
  });

  it('takes ids of any form without a crash', async () => {
    for (const operation of operations) {
      if (idsIn(operation.path, ['project']).length === 0) continue;
      const odds = ['%00', "x'%20OR%201=1--", '..%2f..', 'a'.repeat(64), '%F0%9F%92%A9', '{}', '0'];
      const answers = await Promise.all(
        odds.map((odd) =>
          call(eve, operation, {
            ...(Object.fromEntries(Object.keys(globex).map((name) => [name, odd])) as unknown as Ids),
            project: 'globex-orders',
          }),
        ),
      );
      for (const [index, { status }] of answers.entries())
        expect([400, 404], `${nameOf(operation)} ${odds[index]}: ${status}`).toContain(status);
    }
  });

  it('lets viewers look and change nothing', async () => {
    for (const operation of operations) {
      const answer = await call(routes.viewer, operation, acme);
      const name = nameOf(operation);
      const expected = operation.method === 'GET' || LOOKS.has(name) ? 200 : 403;
      expect(`${name}: ${answer.status}`).toBe(`${name}: ${expected}`);
    }
  });

  it('shuts out who was removed, in a session that is still open', async () => {
    const gone = [await leave('Rae', 'editor'), await leave('Amy', 'admin')];
    for (const operation of operations) {
      for (const browser of gone) {
        const { status } = await call(browser, operation, acme);
        expect(`${nameOf(operation)}: ${status}`).toBe(`${nameOf(operation)}: 401`);
      }
    }
  });

  it('is the same for who was removed and is somebody elsewhere', async () => {
    const browser = await server.person('Moe', { organization: 'Moe and Co' });
    await join(browser, 'editor');
    expect((await call(browser, { method: 'GET', path: '/projects/{project}' }, acme)).status).toBe(200);
    await removed(browser);
    for (const operation of operations) {
      const foreign = await call(browser, operation, acme);
      const absent = await call(browser, operation, { ...acme, project: 'no-such-project' });
      expect(foreign.status, nameOf(operation)).toBe(404);
      expect(said(foreign), nameOf(operation)).toEqual(said(absent));
    }
  });

  it('lets editors do all but what administrators do', async () => {
    for (const operation of operations) {
      const name = nameOf(operation);
      const { status, body } = await call(routes.editor, operation, routes.sister);
      if (ADMINS.has(name)) expect(`${name}: ${status}`).toBe(`${name}: 403`);
      else expect(DONE, `${name}: ${status} ${JSON.stringify(body)}`).toContain(status);
    }
  });

  it('lets the owner do all of it (positive control), and then nothing is there any more', async () => {
    for (const operation of operations) {
      if (nameOf(operation) === 'DELETE /projects/{project}') continue;
      const answer = await call(server.owner, operation, acme);
      expect(DONE, `${nameOf(operation)}: ${answer.status} ${JSON.stringify(answer.body)}`).toContain(
        answer.status,
      );
    }
    const deleted = operations.flatMap(({ method, path }) =>
      method === 'DELETE' ? idsIn(path, [...NO_IDS, 'user']).slice(-1) : [],
    );
    expect(deleted).toContain('workflow');
    for (const operation of operations) {
      if (!idsIn(operation.path, NO_IDS).some((part) => deleted.includes(part))) continue;
      const { status } = await call(server.owner, operation, acme);
      expect(`${nameOf(operation)}: ${status}`).toBe(`${nameOf(operation)}: 404`);
    }
    expect((await server.owner.delete('/projects/acme-orders')).status).toBe(204);
    for (const operation of operations) {
      const gone = await call(server.owner, operation, acme);
      const absent = await call(server.owner, operation, { ...acme, project: 'no-such-project' });
      expect(gone.status, nameOf(operation)).toBe(404);
      expect(said(gone), nameOf(operation)).toEqual(said(absent));
    }
  });
});

/**
 * Done, or understood. 409: a draft of an old revision, a roll-back to what is live, an unpublished workflow published
 * again. 410: an answer to a run that has ended.
 */
const DONE = [200, 201, 202, 204, 409, 410];

/** A person who had a session, and was a member. */
async function leave(name: string, role: Role): Promise<Browser> {
  const browser = await server.person(name, { role });
  expect((await browser.get('/projects/acme-orders')).status).toBe(200);
  await removed(browser);
  return browser;
}

async function join(browser: Browser, role: Role): Promise<void> {
  const { id } = (await server.owner.get('/session')).body.organization;
  const { id: userId } = (await browser.get('/session')).body.user;
  await repository(server.app.db, { type: 'system' }).members.add(id, userId, role);
}

async function removed(browser: Browser): Promise<void> {
  const { id } = (await browser.get('/session')).body.user;
  expect((await server.owner.delete(`/organization/members/${id}`)).status).toBe(204);
}

/** Bodies that routes outside of projects look at before they look for what an address names. */
function bodyOutside({ method, path }: Operation): unknown {
  if (path.startsWith('/organization/members') && method === 'PATCH') return { role: 'viewer' };
  if (path === '/connect-account/{token}/key') return { key: 'abcdefghijkl' };
  if (path === '/answers/{token}' && method === 'POST') return { answers: {} };
  return method === 'GET' || method === 'DELETE' ? undefined : {};
}

interface Named {
  name: string;
  /** What is named. */
  of: keyof Ids;
  /** Names this id in a body; `own`: it is one of Eve's own. */
  send(id: string, own: boolean): Promise<Answer>;
}

/** Wherever a body names a thing by its id. */
function namedInBodies(): Named[] {
  const at = '/projects/globex-orders';
  let count = 0;
  /** A draft with this step that is run, as far as it gets. */
  const inStep = (of: keyof Ids, kind: string, config: (id: string) => JsonObject): Named => ({
    name: `a step ${kind}`,
    of,
    async send(id) {
      const name = `step_${kind.replaceAll('-', '_')}_${count++}`;
      const made = await eve.post(`${at}/workflows`, {
        name,
        document: { ...withStep(kind, config(id)), name },
      });
      const started = await eve.post(`${at}/workflows/${made.body.id}/runs`, { input: { text: 'x' } });
      const { run } = await eventually(async () => {
        await server.app.recorder.flush();
        const { status, body } = await eve.get(`${at}/runs/${started.body.runId}`);
        return status === 200 && body.status !== 'running' && { run: body };
      });
      const status = run.status === 'succeeded' ? 200 : 500;
      return { status, headers: new Headers(), body: { status: run.status, error: run.error } };
    },
  });
  return [
    {
      name: 'a test of a run',
      of: 'run',
      send: (run) => eve.post(`${at}/workflows/${globex.workflow}/tests`, { name: `of ${count++}`, run }),
    },
    {
      name: 'an import of an API',
      of: 'api',
      send: (source) =>
        eve.post(`${at}/openapi/import`, {
          source,
          base: 'https://api.example.com',
          operations: [{ id: 'GET /pets', choice: {} }],
        }),
    },
    {
      name: 'a newer description of an API',
      of: 'api',
      send: (newer) => eve.post(`${at}/openapi/${globex.api}/update`, { newer }),
    },
    {
      name: 'a key for a toolset',
      of: 'toolset',
      send: (id) => eve.post(`${at}/keys`, { name: 'k', toolsets: [id] }),
    },
    {
      name: 'tools of a server with a connection',
      of: 'gateway',
      send: (connection) =>
        eve.post(`${at}/mcp-tools`, { url: `${server.url}/mcp/globex-orders`, connection }),
    },
    {
      name: 'a source with a connection',
      of: 'gateway',
      send: (connection) =>
        eve.post(`${at}/knowledge/${globex.base}/sources`, {
          ...{ kind: 'website', name: 'x', run: false, connection },
          config: { addresses: ['http://no.example.com'] },
        }),
    },
    {
      name: 'a role in a project by an invitation',
      of: 'project',
      async send(slug, own) {
        const owner = slug === acme.project ? server.owner : eve;
        const id = slug === ABSENT ? ABSENT : (await owner.get(`/projects/${slug}`)).body.id;
        const email = own ? 'own@example.com' : 'not@example.com';
        return eve.post('/organization/invitations', {
          email,
          role: 'viewer',
          projects: [{ projectId: id, role: 'editor' }],
        });
      },
    },
    inStep('gateway', 'http', (connection) => ({ url: `${server.url}/api/v1/health`, connection })),
    inStep('base', 'knowledge', (base) => ({ base, query: 'x' })),
    inStep('workflow', 'run-workflow', (workflow) => ({ workflow, input: { text: 'x' } })),
  ];
}
