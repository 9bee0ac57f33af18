import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, spawnServer } from './processes.ts';
import { projectWith, startTestServer, type TestServer } from './server.ts';

describe('the doctor on the command line', { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-doctor-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('finds an installation and a project in order', async () => {
    const data = { DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'error' };
    const example = join(import.meta.dirname, '../../examples/starter');
    const imported = await runCommand(['import', example, '--publish'], data);
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    const server = await spawnServer(data);
    try {
      // As the server calls itself: what it tells clients has to be what they are told to use.
      const env = { ...data, PUBLIC_URL: `http://localhost:${new URL(server.url).port}` };
      const checked = await runCommand(['doctor', '--project', 'starter'], env);

      expect(checked, checked.stdout + checked.stderr).toMatchObject({ code: 0 });
      expect(checked.stdout).toContain('ok       Encryption key: From ');
      expect(checked.stdout).toMatch(/ok {7}Database: SQLite [\d.]+, up to date/);
      expect(checked.stdout).toMatch(/Sandbox: Level \d of 3/);
      expect(checked.stdout).toContain('ok       The MCP address');
      expect(checked.stdout).toContain('ok       Answers arrive as they are written');
      expect(checked.stdout).not.toContain('failed');
    } finally {
      await server.end('SIGINT');
    }
  });

  it('says what is wrong, and ends with 1', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const checked = await runCommand(['doctor'], {
      DATA_DIR: join(file, 'data'),
      DATABASE_URL: `file:${join(folder, 'data', 'patchbay.db')}`,
      PUBLIC_URL: 'http://127.0.0.1:9',
    });

    expect(checked.code).toBe(1);
    expect(checked.stdout).toMatch(/failed {3}Data folder: .* cannot be written to/);
    expect(checked.stdout).toMatch(/failed {3}The server answers there/);
  });
});

describe('POST /projects/{project}/doctor', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await projectWith(server.owner, 'shop');
  });
  afterAll(() => server.close());

  it('answers the hops', async () => {
    const { status, body } = await server.owner.post('/projects/shop/doctor');

    expect(status).toBe(200);
    expect(body.ok).toBe(true);
    expect(body.hops.find(({ id }: { id: string }) => id === 'tools').seen).toMatch(/^1 tool, about/);
  });
});
