import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDraft, withStep } from './documents.ts';
import { mcp, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('export and import', () => {
  it('give the same bytes again', async () => {
    const { owner } = server;
    const { workflow: echo } = await projectWith(owner, 'origin', { document: createDraft() });
    await owner.patch('/projects/origin', {
      instructions: 'Be kind.\nBe brief.',
      env: { B: '2', A: 'ä "quoted"' },
    });
    const { body: base } = await owner.post('/projects/origin/knowledge', { name: 'Böse / Namen' });
    const form = new FormData();
    form.append('file', new File(['# One\n\ntext'], 'one.md'));
    form.append('file', new File(['# Two\n\ntext'], 'two.md'));
    await owner.send('POST', `/projects/origin/knowledge/${base.id}/documents`, form);
    const { body: connection } = await owner.post('/projects/origin/connections', {
      name: 'Shop',
      type: 'basic',
      hosts: ['shop.example.com'],
      secret: { username: 'canary-user', password: 'canary-password' },
    });
    for (const [name, document] of [
      [
        'call',
        withStep('http', { method: 'GET', url: 'https://shop.example.com', connection: connection.id }),
      ],
      ['look', withStep('knowledge', { base: base.id, query: '{{ input.text }}' })],
      ['code', withStep('javascript', { code: 'return 1;\n\n' })],
      ['again', withStep('run-workflow', { workflow: echo, input: { text: 'x' } })],
    ] as const) {
      expect((await owner.post('/projects/origin/workflows', { name, document })).status).toBe(201);
    }

    await owner.post('/projects/origin/toolsets', {
      name: 'analysis',
      title: 'To look at',
      access: 'oauth',
      workflows: ['echo'],
    });
    const first = await owner.get('/projects/origin/export');
    expect(Object.keys(first.body.files).sort()).toEqual([
      'knowledge/bose-namen/one.md',
      'knowledge/bose-namen/two.md',
      'project.yaml',
      'workflows/again.json',
      'workflows/call.json',
      'workflows/code.json',
      'workflows/code.middle.js',
      'workflows/echo.json',
      'workflows/look.json',
    ]);
    expect(JSON.stringify(first.body)).not.toContain('canary');
    expect(first.body.files['workflows/call.json']).toContain('"connection": "Shop"');
    expect(first.body.files['workflows/again.json']).toContain('"workflow": "echo"');

    const imported = await owner.post('/projects/import', { files: first.body.files, slug: 'copy' });
    expect(imported).toMatchObject({ status: 201, body: { slug: 'copy', release: 0, workflowCount: 5 } });
    const toolsets = await owner.get('/projects/copy/toolsets');
    expect(toolsets.body.items).toMatchObject([{ name: 'analysis', access: 'oauth', workflows: ['echo'] }]);
    const second = await owner.get('/projects/copy/export');
    const renamed = { ...first.body.files };
    renamed['project.yaml'] = renamed['project.yaml'].replace('slug: origin', 'slug: copy');
    expect(second.body.files).toEqual(renamed);
  });

  it('import drafts and nothing that runs', async () => {
    const { body } = await server.owner.get('/projects/copy/workflows');
    for (const workflow of body.items)
      expect(workflow).toMatchObject({ liveVersion: null, latestVersion: null });
    const { body: connections } = await server.owner.get('/projects/copy/connections');
    expect(connections.items).toMatchObject([{ name: 'Shop', preview: '' }]);
    const call = body.items.find((workflow: { name: string }) => workflow.name === 'call');
    const run = await server.owner.post(`/projects/copy/workflows/${call.id}/runs`, { input: { text: 'x' } });
    const events = await server.owner.events(`/projects/copy/runs/${run.body.runId}/events`);
    expect(events.at(-1)).toMatchObject({ error: { code: 'CONNECTION_UNBOUND' } });
  });

  it('refuse garbage with the whole list, and leave nothing behind', async () => {
    const before = (await server.owner.get('/projects')).body.items.length;
    const { body } = await server.owner.get('/projects/copy/export');
    const broken = { ...body.files };
    broken['workflows/echo.json'] = broken['workflows/echo.json'].replace('"output"', '"teleport"');
    broken['workflows/look.json'] = '{';
    broken['evil.sh'] = 'rm -rf /';
    const answer = await server.owner.post('/projects/import', { files: broken, slug: 'broken' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(answer.body.faults).toHaveLength(3);
    for (const files of [{}, { '../project.yaml': '' }, { 'project.yaml': '\0' }]) {
      expect((await server.owner.post('/projects/import', { files, slug: 'broken' })).status).toBe(422);
    }
    expect((await server.owner.post('/projects/import', { files: body.files, slug: 'copy' })).status).toBe(
      409,
    );
    expect((await server.owner.get('/projects')).body.items).toHaveLength(before);
  });

  it('refuse a workflow that goes in a circle', async () => {
    const { body } = await server.owner.get('/projects/copy/export');
    const document = JSON.parse(body.files['workflows/code.json']);
    document.edges.push({ id: 'back', from: { node: 'middle', handle: 'out' }, to: { node: 'middle' } });
    const files = { ...body.files, 'workflows/code.json': JSON.stringify(document) };
    const answer = await server.owner.post('/projects/import', { files, slug: 'circle' });
    expect(answer.status).toBe(422);
  });
});

describe('the starter', () => {
  it('answers from its guide where the weather service cannot be reached', async () => {
    await server.owner.patch('/projects/starter', {
      env: { WEATHER_URL: 'http://127.0.0.1:9' },
      access: 'public',
    });
    const { body } = await mcp(server.url, 'starter', 'tools/call', {
      name: 'plan_trip',
      arguments: { city: 'Oslo' },
    });
    expect(body.result.isError ?? false).toBe(false);
    expect(body.result.structuredContent).toMatchObject({
      city: 'Oslo',
      weather: 'no weather report (the weather service could not be reached)',
    });
    expect(body.result.content[0].text).toContain('Oslo');
    expect(body.result.structuredContent.passages.length).toBeGreaterThan(0);
  });
});
