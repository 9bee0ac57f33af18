import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDraft, withStep } from './documents.ts';
import { mcp, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('drafts', () => {
  it('are saved on top of the revision they were made from', async () => {
    const { workflow } = await projectWith(server.owner, 'saves', { publish: false });
    const at = `/projects/saves/workflows/${workflow}`;
    const saved = await server.owner.put(`${at}/draft`, {
      revision: 1,
      document: createDraft('echo', 'You said '),
    });
    expect(saved).toMatchObject({
      status: 200,
      body: { revision: 2, problems: [], contract: { name: 'echo' } },
    });
    const { body } = await server.owner.get(at);
    expect(body.document.nodes[1].config.parts[0].text).toBe('You said {{ input.text }}');
  });

  it('tell whoever comes too late who did what', async () => {
    const grace = await server.person('Grace', { role: 'editor' });
    const { workflow } = await projectWith(server.owner, 'both', { publish: false });
    const at = `/projects/both/workflows/${workflow}`;
    const { body: opened } = await grace.get(at);

    const document = structuredClone(opened.document);
    document.nodes[1].key = 'reply';
    document.nodes.push({
      id: 'n',
      key: 'fetch',
      kind: 'http',
      config: { url: 'https://a.test' },
      position: { x: 0, y: 0 },
    });
    await server.owner.put(`${at}/draft`, { revision: opened.revision, document });

    const late = await grace.put(`${at}/draft`, { revision: opened.revision, document: opened.document });
    expect(late.status).toBe(409);
    expect(late.body).toMatchObject({
      code: 'conflict',
      detail: 'Ada renamed answer to reply, added an HTTP request (fetch) since you opened it.',
      changed: ['renamed answer to reply', 'added an HTTP request (fetch)'],
      current: { revision: opened.revision + 1, savedBy: 'Ada', document },
    });
    const { body: after } = await grace.get(at);
    expect(after.document).toEqual(document);
  });

  it('warn of an environment value that the project does not have', async () => {
    const document = createDraft('echo', '{{ env.GREETING }} ');
    const { workflow } = await projectWith(server.owner, 'greets', { document, publish: false });
    const at = `/projects/greets/workflows/${workflow}`;
    const { body: without } = await server.owner.put(`${at}/draft`, { revision: 1, document });
    expect(without.problems).toMatchObject([{ code: 'expression_missing_env', severity: 'warning' }]);
    await server.owner.patch('/projects/greets', { env: { GREETING: 'Hello' } });
    expect((await server.owner.get(at)).body.problemList).toEqual([]);
  });

  it('may have problems, which are counted and told', async () => {
    const document = withStep('http', { method: 'GET', url: '{{ input.nothing }}' });
    const { workflow } = await projectWith(server.owner, 'problems', { document, publish: false });
    const { body } = await server.owner.get(`/projects/problems/workflows/${workflow}`);
    expect(body.problemList).not.toEqual([]);
    const broken = { ...document, edges: [] };
    const saved = await server.owner.put(`/projects/problems/workflows/${workflow}/draft`, {
      revision: body.revision,
      document: broken,
    });
    expect(saved.status).toBe(200);
    expect(saved.body.contract).toBeNull();
    const { body: list } = await server.owner.get('/projects/problems/workflows');
    expect(list.items[0].problems).toBeGreaterThan(0);
  });

  it('that are no documents are refused with the list of what is wrong', async () => {
    const { workflow } = await projectWith(server.owner, 'garbage', { publish: false });
    const put = (document: unknown) =>
      server.owner.put(`/projects/garbage/workflows/${workflow}/draft`, { revision: 1, document });
    const wrong = await put({ ...createDraft(), nodes: 'none', colour: 'red', schemaVersion: 99 });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid' } });
    const faults = wrong.body.faults.join('\n');
    for (const word of ['nodes', 'colour', 'schemaVersion']) expect(faults).toContain(word);
    const deep = JSON.stringify({ revision: 1, document: { ...createDraft(), settings: 'DEEP' } }).replace(
      '"DEEP"',
      '['.repeat(50_000) + ']'.repeat(50_000),
    );
    const refused = await server.owner.send('PUT', `/projects/garbage/workflows/${workflow}/draft`, deep, {
      'content-type': 'application/json',
    });
    expect(refused.body.detail).toContain('nested deeper');
    expect((await put([])).status).toBe(400);
  });

  it('cannot take the name of another workflow', async () => {
    await projectWith(server.owner, 'names', { publish: false });
    const second = await server.owner.post('/projects/names/workflows', { name: 'echo' });
    expect(second).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('begin with a start and an end that are joined', async () => {
    const { body } = await server.owner.post('/projects/names/workflows', { name: 'fresh', title: 'Fresh' });
    expect(body).toMatchObject({ name: 'fresh', title: 'Fresh', revision: 1 });
    expect(body.document.nodes).toHaveLength(2);
    expect(body.document.edges).toHaveLength(1);
  });
});

describe('publishing', () => {
  const call = async (slug: string, text: string) => {
    const { body } = await mcp(server.url, slug, 'tools/call', { name: 'echo', arguments: { text } });
    return body.result?.content?.[0]?.text ?? body;
  };

  it('is live on the next request, and so are roll-back and unpublishing', async () => {
    const { workflow } = await projectWith(server.owner, 'live', { document: createDraft('echo', 'one ') });
    await server.owner.patch('/projects/live', { access: 'public' });
    const at = `/projects/live/workflows/${workflow}`;
    expect(await call('live', 'a')).toBe('one a');

    const saved = await server.owner.put(`${at}/draft`, {
      revision: 1,
      document: createDraft('echo', 'two '),
    });
    expect(await call('live', 'b')).toBe('one b');
    const published = await server.owner.post(`${at}/publish`, {
      revision: saved.body.revision,
      note: 'better',
    });
    expect(published).toMatchObject({ status: 200, body: { version: 2, release: 2 } });
    expect(await call('live', 'c')).toBe('two c');

    expect(await server.owner.post(`${at}/rollback`, { version: 1 })).toMatchObject({ body: { release: 3 } });
    expect(await call('live', 'd')).toBe('one d');

    const { body: versions } = await server.owner.get(`${at}/versions`);
    expect(versions.items).toMatchObject([
      { version: 2, live: false, note: 'better', publishedBy: 'Ada' },
      { version: 1, live: true },
    ]);
    const { body: second } = await server.owner.get(`${at}/versions/2`);
    expect(second.document).toEqual(createDraft('echo', 'two '));

    await server.owner.post(`${at}/unpublish`);
    const { body: list } = await mcp(server.url, 'live', 'tools/list');
    expect(list.result.tools).toEqual([]);
  });

  it('is of what the publisher saw', async () => {
    const { workflow } = await projectWith(server.owner, 'seen', { publish: false });
    const at = `/projects/seen/workflows/${workflow}`;
    await server.owner.put(`${at}/draft`, { revision: 1, document: createDraft('echo', 'newer ') });
    const late = await server.owner.post(`${at}/publish`, { revision: 1 });
    expect(late).toMatchObject({ status: 409, body: { current: { revision: 2 } } });
  });

  it('is blocked by problems, which are told', async () => {
    const document = { ...createDraft(), edges: [] };
    const { workflow } = await projectWith(server.owner, 'blocked', { document, publish: false });
    const answer = await server.owner.post(`/projects/blocked/workflows/${workflow}/publish`, {
      revision: 1,
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(answer.body.problems.length).toBeGreaterThan(0);
  });

  it('leaves a trace that cannot be changed unseen', async () => {
    const { auditOf } = await import('#lib/db/audit.ts');
    const audit = auditOf(server.app.db, { type: 'system' });
    const { body } = await server.owner.get('/session');
    const events = await audit.list({ organizationId: body.organization.id, limit: 1000 });
    const actions = new Set(events.map((event) => event.action));
    for (const action of ['session.create', 'project.create', 'workflow.publish', 'workflow.rollback']) {
      expect([...actions]).toContain(action);
    }
    expect(await audit.firstBroken(body.organization.id)).toBeNull();
  });
});
