import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchPair } from '#lib/operations/search-pair.ts';
import { readTemplates } from '#lib/operations/templates.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { lint } from '#lib/workflow/lint.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { withStep } from './documents.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

// The steps that write, read and search knowledge bases, run for real, and what clients get of it.

describe.each(DATABASES)('knowledge in workflows, on $name', ({ create }) => {
  let database: EmptyDatabase;
  let server: TestServer;
  let first: string;
  let second: string;
  const at = '/projects/library';

  beforeAll(async () => {
    database = await create();
    server = await startTestServer({
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    });
    await server.owner.post('/projects', { name: 'Library', slug: 'library' });
    first = (await server.owner.post(`${at}/knowledge`, { name: 'First base' })).body.id;
    second = (await server.owner.post(`${at}/knowledge`, { name: 'Second' })).body.id;
    await upload(first, 'guides/returns.md', '# Returns\n\nMoney is paid back within fourteen days.');
    const long = Array.from(
      { length: 400 },
      (_, index) => `Line ${index} tells of lighthouses in the north.`,
    );
    await upload(second, 'long.md', `# Lighthouses\n\n${long.join('\n\n')}`);
    await eventually(async () => {
      const bases = (await server.owner.get(`${at}/knowledge`)).body.items;
      return bases.every((base: { chunkCount: number }) => base.chunkCount > 0);
    });
  });
  afterAll(async () => {
    await server?.close();
    await database?.remove();
  });

  async function upload(base: string, name: string, text: string) {
    const form = new FormData();
    form.append('file', new File([text], name));
    const done = await server.owner.send('POST', `${at}/knowledge/${base}/documents`, form);
    expect(done.status, JSON.stringify(done.body)).toBe(202);
  }

  let made = 0;
  /** Runs one step, and answers with its value; `{ error }` where it failed. */
  async function step(kind: string, config: JsonObject): Promise<JsonObject> {
    const document = withStep(kind, config) as unknown as { nodes: JsonObject[] };
    const workflow = await server.owner.post(`${at}/workflows`, { name: `step_${made++}`, document });
    const run = await server.owner.post(`${at}/workflows/${workflow.body.id}/runs`, { input: { text: 'x' } });
    const { body } = await eventually(async () => {
      await server.app.recorder.flush();
      const found = await server.owner.get(`${at}/runs/${run.body.runId}`);
      return ['succeeded', 'failed'].includes(found.body.status) && found;
    });
    const { items } = (await server.owner.get(`${at}/runs/${run.body.runId}/steps`)).body ?? {};
    const steps = (items ?? body.steps) as { key: string; value?: { json?: JsonObject } | JsonObject }[];
    const middle = steps.find(({ key }) => key === 'middle')!;
    if (body.status === 'failed') return { error: body.error };
    return middle as unknown as JsonObject;
  }

  const names = async (base: string) =>
    (await server.owner.get(`${at}/knowledge/${base}/documents`)).body.items
      .map(({ path }: { path: string }) => path)
      .sort();

  it('a run writes a document, which is found, replaced, and removed again', async () => {
    const add = (content: string) =>
      step('add-to-knowledge', {
        base: first,
        action: { type: 'add', path: 'guides/returns.md', content, wait: 20 },
      });
    const written = JSON.stringify(await add('# Parrots\n\nParrots speak when they are spoken to.'));
    expect(written).toContain('"outcome":"added"');
    expect(written).toContain('"state":"searchable"');
    // Apart from what people uploaded, also where the path is the same.
    expect(await names(first)).toEqual(['guides/returns.md', 'workflows/guides/returns.md']);
    const search = async (q: string) =>
      (await server.owner.get(`${at}/knowledge/${first}/search?q=${q}`)).body.hits as JsonObject[];
    expect((await search('parrots'))[0]).toMatchObject({
      uri: 'knowledge://First%20base/workflows/guides/returns.md',
    });
    expect(JSON.stringify(await add('# Parrots\n\nParrots speak when they are spoken to.'))).toContain(
      '"outcome":"unchanged"',
    );
    expect(JSON.stringify(await add('# Owls\n\nOwls say nothing at all.'))).toContain('"outcome":"changed"');
    expect(await search('parrots')).toEqual([]);
    expect(await search('owls')).toHaveLength(1);
    // Nor does it take the name of what is there.
    for (const document of ['returns.md', 'knowledge://First%20base/returns.md']) {
      expect(JSON.stringify(await step('read-document', { base: first, document }))).toContain(
        'fourteen days',
      );
    }
    const remove = () =>
      step('add-to-knowledge', { base: first, action: { type: 'remove', path: 'guides/returns.md' } });
    expect(JSON.stringify(await remove())).toContain('true');
    expect(JSON.stringify(await remove())).toContain('false');
    expect(await names(first)).toEqual(['guides/returns.md']);
    const events = (await server.owner.get('/audit?about=knowledge')).body.items;
    expect(events.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['knowledge.put', 'knowledge.take']),
    );
  });

  it('says what it cannot write, and writes into no other project', async () => {
    const refused = await step('add-to-knowledge', {
      base: first,
      action: { type: 'add', path: 'x.exe', content: 'MZ' },
    });
    expect(JSON.stringify(refused)).toContain('DOCUMENT_REFUSED');
    await server.owner.post('/projects', { name: 'Other', slug: 'other' });
    const foreign = await server.owner.post('/projects/other/knowledge', { name: 'Foreign' });
    for (const base of [foreign.body.id, 'Foreign']) {
      const add = { base, action: { type: 'add', path: 'x.md', content: 'x' } };
      expect(JSON.stringify(await step('add-to-knowledge', add))).toContain('KNOWLEDGE_MISSING');
      const read = { base, document: 'x.md' };
      expect(JSON.stringify(await step('read-document', read))).toContain('KNOWLEDGE_MISSING');
    }
    expect(
      (await server.owner.get(`/projects/other/knowledge/${foreign.body.id}/documents`)).body.items,
    ).toEqual([]);
  });

  it('a document is read by id, path, name and URI, in parts that join without a seam', async () => {
    for (const document of [
      'guides/returns.md',
      'returns.md',
      'knowledge://First%20base/guides/returns.md',
    ]) {
      expect(JSON.stringify(await step('read-document', { base: first, document }))).toContain(
        '# Returns\\n\\nMoney is paid back within fourteen days.',
      );
    }
    const gone = JSON.stringify(await step('read-document', { base: first, document: 'long.md' }));
    expect(gone).toContain('DOCUMENT_MISSING');
  });

  it('search and fetch are made for several bases, published, and used by both official clients', async () => {
    const { status, body } = await server.owner.post(`${at}/knowledge/search-and-fetch`, {
      bases: [first, second],
    });
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body.workflows.map(({ name }: { name: string }) => name)).toEqual(['search', 'fetch']);
    const again = await server.owner.post(`${at}/knowledge/search-and-fetch`, { bases: [first] });
    expect(again.status).toBe(409);
    const none = '00000000-0000-4000-8000-000000000000';
    expect((await server.owner.post(`${at}/knowledge/search-and-fetch`, { bases: [none] })).status).toBe(404);
    for (const { id, name } of body.workflows) {
      const { revision } = (await server.owner.get(`${at}/workflows/${id}`)).body;
      const done = await server.owner.post(`${at}/workflows/${id}/publish`, { revision });
      expect(done.status, JSON.stringify(done.body)).toBeLessThan(300);
      const { contract } = done.body as { contract: Contract };
      const other = name === 'search' ? 'fetch' : 'search';
      expect(lint(contract, { project: 'library', others: [other] })).toMatchObject({
        score: 100,
        advice: [],
      });
      // The name alone is one that every server has.
      expect(lint(contract, { project: 'library' }).advice.map(({ code }) => code)).toEqual(['name_generic']);
    }
    const key = (await server.owner.post(`${at}/keys`, { name: 'k' })).body.secret;
    const requestInit = { headers: { authorization: `Bearer ${key}` } };
    const url = new URL(`${server.url}/mcp/library`);
    const newer = new Client({ name: 'newer', version: '1' });
    await newer.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    const older = new OlderClient({ name: 'older', version: '1' });
    await older.connect(new OlderTransport(url, { requestInit }) as never);
    await server.owner.patch(`${at}/knowledge/${first}`, { offered: true });
    await server.owner.patch(`${at}/knowledge/${second}`, { offered: true });
    for (const client of [newer, older as unknown as Client]) {
      const found = await client.callTool({
        name: 'search',
        arguments: { query: 'money paid back lighthouses' },
      });
      const [text] = found.content as { text: string }[];
      expect(JSON.parse(text!.text)).toEqual(found.structuredContent);
      const { results } = found.structuredContent as {
        results: { id: string; title: string; url: string }[];
      };
      // One result for each document, of both bases.
      expect(results.map(({ title }) => title).sort()).toEqual(['Lighthouses', 'Returns']);
      const lighthouses = results.find(({ title }) => title === 'Lighthouses')!;
      let id: string | null = lighthouses.id;
      let read = '';
      for (let part = 0; id !== null && part < 10; part += 1) {
        const answer = await client.callTool({ name: 'fetch', arguments: { id } });
        const data = answer.structuredContent as {
          id: string;
          text: string;
          metadata: { next: string | null };
        };
        expect(data.id).toBe(id);
        read += data.text;
        id = data.metadata.next;
      }
      expect(read.match(/Line \d+ tells/g)).toEqual(
        Array.from({ length: 400 }, (_, index) => `Line ${index} tells`),
      );
      // What a search names can be read as a resource, when the base is offered.
      for (const { url: uri } of results) {
        const { contents } = await client.readResource({ uri });
        expect(contents[0]).toMatchObject({ uri, mimeType: 'text/markdown' });
      }
      const { resources } = await client.listResources();
      expect(resources.map(({ uri }) => uri)).toEqual([
        'knowledge://First%20base/guides/returns.md',
        'knowledge://Second/long.md',
      ]);
      const encoded = await client.readResource({ uri: 'knowledge://First%20base/guides%2Freturns.md' });
      expect(encoded.contents).toHaveLength(1);
      const completed = await client.complete({
        ref: { type: 'ref/resource', uri: 'knowledge://{base}/{document}' },
        argument: { name: 'document', value: 'RETURN' },
        context: { arguments: { base: 'First base' } },
      });
      expect(completed.completion.values).toEqual(['guides/returns.md']);
    }
    await newer.close();
    await older.close();
  });

  it('of 2,000 documents pages are listed, and names completed that stand at the end', async () => {
    const { projectId, organizationId } = await server.app.db.prisma.document.findFirstOrThrow({
      where: { baseId: second },
    });
    const many = await server.owner.post(`${at}/knowledge`, { name: 'Many' });
    const rows = Array.from({ length: 2000 }, (_, index) => {
      const name = `document-${String(index).padStart(5, '0')}.md`;
      const ids = { projectId, organizationId, baseId: many.body.id as string };
      return { ...ids, name, path: `all/${name}`, mimeType: 'text/markdown', bytes: 1, storageKey: 'x' };
    });
    for (let start = 0; start < rows.length; start += 1000) {
      await server.app.db.prisma.document.createMany({ data: rows.slice(start, start + 1000) });
    }
    await server.owner.patch(`${at}/knowledge/${many.body.id}`, { offered: true });
    const key = (await server.owner.post(`${at}/keys`, { name: 'many' })).body.secret;
    const client = new Client({ name: 'many', version: '1' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${server.url}/mcp/library`), {
        requestInit: { headers: { authorization: `Bearer ${key}` } },
      }),
    );
    const seen = new Set<string>();
    let cursor: string | undefined;
    for (let page = 0; page < 30; page += 1) {
      const { resources, nextCursor } = await client.listResources(cursor ? { cursor } : undefined);
      for (const { uri } of resources) seen.add(uri);
      cursor = nextCursor;
      if (!cursor) break;
    }
    expect([...seen].filter((uri) => uri.startsWith('knowledge://Many/all/'))).toHaveLength(2000);
    const { completion } = await client.complete({
      ref: { type: 'ref/resource', uri: 'knowledge://{base}/{document}' },
      argument: { name: 'document', value: 'document-0199' },
      context: { arguments: { base: 'Many' } },
    });
    expect(completion.values[0]).toBe('all/document-01990.md');
    expect(completion.values).toHaveLength(10);
    await client.close();
  });
});

it('the template has the pair as it is made for a project', async () => {
  const template = (await readTemplates()).find(({ id }) => id === 'search-and-fetch')!;
  const { search, fetch } = searchPair(['Library'], 'the documents of the project');
  expect(template.content.workflows.map(({ document }) => document)).toEqual([fetch, search]);
});
