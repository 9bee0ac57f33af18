import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBase } from '#lib/operations/create-base.ts';
import { putDocument } from '#lib/operations/put-document.ts';
import { deleteDocument } from '#lib/operations/remove-documents.ts';
import { updateBase } from '#lib/operations/update-base.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { DATABASES } from '#test/support/databases.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { legacy, modern } from './support/wire.ts';
import { answer, NO_ARGUMENTS, resource } from './support/workflows.ts';

describe.each(DATABASES)('documents of knowledge bases, on $name', ({ create }) => {
  let database: Awaited<ReturnType<typeof create>>;
  let server: TestServer;
  let project: TestProject;
  let house: string;
  let secret: string;

  beforeAll(async () => {
    database = await create();
    server = await startTestServer({
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    });
    project = await server.project('library', {
      workflows: [resource('rules', { uri: 'house://rules' }, NO_ARGUMENTS, answer('None.'))],
    });
    house = (await createBase(server.app, server.owner, 'library', { name: 'House & garden' })).id;
    secret = (await createBase(server.app, server.owner, 'library', { name: 'Secret' })).id;
    await upload(house, 'wifi.md', '# Wifi\nThe password is hunter2.');
    await upload(house, 'guests.txt', 'Be kind.');
    await upload(secret, 'plan.md', 'No one reads this.');
    await server.project('elsewhere');
  });

  afterAll(async () => {
    await server?.close();
    await database?.remove();
  });

  const upload = (base: string, path: string, text: string) =>
    putDocument(
      server.app,
      server.owner,
      { project: 'library', base },
      { path, name: path, data: Buffer.from(text) },
    );
  const offer = (base: string, offered: boolean) =>
    updateBase(server.app, server.owner, { project: 'library', base }, { offered });
  const list = async (key = project.key, cursor?: string) => {
    const { result } = (await modern(project.url, key, { method: 'resources/list', params: { cursor } }))
      .json;
    return result as unknown as { resources: JsonObject[]; nextCursor?: string };
  };
  const uris = async (key?: string) => (await list(key)).resources.map(({ uri }) => uri);
  const read = (uri: string, key = project.key) =>
    modern(project.url, key, { method: 'resources/read', params: { uri } });

  const WIFI = 'knowledge://House%20%26%20garden/wifi.md';

  it('are no resources until they are offered', async () => {
    expect(await uris()).toEqual(['house://rules']);
    expect((await read(WIFI)).json.error?.code).toBe(-32602);
  });

  it('are listed and read when they are', async () => {
    await offer(house, true);
    const { resources } = await list();
    expect(resources.slice(1)).toEqual([
      {
        uri: 'knowledge://House%20%26%20garden/guests.txt',
        name: 'guests.txt',
        description: 'A document of the knowledge base "House & garden".',
        mimeType: 'text/plain',
        size: 8,
        annotations: { lastModified: expect.stringMatching(/^\d{4}-.*Z$/) },
      },
      expect.objectContaining({ uri: WIFI, mimeType: 'text/markdown' }),
    ]);
    expect((await read(WIFI)).json.result).toMatchObject({
      contents: [{ uri: WIFI, mimeType: 'text/markdown', text: '# Wifi\nThe password is hunter2.' }],
      ttlMs: 60_000,
      cacheScope: 'private',
    });
    const params = { uri: WIFI };
    const before = { jsonrpc: '2.0', id: 1, method: 'resources/read', params };
    expect((await legacy(project.url, project.key, before)).json.result).toEqual({
      contents: [{ uri: WIFI, mimeType: 'text/markdown', text: '# Wifi\nThe password is hunter2.' }],
    });
    const templates = await modern(project.url, project.key, { method: 'resources/templates/list' });
    expect(templates.json.result).toMatchObject({
      resourceTemplates: [{ uriTemplate: 'knowledge://{base}/{document}', name: 'knowledge' }],
    });
  });

  it('of one name are told apart by their paths', async () => {
    const [old] = (await list()).resources.filter(({ name }) => name === 'guests.txt');
    const { document } = await upload(house, 'new/guests.txt', 'Be kinder.');
    const listed = (await list()).resources.filter(({ name }) => name === 'guests.txt');
    expect(listed).toHaveLength(2);
    expect(listed[0]!['uri']).toBe(old!['uri']);
    const texts = await Promise.all(listed.map(async ({ uri }) => (await read(String(uri))).json.result));
    expect(texts).toMatchObject([
      { contents: [{ text: 'Be kind.' }] },
      { contents: [{ text: 'Be kinder.' }] },
    ]);
    await deleteDocument(server.app, server.owner, {
      project: 'library',
      base: house,
      document: document.id,
    });
    expect((await read(String(old!['uri']))).json.result).toMatchObject({ contents: [{ text: 'Be kind.' }] });
  });

  it('of bases that are not offered stay unseen, also by their ids', async () => {
    expect(await uris()).not.toContainEqual(expect.stringContaining('plan.md'));
    for (const uri of [
      'knowledge://Secret/plan.md',
      `knowledge://${secret}/plan.md`,
      `knowledge://House%20%26%20garden/plan.md`,
      'knowledge://House%20%26%20garden/%00',
      'knowledge://House%20%26%20garden/%',
      'knowledge://House%20%26%20garden/wifi.md/',
      'knowledge://House%20%26%20garden/../Secret/plan.md',
      'knowledge:///wifi.md',
      'knowledge://',
    ]) {
      expect([uri, (await read(uri)).json.error?.code]).toEqual([uri, -32602]);
    }
  });

  it('are not for keys of some workflows, nor for other projects', async () => {
    const { key } = await project.newKey(['rules']);
    expect(await uris(key)).toEqual(['house://rules']);
    expect((await read(WIFI, key)).json.error?.code).toBe(-32602);
    const templates = await modern(project.url, key, { method: 'resources/templates/list' });
    expect(templates.json.result).toMatchObject({ resourceTemplates: [] });
    const other = await server.project('neighbour');
    const there = await modern(other.url, other.key, { method: 'resources/read', params: { uri: WIFI } });
    expect(there.json.error?.code).toBe(-32602);
  });

  it('have pages, and no others', async () => {
    const { storageKey } = (await server.app.db.prisma.document.findFirst({ where: { name: 'wifi.md' } }))!;
    const { organizationId, id: projectId } = (await server.app.live.get('library'))!;
    await server.app.db.prisma.document.createMany({
      data: Array.from({ length: 1200 }, (_, index) => ({
        name: `page ${String(Math.floor(index / 2)).padStart(4, '0')}.md`,
        mimeType: 'text/markdown',
        bytes: 31,
        storageKey,
        baseId: house,
        projectId,
        organizationId,
      })),
    });
    const seen: unknown[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await list(project.key, cursor);
      seen.push(...page.resources.map(({ uri }) => uri));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    expect([pages, seen.length, new Set(seen).size]).toEqual([3, 1203, 1203]);
    for (const wrong of ['x', '', 'ZG9jdW1lbnRzIC0x', 'ZG9jdW1lbnRzIDA', 1, {}]) {
      const answered = await modern(project.url, project.key, {
        method: 'resources/list',
        params: { cursor: wrong },
      });
      expect(answered.json.error?.code).toBe(-32602);
    }
  });

  it('are gone when they are offered no longer', async () => {
    await offer(house, false);
    expect(await uris()).toEqual(['house://rules']);
    expect((await read(WIFI)).json.error?.code).toBe(-32602);
  });
});
