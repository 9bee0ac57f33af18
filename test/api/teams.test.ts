import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { startMailServer } from '#test/support/mail-server.ts';
import { withStep } from './documents.ts';
import {
  type Browser,
  eventually,
  PASSWORD,
  projectWith,
  startTestServer,
  type TestServer,
} from './server.ts';

let server: TestServer;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let owner: Browser;
let counter = 0;

beforeAll(async () => {
  mail = await startMailServer();
  server = await startTestServer({
    SMTP_URL: mail.url,
    MAIL_FROM: 'Patchbay <patchbay@example.com>',
    PUBLIC_URL: 'http://localhost:4321',
  });
  owner = server.owner;
});
afterAll(async () => {
  await server?.close();
  await mail?.close();
});

/** Somebody of the owner's organization. */
async function member(role: Role): Promise<{ browser: Browser; id: string; email: string }> {
  const name = `${role}${counter++}`;
  const browser = await server.person(name, { role });
  const { user } = (await browser.get('/session')).body;
  return { browser, id: user.id, email: user.email };
}

/** The token of the last letter to this address. */
function tokenFor(email: string): string {
  const letter = mail.received.findLast(({ to }) => to.includes(email));
  return /\/invitation#([\w-]{43})/.exec(letter!.raw)![1]!;
}

async function invited(email: string, body: object = { role: 'editor' }): Promise<string> {
  const answer = await owner.post('/organization/invitations', { email, ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return tokenFor(email);
}

/** What docs/teams.md says each role may do: the calls behind each of its rows. */
type Row = (world: World) => { method: string; path: string; body?: object }[];
interface World {
  project: string;
  workflow: string;
  other: { id: string };
  anOwner: { id: string };
}

const ORGANIZATION: Record<string, Row> = {
  'see its members, and the templates it shares': () => [
    { method: 'GET', path: '/organization' },
    { method: 'GET', path: '/templates' },
  ],
  'make and import projects': () => [
    { method: 'POST', path: '/projects', body: { name: `p${counter++}`, slug: `made-${counter++}` } },
  ],
  'give it another name': () => [{ method: 'PATCH', path: '/organization', body: { name: 'Acme' } }],
  'read the audit log': () => [{ method: 'GET', path: '/audit' }],
  'invite people, and take invitations back': () => [
    {
      method: 'POST',
      path: '/organization/invitations',
      body: { email: `i${counter++}@example.com`, role: 'viewer' },
    },
    { method: 'GET', path: '/organization/invitations' },
  ],
  'change the roles of members, and remove them': ({ other }) => [
    { method: 'PATCH', path: `/organization/members/${other.id}`, body: { role: 'viewer' } },
  ],
  'make owners, change and remove them': ({ anOwner }) => [
    { method: 'PATCH', path: `/organization/members/${anOwner.id}`, body: { role: 'owner' } },
    {
      method: 'POST',
      path: '/organization/invitations',
      body: { email: `o${counter++}@example.com`, role: 'owner' },
    },
  ],
  'delete it': () => [{ method: 'POST', path: '/organization/delete', body: { name: 'another name' } }],
};

const PROJECT: Record<string, Row> = {
  'see workflows, versions, runs, insights, and who may what': ({ project, workflow }) => [
    { method: 'GET', path: `/projects/${project}` },
    { method: 'GET', path: `/projects/${project}/workflows/${workflow}` },
    { method: 'GET', path: `/projects/${project}/runs` },
    { method: 'GET', path: `/projects/${project}/people` },
  ],
  'draw and publish workflows, run drafts, [try tools](trying-tools.md)': ({ project, workflow }) => [
    { method: 'POST', path: `/projects/${project}/workflows`, body: { name: `w_${counter++}` } },
    {
      method: 'POST',
      path: `/projects/${project}/workflows/${workflow}/runs`,
      body: { input: { text: 'x' } },
    },
    { method: 'POST', path: `/projects/${project}/try`, body: { jsonrpc: '2.0', id: 1, method: 'ping' } },
  ],
  'share a workflow as a template, import one from a file': ({ project, workflow }) => [
    {
      method: 'POST',
      path: `/projects/${project}/workflows/${workflow}/share`,
      body: { title: 'x', summary: 'x' },
    },
    { method: 'POST', path: `/projects/${project}/workflows/import`, body: { content: {} } },
  ],
  'make keys, connections, schedules and knowledge bases': ({ project }) => [
    { method: 'POST', path: `/projects/${project}/keys`, body: { name: `k${counter++}` } },
    { method: 'POST', path: `/projects/${project}/knowledge`, body: { name: `b${counter++}` } },
  ],
  'change name, instructions, access and environment': ({ project }) => [
    { method: 'PATCH', path: `/projects/${project}`, body: { instructions: 'x' } },
  ],
  'change its address': ({ project }) => [
    { method: 'PATCH', path: `/projects/${project}`, body: { slug: project } },
  ],
  'say who may do what in it, and make it private': ({ project, other }) => [
    { method: 'PUT', path: `/projects/${project}/people/${other.id}`, body: { role: 'viewer' } },
    { method: 'DELETE', path: `/projects/${project}/people/${other.id}` },
    { method: 'PATCH', path: `/projects/${project}/people`, body: { private: false } },
  ],
  'move it to another organization': ({ project }) => [
    {
      method: 'POST',
      path: `/projects/${project}/transfer`,
      body: { organization: home, name: 'another name' },
    },
  ],
};

let home = '';
const ROLES = ['viewer', 'editor', 'admin', 'owner'] as const;

/** The rows of a table of docs/teams.md: what, and for which roles it stands. */
function tableOf(heading: string): Map<string, string[]> {
  const text = readFileSync(join(import.meta.dirname, '../../docs/teams.md'), 'utf8');
  const section = text
    .slice(text.indexOf(`## ${heading}`))
    .split('\n## ')[0]!
    .split('## ')
    .pop()!;
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [, ...roles] = cells(lines[0]!);
  return new Map(
    lines.slice(2).map((line) => {
      const [what, ...marks] = cells(line);
      return [what!, roles.filter((_role, index) => marks[index] === '✓')];
    }),
  );
}

describe('what a role may do', () => {
  const people = new Map<Role, Browser>();
  let world: World;

  beforeAll(async () => {
    home = (await owner.get('/session')).body.organization.id;
    const { slug, workflow } = await projectWith(owner, 'roles');
    for (const role of ROLES) people.set(role, (await member(role)).browser);
    world = { project: slug, workflow, other: await member('viewer'), anOwner: await member('owner') };
  });

  it.each(['organization', 'project'] as const)('is tested for every row of the table: %s', (of) => {
    const rows = of === 'organization' ? ORGANIZATION : PROJECT;
    expect([...tableOf(of === 'organization' ? 'In the organization' : 'In a project').keys()]).toEqual(
      Object.keys(rows),
    );
  });

  it.each(Object.keys(ORGANIZATION))('in the organization: %s', async (what) => {
    const may = tableOf('In the organization').get(what)!;
    for (const role of ROLES) {
      const browser = people.get(role)!;
      for (const { method, path, body } of ORGANIZATION[what]!(world)) {
        const { status } = await browser.send(method, path, body);
        expect({ role, method, path, refused: status === 403 }).toEqual({
          role,
          method,
          path,
          refused: !may.includes(role),
        });
        if (may.includes(role)) expect([200, 201, 204, 400], `${role} ${path}`).toContain(status);
      }
    }
  });

  it.each(Object.keys(PROJECT))(
    'in a project, by the role in the organization or in the project: %s',
    async (what) => {
      const may = tableOf('In a project').get(what)!;
      const raised = await member('viewer');
      const lowered = await member('editor');
      const put = (id: string, role: string) =>
        owner.put(`/projects/${world.project}/people/${id}`, { role });
      await put(lowered.id, 'viewer');
      const check = async (browser: Browser, role: string, as: string) => {
        for (const { method, path, body } of PROJECT[what]!(world)) {
          const { status, body: answer } = await browser.send(method, path, body);
          const name = `${as} ${method} ${path} ${JSON.stringify(answer)}`;
          expect(status === 403, name).toBe(!may.includes(role));
          if (may.includes(role)) expect([200, 201, 204, 400, 409, 422], name).toContain(status);
        }
      };
      for (const role of ROLES) await check(people.get(role)!, role, role);
      for (const role of ['viewer', 'editor', 'admin'] as const) {
        await put(raised.id, role);
        await check(raised.browser, role, `viewer who is ${role} in the project`);
      }
      await check(lowered.browser, 'viewer', 'editor who is viewer in the project');
    },
  );
});

describe('an invitation', () => {
  it('reaches its person by a letter whose link knows the public address alone, and makes them a member once', async () => {
    const token = await invited('grace@example.com', { role: 'viewer' });
    const letter = mail.received.at(-1)!;
    expect(letter.raw).toContain(`http://localhost:4321/invitation#${token}`);
    expect(letter.raw).not.toMatch(/<img|127\.0\.0\.1:\d+\/invitation/);
    const pending = (await owner.get('/organization/invitations')).body.items[0];
    expect(pending).toMatchObject({ email: 'grace@example.com', role: 'viewer', invitedBy: 'Ada' });
    expect(JSON.stringify(pending)).not.toContain(token);

    const grace = server.browser();
    expect((await grace.post('/invitation', { token })).body).toMatchObject({
      organization: 'Acme',
      email: 'grace@example.com',
      role: 'viewer',
      invitedBy: 'Ada',
      hasAccount: false,
    });
    const joined = await grace.post('/invitation/join', { token, name: 'Grace', password: PASSWORD });
    expect(joined).toMatchObject({
      status: 201,
      body: { user: { name: 'Grace', email: 'grace@example.com' }, role: 'viewer' },
    });
    expect((await grace.get('/session')).body.role).toBe('viewer');
    for (const path of ['/invitation', '/invitation/accept']) {
      expect((await grace.post(path, { token })).status).toBe(410);
    }
    expect((await owner.get('/organization')).body.members).toContainEqual(
      expect.objectContaining({ email: 'grace@example.com', role: 'viewer', twoFactor: false }),
    );
  });

  it('asks somebody who has an account to sign in, and is for nobody else', async () => {
    const zoe = await server.person('Zoe', { organization: 'Zoe and Co' });
    const mallory = await server.person('Mallory', { organization: 'Mallory Inc' });
    const token = await invited('zoe@example.com', { role: 'editor' });

    expect((await server.browser().post('/invitation', { token })).body.hasAccount).toBe(true);
    const account = { token, name: 'Mallory', password: PASSWORD };
    expect((await server.browser().post('/invitation/join', account)).status).toBe(409);
    expect((await server.browser().post('/invitation/accept', { token })).status).toBe(401);
    const refused = await mallory.post('/invitation/accept', { token });
    expect(refused).toMatchObject({
      status: 403,
      body: { detail: 'This invitation is for zoe@example.com.' },
    });

    expect(await zoe.post('/invitation/accept', { token })).toMatchObject({
      status: 200,
      body: { organization: { name: 'Acme' }, role: 'editor' },
    });
    // Shown from now on in this session, and the other one is still there.
    const session = (await zoe.get('/session')).body;
    expect(session.organization.name).toBe('Acme');
    expect(session.organizations.map(({ name }: { name: string }) => name)).toEqual(['Zoe and Co', 'Acme']);
  });

  it('may say more or less for single projects', async () => {
    const { slug } = await projectWith(owner, 'for-hedy');
    const { id } = (await owner.get(`/projects/${slug}`)).body;
    const token = await invited('hedy@example.com', {
      role: 'viewer',
      projects: [{ projectId: id, role: 'editor' }],
    });
    const hedy = server.browser();
    await hedy.post('/invitation/join', { token, name: 'Hedy', password: PASSWORD });

    expect((await hedy.get('/session')).body.role).toBe('viewer');
    expect((await hedy.get(`/projects/${slug}`)).body.role).toBe('editor');
    expect((await hedy.post(`/projects/${slug}/workflows`, { name: 'hers' })).status).toBe(201);
    expect((await hedy.post('/projects', { name: 'x' })).status).toBe(403);
  });

  it('is sent again with another link, and taken back', async () => {
    const first = await invited('tim@example.com');
    const { id } = (await owner.get('/organization/invitations')).body.items[0];
    expect((await owner.post(`/organization/invitations/${id}/renew`)).body).toMatchObject({
      sent: true,
      url: null,
    });
    const second = tokenFor('tim@example.com');
    expect(second).not.toBe(first);
    const nobody = server.browser();
    expect((await nobody.post('/invitation', { token: first })).status).toBe(410);
    expect((await nobody.post('/invitation', { token: second })).status).toBe(200);
    expect((await owner.delete(`/organization/invitations/${id}`)).status).toBe(204);
    expect((await nobody.post('/invitation', { token: second })).status).toBe(410);
    expect((await owner.delete(`/organization/invitations/${id}`)).status).toBe(404);
  });

  it('takes nothing it was not asked for, and nothing of others', async () => {
    const eve = await server.person('Eve', { organization: 'Globex' });
    const foreign = await projectWith(eve, 'globex-secret', { publish: false });
    const { id: projectId, organizationId } = (await eve.get(`/projects/${foreign.slug}`)).body;
    const one = { email: 'ann@example.com', role: 'viewer' };
    const post = (body: object) => owner.post('/organization/invitations', body);

    expect((await post({ ...one, organizationId })).status).toBe(400);
    expect((await post({ ...one, inviterId: 'x' })).status).toBe(400);
    expect((await post({ ...one, projects: [{ projectId, role: 'viewer' }] })).status).toBe(404);
    expect((await post({ ...one, projects: [{ projectId: { not: '' }, role: 'viewer' }] })).status).toBe(400);
    expect((await post({ ...one, role: { not: 'viewer' } })).status).toBe(400);
    expect((await post({ ...one, email: { contains: '@' } })).status).toBe(400);
    for (const token of [{ not: '' }, ['x'], null, 7]) {
      expect((await server.browser().post('/invitation', { token })).status).toBe(400);
    }
    const token = await invited('ann@example.com', { role: 'viewer' });
    const join = { token, name: 'Ann', password: PASSWORD };
    for (const more of [{ role: 'owner' }, { organizationId }, { email: 'x@example.com' }, { userId: 'x' }]) {
      expect((await server.browser().post('/invitation/join', { ...join, ...more })).status).toBe(400);
    }
    expect((await server.browser().post('/invitation/join', join)).body.role).toBe('viewer');
    const { id } = (await owner.get('/organization/invitations')).body.items[0] ?? { id: 'absent' };
    for (const call of [
      () => eve.post(`/organization/invitations/${id}/renew`),
      () => eve.delete(`/organization/invitations/${id}`),
    ]) {
      expect((await call()).status).toBe(404);
    }
  });
});

describe('members', () => {
  it('are seen when they do something, and not before', async () => {
    const late = await member('viewer');
    const userId = await (await server.app.signIn()).createUser({
      name: 'Never',
      email: 'never@example.com',
      password: PASSWORD,
    });
    await repository(server.app.db, { type: 'system' }).members.add(home, userId, 'viewer');
    const seen = async (id: string) =>
      (await owner.get('/organization')).body.members.find((each: { userId: string }) => each.userId === id)
        .seenAt as string | null;
    expect(await eventually(() => seen(late.id))).toMatch(/^20\d\d-/);
    expect(await seen(userId)).toBeNull();
    // Who is no administrator is not told who has a second factor.
    const told = (await late.browser.get('/organization')).body.members[0];
    expect(told).toMatchObject({ twoFactor: null });
  });

  it('are changed and removed by their own organization only, with nothing beside the role', async () => {
    const eve = await server.person('Evelyn', { organization: 'Initech' });
    const mia = await member('viewer');

    expect((await eve.patch(`/organization/members/${mia.id}`, { role: 'owner' })).status).toBe(404);
    expect((await eve.delete(`/organization/members/${mia.id}`)).status).toBe(404);
    for (const body of [
      { role: 'editor', organizationId: 'x' },
      { role: 'editor', userId: 'x' },
      { role: { set: 'owner' } },
      { role: 'root' },
    ]) {
      expect((await owner.patch(`/organization/members/${mia.id}`, body)).status).toBe(400);
    }
    const changed = await owner.patch(`/organization/members/${mia.id}`, { role: 'editor' });
    expect(changed.status).toBe(200);
    expect((await mia.browser.get('/session')).body.role).toBe('editor');
    const ada = (await owner.get('/session')).body.user.id;
    expect((await mia.browser.delete(`/organization/members/${ada}`)).status).toBe(403);
  });

  it('who are removed are out at once, with what they had open', async () => {
    const { slug, workflow } = await projectWith(owner, 'removed-from');
    const rex = await member('editor');
    const window = `/projects/${slug}/workflows/${workflow}/presence?window=w`;
    const stream = await fetch(`${server.url}/api/v1${window}`, {
      headers: { cookie: rex.browser.cookie },
    });
    const reader = stream.body!.getReader();
    await reader.read();

    expect((await owner.delete(`/organization/members/${rex.id}`)).status).toBe(204);

    // The stream ends by itself: a read that never came would fail the test by its time.
    for (;;) if ((await reader.read()).done) break;
    expect((await rex.browser.get(`/projects/${slug}`)).status).toBe(401);
    expect((await rex.browser.get('/projects')).status).toBe(401);
  });

  it('who are removed from one organization go on in the other', async () => {
    const nell = await server.person('Nell', { organization: 'Nell and Co' });
    const own = (await nell.get('/session')).body.organization;
    const { id } = (await nell.get('/session')).body.user;
    await nell.post('/invitation/accept', { token: await invited('nell@example.com') });
    expect((await nell.get('/session')).body.organization.name).toBe('Acme');

    await owner.delete(`/organization/members/${id}`);

    expect((await nell.get('/session')).body.organization).toEqual(own);
    expect((await nell.put('/session/organization', { organization: home })).status).toBe(404);
  });
});

describe('organizations', () => {
  it('are made, shown by turns, and their projects found whichever is shown', async () => {
    const otto = await member('editor');
    const made = await otto.browser.post('/organizations', { name: 'Otto and Co' });
    expect(made).toMatchObject({
      status: 201,
      body: { organization: { name: 'Otto and Co' }, role: 'owner' },
    });
    const { slug } = await projectWith(otto.browser, 'otto-shop', { publish: false });
    const listed = async () =>
      (await otto.browser.get('/projects')).body.items.map((each: { slug: string }) => each.slug);
    expect(await listed()).toEqual([slug]);

    await otto.browser.put('/session/organization', { organization: home });

    expect(await listed()).not.toContain(slug);
    expect((await otto.browser.get(`/projects/${slug}`)).body).toMatchObject({ slug, role: 'owner' });
    expect((await owner.get(`/projects/${slug}`)).status).toBe(404);
    for (const organization of [{ not: '' }, '', 'absent', made.body.organization.id]) {
      expect([400, 404]).toContain((await owner.put('/session/organization', { organization })).status);
    }
  });

  it('are left and deleted, but never the last owner or the wrong one', async () => {
    const pia = await member('admin');
    expect((await owner.post('/organization/delete', { name: 'Acme!' })).status).toBe(400);
    expect((await pia.browser.post('/organizations', { name: 'Short', ownerId: 'x' })).status).toBe(400);
    await pia.browser.post('/organizations', { name: 'Short' });
    const { slug } = await projectWith(pia.browser, 'short-lived', { publish: false });
    expect((await pia.browser.get('/organization/content')).body).toMatchObject({ projects: 1, members: 1 });
    expect((await pia.browser.post('/organization/leave')).status).toBe(409);
    expect((await pia.browser.post('/organization/delete', { name: 'Short' })).status).toBe(204);
    expect((await pia.browser.get(`/projects/${slug}`)).status).toBe(404);
    expect((await pia.browser.get('/session')).body.organization.name).toBe('Acme');
    expect((await pia.browser.post('/organization/leave')).status).toBe(204);
    expect((await pia.browser.get('/session')).status).toBe(401);
  });

  it('get a project from another one, without its keys and secrets', async () => {
    const uma = await member('admin');
    const { slug } = await projectWith(owner, 'to-move');
    const key = await owner.post(`/projects/${slug}/keys`, { name: 'k' });
    await owner.post(`/projects/${slug}/connections`, {
      name: 'shop',
      type: 'bearer',
      hosts: ['api.example.com'],
      secret: { token: 'tok_abcdefghijklmnop' },
    });
    const { body } = await uma.browser.post('/organizations', { name: 'Uma and Co' });
    const organization = body.organization.id;
    const move = (browser: Browser, changes: object = {}) =>
      browser.post(`/projects/${slug}/transfer`, { organization, name: slug, ...changes });

    expect((await move(owner)).status).toBe(404);
    expect((await move(uma.browser, { name: 'x' })).status).toBe(400);
    expect((await move(uma.browser, { organization: 'absent' })).status).toBe(404);
    expect((await move(uma.browser, { organization: { not: '' } })).status).toBe(400);
    expect((await move(uma.browser)).status).toBe(204);

    expect((await owner.get(`/projects/${slug}`)).status).toBe(404);
    expect((await uma.browser.get(`/projects/${slug}`)).body).toMatchObject({ role: 'owner' });
    expect((await uma.browser.get(`/projects/${slug}/keys`)).body.items).toEqual([]);
    expect((await uma.browser.get(`/projects/${slug}/connections`)).body.items[0].preview).toBe('');
    const answer = await fetch(`${server.url}/mcp/${slug}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key.body.secret}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    expect(answer.status).toBe(401);
  });
});

describe('a private project', () => {
  it('is as absent for all it is not for, and its open streams end', async () => {
    const { slug, workflow } = await projectWith(owner, 'hidden');
    const ivy = await member('editor');
    const jon = await member('viewer');
    const path = `/projects/${slug}/workflows/${workflow}/presence?window=w`;
    const stream = await fetch(`${server.url}/api/v1${path}`, { headers: { cookie: ivy.browser.cookie } });
    const reader = stream.body!.getReader();
    await reader.read();
    await owner.put(`/projects/${slug}/people/${jon.id}`, { role: 'editor' });

    expect((await owner.patch(`/projects/${slug}/people`, { private: true })).status).toBe(200);

    for (;;) if ((await reader.read()).done) break;
    const hidden = await ivy.browser.get(`/projects/${slug}`);
    const absent = await ivy.browser.get('/projects/no-such-project');
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    expect((await ivy.browser.get('/projects')).body.items).not.toContainEqual(
      expect.objectContaining({ slug }),
    );
    expect((await jon.browser.get('/projects')).body.items).toContainEqual(
      expect.objectContaining({ slug, role: 'editor', private: true }),
    );
    await eventually(async () => (await jon.browser.get(`/projects/${slug}`)).status === 200);
  });
});

describe('a workflow that is passed on', () => {
  let slug: string;
  let workflow: string;

  beforeAll(async () => {
    ({ slug, workflow } = await projectWith(owner, 'sharing'));
    const { body } = await owner.post(`/projects/${slug}/connections`, {
      name: 'Shop',
      type: 'bearer',
      hosts: ['api.shop.example'],
      secret: { token: 'tok_canary_abcdefghijkl' },
    });
    const document = {
      ...withStep('http', { url: 'https://api.shop.example/orders', connection: body.id }),
      name: 'orders',
    };
    const made = await owner.post(`/projects/${slug}/workflows`, { name: 'orders', document });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    workflow = made.body.id;
  });

  const facts = { title: 'Orders of the shop', summary: 'Reads orders.', tags: ['orders'] };

  it('is a template for the organization, renewed and withdrawn by who may', async () => {
    const author = await member('editor');
    const colleague = await member('editor');
    const eve = await server.person('Evita', { organization: 'Umbrella' });
    const shared = await author.browser.post(`/projects/${slug}/workflows/${workflow}/share`, facts);
    expect(shared.status, JSON.stringify(shared.body)).toBe(201);
    const { id } = shared.body;
    const template = (await colleague.browser.get('/templates')).body.items[0];
    expect(template).toMatchObject({
      id,
      ...facts,
      needs: ['api.shop.example'],
      tool: 'orders',
      shared: { mayChange: false },
    });
    expect((await author.browser.get(`/projects/${slug}/templates`)).body.items[0].shared.mayChange).toBe(
      true,
    );
    expect(JSON.stringify(template)).not.toContain('canary');
    expect((await eve.get('/templates')).body.items.map((each: { id: string }) => each.id)).not.toContain(id);

    const { slug: other } = await projectWith(colleague.browser, 'takes-template', { publish: false });
    const added = await colleague.browser.post(`/projects/${other}/templates`, { template: id });
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    expect((await owner.get(`/projects/${other}/connections`)).body.items).toMatchObject([
      { name: 'Shop', hosts: ['api.shop.example'], preview: '' },
    ]);
    const { slug: theirs } = await projectWith(eve, 'umbrella-project', { publish: false });
    expect((await eve.post(`/projects/${theirs}/templates`, { template: id })).status).toBe(404);

    const share = `/projects/${slug}/workflows/${workflow}/share`;
    expect((await colleague.browser.post(share, { ...facts, template: id })).status).toBe(404);
    expect((await author.browser.post(share, { ...facts, title: 'Newer', template: id })).body.title).toBe(
      'Newer',
    );
    expect((await author.browser.post(share, { ...facts, which: 'published' })).status).toBe(409);
    expect((await author.browser.post(share, { ...facts, organizationId: 'x' })).status).toBe(400);
    expect((await colleague.browser.delete(`/templates/${id}`)).status).toBe(404);
    expect((await eve.delete(`/templates/${id}`)).status).toBe(404);
    expect((await author.browser.delete(`/templates/${id}`)).status).toBe(204);
    expect((await colleague.browser.get('/templates')).body.items[0].id).not.toBe(id);
  });

  it('is a file, which comes back as a draft that is bound to nothing', async () => {
    const file = (await owner.get(`/projects/${slug}/workflows/${workflow}/file`)).body;
    expect(JSON.stringify(file)).not.toContain('canary');
    expect(file).toMatchObject({
      patchbay: 'workflow',
      workflows: [{ name: 'orders' }],
      connections: [{ name: 'Shop', type: 'bearer', hosts: ['api.shop.example'] }],
    });
    // Whoever made the file cannot reach for what is in the project already.
    const { items } = (await owner.get(`/projects/${slug}/connections`)).body;
    const reaching = structuredClone(file);
    const step = reaching.workflows[0].document.nodes.find((node: { kind: string }) => node.kind === 'http');
    step.config.connection = items[0].id;
    reaching.connections = [];
    const taken = await owner.post(`/projects/${slug}/workflows/import`, { content: reaching });
    expect(taken.status, JSON.stringify(taken.body)).toBe(201);
    expect(taken.body.workflows[0].name).toBe('orders_2');
    const { document } = (await owner.get(`/projects/${slug}/workflows/${taken.body.open}`)).body;
    expect(JSON.stringify(document)).not.toContain(items[0].id);

    const again = await owner.post(`/projects/${slug}/workflows/import`, { content: file });
    expect(again.status).toBe(201);
    const connections = (await owner.get(`/projects/${slug}/connections`)).body.items;
    expect(connections).toMatchObject([{ name: 'Shop' }, { name: 'Shop 2', preview: '' }]);
  });

  it.each<[string, (file: Record<string, unknown>) => unknown]>([
    ['text', () => 'hello'],
    ['nothing', () => null],
    ['another kind of file', (file) => ({ ...file, patchbay: 'project' })],
    ['a newer version', (file) => ({ ...file, schemaVersion: 2 })],
    ['more than is known', (file) => ({ ...file, run: true })],
    ['no workflow', (file) => ({ ...file, workflows: [] })],
    ['a name that is a path', (file) => ({ ...file, workflows: [{ name: '../x', document: {} }] })],
    ['a document that is none', (file) => ({ ...file, workflows: [{ name: 'x', document: { nodes: 7 } }] })],
    [
      'a kind that there is not',
      (file) => JSON.parse(JSON.stringify(file).replaceAll('"kind":"http"', '"kind":"shell"')),
    ],
    [
      'one in another a thousand times',
      (file) => {
        let deep: unknown = 1;
        for (let level = 0; level < 1000; level += 1) deep = { deep };
        return { ...file, workflows: [{ name: 'x', document: deep }] };
      },
    ],
  ])('is refused when it is %s, and nothing is made', async (_what, change) => {
    const file = (await owner.get(`/projects/${slug}/workflows/${workflow}/file`)).body;
    const before = (await owner.get(`/projects/${slug}/workflows`)).body.items.length;
    const answer = await owner.post(`/projects/${slug}/workflows/import`, { content: change(file) });
    expect([400, 422], JSON.stringify(answer.body)).toContain(answer.status);
    expect((await owner.get(`/projects/${slug}/workflows`)).body.items).toHaveLength(before);
  });
});
