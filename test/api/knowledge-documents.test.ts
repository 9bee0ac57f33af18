import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepDocumentFiles } from '#lib/operations/sweep-documents.ts';
import { makeZip } from '../knowledge/zip.ts';
import { eventually, projectWith, startTestServer, type TestServer } from './server.ts';

interface Document {
  id: string;
  name: string;
  path: string;
  status: string;
  error: string | null;
  bytes: number;
  chunkCount: number;
  metadata: Record<string, unknown>;
  live: { version: number } | null;
  next: { version: number; state: string } | null;
}

let server: TestServer;
let at: string;
let baseId: string;
let projectId: string;
beforeAll(async () => {
  server = await startTestServer();
  await projectWith(server.owner, 'library');
  projectId = (await server.owner.get('/projects/library')).body.id;
  const { body } = await server.owner.post('/projects/library/knowledge', { name: 'Handbook' });
  baseId = body.id;
  at = `/projects/library/knowledge/${baseId}`;
});
afterAll(() => server.close());

async function upload(...files: [path: string, data: BlobPart][]) {
  const form = new FormData();
  for (const [path, data] of files) form.append('file', new File([data], 'x'), path);
  return (await server.owner.send('POST', `${at}/documents`, form)).body.items;
}
const list = async (query = '') => (await server.owner.get(`${at}/documents${query}`)).body;
const byPath = async (path: string) =>
  ((await list('?limit=200')).items as Document[]).find((one) => one.path === path)!;
const settled = () => eventually(async () => (await list()).counts.pending === 0);
const hits = async (q: string) =>
  (await server.owner.get(`${at}/search?mode=text&q=${encodeURIComponent(q)}`)).body.hits as {
    document: string;
    text: string;
  }[];
const filesOf = async () => {
  const found: string[] = [];
  for await (const { files, ...of } of server.app.files.documentsBefore(new Date(Date.now() + 60_000))) {
    if (of.projectId === projectId) found.push(...files);
  }
  return found;
};

const archiveOf = (entries: Parameters<typeof makeZip>[0]) => new Uint8Array(makeZip(entries));

const REFUNDS = 'A refund reaches your account in five working days, counted from the return of the parcel.';

describe('documents', () => {
  it('of an archive are stored by their paths; what cannot be read is named', async () => {
    const archive = archiveOf([
      { name: 'guides/', data: '' },
      { name: 'guides/returns.md', data: `# Returns\n\n${REFUNDS}` },
      { name: 'guides/tools/setup.exe', data: 'MZ' },
      { name: 'inner.zip', data: 'PK\x05\x06'.padEnd(22, '\0') },
      { name: '__MACOSX/._returns.md', data: 'x' },
      { name: '.DS_Store', data: 'x' },
      { name: 'hours.txt', data: 'The warehouse opens at seven in the morning.' },
    ]);

    const items = await upload(['all.zip', archive], ['bad.zip', 'no archive at all']);

    expect(items).toMatchObject([
      { outcome: 'added', document: { name: 'returns.md', path: 'guides/returns.md', status: 'pending' } },
      { name: 'guides/tools/setup.exe', error: expect.stringContaining('"setup.exe" is of a kind') },
      { name: 'inner.zip', error: expect.stringContaining('"inner.zip" is of a kind') },
      { outcome: 'added', document: { path: 'hours.txt' } },
      { name: 'bad.zip', error: expect.stringContaining('"bad.zip"') },
    ]);
    await settled();
    expect((await hits('refund'))[0]!.document).toBe('returns.md');
    expect((await upload(['all.zip', archive])).map((item: { outcome?: string }) => item.outcome)).toEqual([
      'unchanged',
      undefined,
      undefined,
      'unchanged',
    ]);
  });

  it('that are put twice at once are one', async () => {
    const [one, two] = await Promise.all([
      upload(['twice.md', 'The same text, sent twice.']),
      upload(['twice.md', 'The same text, sent twice.']),
    ]);

    expect(one[0].document.id).toBe(two[0].document.id);
    expect([one[0].outcome, two[0].outcome].sort()).toEqual(['added', 'unchanged']);
    await settled();
    const { id } = one[0].document;
    expect((await server.owner.get(`${at}/documents/${id}/versions`)).body.items).toHaveLength(1);
  });

  it('that change are found as they were until they are read again, and keep no more than they need', async () => {
    const before = await filesOf();
    const [put] = await upload([
      'guides/returns.md',
      '# Returns\n\nRefunds are paid in giraffes now, and at once.',
    ]);

    expect(put).toMatchObject({ outcome: 'changed', document: { status: 'pending', live: { version: 1 } } });
    await settled();
    expect(await byPath('guides/returns.md')).toMatchObject({ live: { version: 2 }, next: null });
    expect((await hits('giraffes'))[0]!.document).toBe('returns.md');
    expect((await hits('refund')).filter(({ text }) => text.includes('five working days'))).toEqual([]);
    expect(await filesOf()).toHaveLength(before.length);
    const { body } = await server.owner.get(`${at}/documents/${put.document.id}/versions`);
    expect(body.items).toMatchObject([
      { version: 2, state: 'live', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { version: 1, state: 'replaced' },
    ]);
  });

  it('whose new version cannot be read are found as they were, say why, and can be tried again', async () => {
    const page = '%PDF-1.4\nbroken';
    await upload(['plan.html', '<h1>Plan</h1><p>The zeppelin leaves at dawn from the northern field.</p>']);
    await settled();
    const broken = `<html><body>${'<p></p>'.repeat(3)}</body></html>`;

    const [put] = await upload(['plan.html', broken]);
    await settled();

    const plan = await byPath('plan.html');
    expect(plan).toMatchObject({
      status: 'failed',
      live: { version: 1 },
      next: { version: 2, state: 'failed' },
      error: expect.stringContaining('no text'),
    });
    expect((await hits('zeppelin'))[0]!.document).toBe('plan.html');
    expect((await list('?status=failed')).items.map(({ path }: Document) => path)).toEqual(['plan.html']);
    const retried = await server.owner.post(`${at}/documents/${put.document.id}/retry`, {});
    expect(retried).toMatchObject({ status: 202, body: { status: 'pending', error: null } });
    await settled();
    expect((await server.owner.post(`${at}/documents/retry`, {})).body).toEqual({ count: 1 });
    await settled();
    expect(await byPath('plan.html')).toMatchObject({ status: 'failed', live: { version: 1 } });
    expect((await upload(['broken.pdf', page]))[0].outcome).toBe('added');
    await settled();
    expect(await byPath('broken.pdf')).toMatchObject({ status: 'failed', live: null });
    for (const path of ['plan.html', 'broken.pdf']) {
      await server.owner.delete(`${at}/documents/${(await byPath(path)).id}`);
    }
  });

  it('are pasted, renamed, given metadata, listed in pages and looked for', async () => {
    const pasted = await server.owner.post(`${at}/documents/text`, {
      name: 'Opening hours',
      text: 'On Sundays the shop is closed, but the phone is answered.',
      metadata: { year: 2026 },
    });
    expect(pasted).toMatchObject({
      status: 202,
      body: { outcome: 'added', document: { name: 'Opening hours.md' } },
    });
    const { id } = pasted.body.document;
    await settled();

    const patched = await server.owner.patch(`${at}/documents/${id}`, {
      name: 'Hours.md',
      metadata: { year: 2027, audience: 'customers' },
    });

    expect(patched.body).toMatchObject({ name: 'Hours.md', metadata: { year: 2027, audience: 'customers' } });
    expect((await server.owner.patch(`${at}/documents/${id}`, { metadata: { 'a"b': 1 } })).status).toBe(400);
    expect((await list('?q=HOURS')).items).toHaveLength(2);
    expect((await list('?source=none&q=100%25')).items).toEqual([]);
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...second.items].map((one: Document) => one.id);
    expect(new Set(ids).size).toBe(4);
    expect(second.nextCursor).toBeNull();
    expect(first.counts).toEqual({ pending: 0, ready: 4, failed: 0 });
    expect((await server.owner.get(`${at}/documents?cursor=x`)).status).toBe(400);

    const sorted = async (sort: string): Promise<Document[]> => {
      const one = await list(`?limit=3&sort=${sort}`);
      const two = await list(`?limit=3&sort=${sort}&cursor=${one.nextCursor}`);
      return [...one.items, ...two.items];
    };
    const names = (await sorted('name')).map(({ name }) => name);
    expect(names).toHaveLength(4);
    expect(names).toEqual(names.toSorted());
    expect((await sorted('-name')).map(({ name }) => name)).toEqual(names.toReversed());
    const sizes = (await sorted('-size')).map(({ bytes }) => bytes);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const odd = await server.owner.get(`${at}/documents?sort=size&cursor=${first.nextCursor}`);
    expect(odd.status).toBe(400);

    const narrowed = (filter: string) =>
      server.owner.get(`${at}/search?q=phone&filter=${encodeURIComponent(filter)}`);
    expect((await narrowed('{"year":2027}')).body.hits).toMatchObject([{ documentId: id }]);
    expect((await narrowed('{"year":2026}')).body.hits).toEqual([]);
    expect((await narrowed('[1]')).status).toBe(400);
  });

  it('show their passages, those that the look-up finds, and their file, which no browser opens', async () => {
    const { id } = await byPath('guides/returns.md');

    const { body } = await server.owner.get(`${at}/documents/${id}/passages?q=giraffes`);

    expect(body).toMatchObject({
      items: [
        { ordinal: 0, headings: ['Returns'], page: null, snippet: expect.stringContaining('giraffes') },
      ],
      nextCursor: null,
      found: [0],
    });
    expect(body.items[0].score).toBeGreaterThan(0);
    const plain = await server.owner.get(`${at}/documents/${id}/passages`);
    expect(plain.body).toMatchObject({ items: [{ score: null, snippet: null }], found: [] });
    const file = await server.owner.get(`${at}/documents/${id}/file`);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''returns.md",
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    });
    expect(file.body).toContain('paid in giraffes');
  });

  it('are cut otherwise in a preview, and read again when the sizes of their base change', async () => {
    const long = Array.from(
      { length: 40 },
      (_, index) => `Sentence ${index} of a long story about lanterns.`,
    ).join(' ');
    await upload(['long.md', `# Story\n\n${long}`]);
    await settled();
    const { id, chunkCount } = await byPath('long.md');

    const preview = await server.owner.post(`${at}/preview`, {
      documentId: id,
      chunkSize: 300,
      chunkOverlap: 0,
    });

    expect(preview.body.count).toBeGreaterThan(chunkCount * 3);
    expect(preview.body.items[0].text.length).toBeLessThanOrEqual(300);
    expect((await byPath('long.md')).chunkCount).toBe(chunkCount);
    const size = { documentId: id, chunkSize: 300, chunkOverlap: 0 };
    const many = await Promise.all(
      Array.from({ length: 12 }, () => server.owner.post(`${at}/preview`, size)),
    );
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect((await server.owner.post(`${at}/preview`, size)).status).toBe(200);
    const wrong = await server.owner.patch(at, { chunkSize: 300, chunkOverlap: 200 });
    expect(wrong.status).toBe(400);
    expect(
      (await server.owner.patch(at, { chunkSize: 300, chunkOverlap: 0, name: 'Manual' })).body,
    ).toMatchObject({
      name: 'Manual',
      chunkSize: 300,
    });
    await eventually(async () => (await byPath('long.md')).chunkCount === preview.body.count);
    await settled();
    expect((await hits('giraffes'))[0]!.document).toBe('returns.md');
  });

  it('whose file the store has lost say so wherever it is asked for', async () => {
    await upload(['lost.md', '# Lost\n\nA lantern that nobody finds.']);
    await settled();
    const { id } = await byPath('lost.md');
    const { storageKey } = await server.app.db.prisma.document.findUniqueOrThrow({ where: { id } });
    await server.app.files.of(projectId).remove(storageKey);

    const asked = [
      await server.owner.get(`${at}/documents/${id}/file`),
      await server.owner.post(`${at}/preview`, { documentId: id, chunkSize: 300, chunkOverlap: 0 }),
    ];
    for (const { status, body } of asked) {
      expect(status).toBe(404);
      expect(body.detail).toContain('Add it once more.');
    }
    expect((await server.owner.post(`${at}/documents/${id}/retry`)).status).toBe(202);
    await settled();
    expect(await byPath('lost.md')).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('Add it once more.'),
    });
    expect((await hits('lantern nobody finds'))[0]!.document).toBe('lost.md');
  });

  it('leave no file behind, also not after a crash', async () => {
    const orphan = await server.app.files
      .of(projectId)
      .putDocument({ name: 'a', mimeType: 'text/plain', data: Buffer.from('x') });
    const own = await server.app.files
      .of(projectId)
      .put({ name: 'a', mimeType: 'text/plain', data: Buffer.from('of a step') });
    const kept = (await filesOf()).filter((key) => key !== orphan.file);

    expect(await sweepDocumentFiles(server.app)).toBe(0);
    expect(await sweepDocumentFiles(server.app, Date.now() + 2 * 60 * 60_000)).toBe(1);

    expect((await filesOf()).sort()).toEqual(kept.sort());
    await expect(server.app.files.of(projectId).get(orphan)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    expect(await server.app.files.of(projectId).get(own)).toEqual(Buffer.from('of a step'));
    expect((await server.owner.delete(at)).status).toBe(204);
    expect(await filesOf()).toEqual([]);
    expect(await server.app.db.prisma.chunk.count({ where: { baseId } })).toBe(0);
    expect(await server.app.db.prisma.knowledgeTerm.count({ where: { baseId } })).toBe(0);
  });
});
