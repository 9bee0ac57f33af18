import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectWith, startTestServer, type TestServer } from './server.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d494844520000003000000030', 'hex');
const pngOf = (bytes: number) =>
  `data:image/png;base64,${Buffer.concat([PNG, Buffer.alloc(bytes - PNG.length)]).toString('base64')}`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await projectWith(server.owner, 'shop');
});
afterAll(() => server.close());

describe('the settings of a project', () => {
  it('hold the largest icon and a budget, which go along with an export', async () => {
    const { owner } = server;
    const settings = { icon: pngOf(48 * 1024), resultBudget: 20_000 };
    expect(await owner.patch('/projects/shop', settings)).toMatchObject({ status: 200, body: settings });
    expect((await owner.get('/projects/shop')).body).toMatchObject(settings);

    const { body } = await owner.get('/projects/shop/export');
    const copy = await owner.post('/projects/import', { files: body.files, slug: 'copy' });
    expect(copy).toMatchObject({ status: 201, body: settings });

    const none = await owner.patch('/projects/copy', { icon: '' });
    expect(none.body).toMatchObject({ icon: '', resultBudget: 20_000 });
  });

  it.each([
    [{ icon: 'javascript:alert(1)' }, /https:\/\/ address/],
    [{ icon: 'data:text/html;base64,PHNjcmlwdD4=' }, /data:image\/png/],
    [{ icon: pngOf(48 * 1024 + 3) }, /48 KiB are the most/],
    [{ icon: 'x'.repeat(80_000) }, /70,?000/],
    [{ resultBudget: 9999 }, /10,?000/],
    [{ resultBudget: 1_000_001 }, /1,?000,?000/],
    [{ resultBudget: 20_000.5 }, /int/],
    [{ instructions: 'x'.repeat(20_001) }, /20,?000/],
  ])('refuse what cannot be, case %#', async (settings, words) => {
    const before = await server.owner.get('/projects/shop');
    const refused = await server.owner.patch('/projects/shop', settings);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toMatch(words);
    expect((await server.owner.get('/projects/shop')).body).toEqual(before.body);
  });
});
