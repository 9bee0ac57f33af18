import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withStep } from './documents.ts';
import { eventually, projectWith, startTestServer, type TestServer } from './server.ts';

/** One page that says what it is given, as small as PDF can be. */
function pdf(text: string): string {
  const stream = `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return `${body}xref\n0 6\n0000000000 65535 f \n${table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF`;
}

let server: TestServer;
let at: string;
beforeAll(async () => {
  server = await startTestServer();
  await projectWith(server.owner, 'library');
  const { body } = await server.owner.post('/projects/library/knowledge', { name: 'Handbook' });
  at = `/projects/library/knowledge/${body.id}`;
});
afterAll(() => server.close());

interface Listed {
  name: string;
  status: string;
  error: string | null;
  chunkCount: number;
}

interface Put {
  document: Listed & { id: string };
  outcome: string;
}

async function upload(...files: File[]) {
  const form = new FormData();
  for (const file of files) form.append('file', file);
  return server.owner.send('POST', `${at}/documents`, form);
}

const settled = (...names: string[]) =>
  eventually(async () => {
    const { body } = await server.owner.get(`${at}/documents`);
    const documents = names.map((name) => (body.items as Listed[]).find((item) => item.name === name));
    return (
      documents.every((document) => document && document.status !== 'pending') && (documents as Listed[])
    );
  });

describe('documents', () => {
  it('of every kind are read and found', async () => {
    const answer = await upload(
      new File(['# Returns\n\nA parcel may come back within thirty days.'], 'returns.md'),
      new File(['The warehouse opens at seven in the morning.'], 'hours.txt'),
      new File(['<h1>Shipping</h1><p>Pigeons carry letters overnight.</p>'], 'shipping.html'),
      new File([pdf('Invoices are paid by giraffes')], 'invoices.pdf'),
    );
    expect(answer.status).toBe(202);
    expect(answer.body.items.map((item: Put) => [item.outcome, item.document.status])).toEqual(
      Array(4).fill(['added', 'pending']),
    );
    const documents = await settled('returns.md', 'hours.txt', 'shipping.html', 'invoices.pdf');
    expect(documents.map(({ name, status, error }) => ({ name, status, error }))).toEqual(
      ['returns.md', 'hours.txt', 'shipping.html', 'invoices.pdf'].map((name) => ({
        name,
        status: 'ready',
        error: null,
      })),
    );
    for (const [question, document] of [
      ['parcel thirty days', 'returns.md'],
      ['warehouse morning', 'hours.txt'],
      ['pigeons overnight', 'shipping.html'],
      ['giraffes', 'invoices.pdf'],
    ]) {
      const { body } = await server.owner.get(`${at}/search?q=${encodeURIComponent(question!)}`);
      expect(body.hits[0].document, question).toBe(document);
    }
    const { body: base } = await server.owner.get(at);
    expect(base.documentCount).toBe(4);
    expect(base.chunkCount).toBeGreaterThanOrEqual(4);
  });

  it('that are broken fail, and say why', async () => {
    expect((await upload(new File(['%PDF-1.4\nbroken'], 'broken.pdf'))).status).toBe(202);
    const [document] = await settled('broken.pdf');
    expect(document).toMatchObject({ status: 'failed', chunkCount: 0 });
    expect(document!.error).toContain('broken.pdf');
  });

  it('that nobody reads, or that lie about themselves, are left out and say why', async () => {
    const answer = await upload(
      new File(['MZ'], 'setup.exe'),
      new File(['no PDF'], 'not.pdf'),
      new File([pdf('x')], 'not.md'),
      new File(['a\0b'], 'binary.txt'),
      new File(['x'], '..'),
      new File([''], 'empty.txt'),
      new File(['fine'], 'fine.txt'),
    );
    expect(answer.status).toBe(202);
    expect(answer.body.items.map((item: { error?: string }) => item.error ?? null)).toEqual([
      expect.stringContaining('"setup.exe" is of a kind that cannot be read'),
      expect.stringContaining('"not.pdf" is named like PDF but is not one'),
      expect.stringContaining('"not.md" is a PDF under another name'),
      expect.stringContaining('"binary.txt" is not text'),
      'A file needs a name.',
      '"empty.txt" is empty.',
      null,
    ]);
    const { body } = await server.owner.get(`${at}/documents`);
    expect(body.items).toHaveLength(6);
  });

  it('that are too large or too many are refused', async () => {
    const big = await upload(
      new File(['x'.repeat(26 * 1024 * 1024)], 'big.txt'),
      new File(['fine'], 'fine.txt'),
    );
    expect(big.body.items).toMatchObject([
      { name: 'big.txt', error: '"big.txt" is larger than 25 MB.' },
      { outcome: 'unchanged' },
    ]);
    const none = new FormData();
    none.append('note', 'no file');
    expect((await server.owner.send('POST', `${at}/documents`, none)).status).toBe(400);
  });

  it('keep their path, which is never a path of the server', async () => {
    await upload(new File(['# Path\n\nzebra crossing'], '../../etc/zebra.md'));
    const [document] = await settled('zebra.md');
    expect(document).toMatchObject({ status: 'ready', path: '../../etc/zebra.md' });
  });

  it('are looked up by a workflow, by the name of the base', async () => {
    const document = withStep('knowledge', { base: 'Handbook', query: '{{ input.text }}', topK: 1 });
    const { body: made } = await server.owner.post('/projects/library/workflows', { name: 'ask', document });
    const { body } = await server.owner.post(`/projects/library/workflows/${made.id}/runs`, {
      input: { text: 'pigeons' },
    });
    const events = await server.owner.events(`/projects/library/runs/${body.runId}/events`);
    expect(JSON.stringify(events.at(-1))).toContain('Pigeons carry letters');
  });

  it('that a workflow cannot look up fail its step with words for the author', async () => {
    const run = async (config: object) => {
      const document = { ...withStep('knowledge', { query: '{{ input.text }}', ...config }), name: 'lost' };
      const { body: made } = await server.owner.post('/projects/library/workflows', {
        name: 'lost',
        document,
      });
      const path = `/projects/library/workflows/${made.id}`;
      const { body } = await server.owner.post(`${path}/runs`, { input: { text: 'pigeons' } });
      const events = await server.owner.events(`/projects/library/runs/${body.runId}/events`);
      await server.owner.delete(path);
      return events.at(-1)!['error'];
    };
    expect(await run({ base: crypto.randomUUID() })).toMatchObject({ code: 'KNOWLEDGE_MISSING' });
    const filter = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`p${index}`, 1]));
    expect(await run({ base: 'Handbook', filter })).toMatchObject({ code: 'KNOWLEDGE_QUERY' });
  });

  it('are gone when they are deleted', async () => {
    const { body } = await server.owner.get(`${at}/documents`);
    const hours = body.items.find((item: Listed) => item.name === 'hours.txt');
    expect((await server.owner.delete(`${at}/documents/${hours.id}`)).status).toBe(204);
    const { body: found } = await server.owner.get(`${at}/search?q=warehouse`);
    expect(found.hits).toEqual([]);
    expect((await server.owner.delete(at)).status).toBe(204);
    expect((await server.owner.get(at)).status).toBe(404);
    expect(await server.app.db.prisma.chunk.count({ where: { text: { contains: 'Pigeons' } } })).toBe(0);
  });
});
