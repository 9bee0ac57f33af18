import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openDatabase } from '#lib/db/client.ts';
import { readDiskFolder } from '#lib/operations/disk-folder.ts';
import { filesOf } from '#lib/operations/folder-files.ts';
import type { Folder } from '#lib/operations/project-folder.ts';
import { runCommand, spawnServer } from './processes.ts';
import { Browser, mcp, PASSWORD } from './server.ts';

const examples = join(import.meta.dirname, '../../examples');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every file of a folder, JSON and YAML as values. */
const said = (files: Folder) =>
  Object.fromEntries(
    Object.entries(filesOf(files)).map(([path, text]) => [
      path,
      /\.(json|yaml)$/.test(path) ? parse(text) : text,
    ]),
  );

const on = (data: string) => ({ DATA_DIR: join(folder, data), LOG_LEVEL: 'error' });

describe('the command line', { timeout: 120_000 }, () => {
  it('imports, publishes, and makes a key that opens it', async () => {
    const imported = await runCommand(['import', join(examples, 'bench'), '--publish'], on('a'));
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    expect(imported.stderr).toContain('Imported "Bench" with 3 workflows.');
    expect(imported.stderr).toContain('Published js, version 1.');
    const other = await runCommand(
      ['import', join(examples, 'starter'), '--publish', '--slug', 'guide'],
      on('a'),
    );
    expect(other, other.stderr).toMatchObject({ code: 0 });
    const key = await runCommand(['key', 'create', '--project', 'guide', '--tools', 'plan_trip'], on('a'));
    expect(key.stdout).toMatch(/^pbk_[0-9A-Za-z_]+\n$/);

    const server = await spawnServer(on('a'));
    try {
      const echo = { name: 'echo', arguments: { text: 'hi', n: 3 } };
      const called = await mcp(server.url, 'bench', 'tools/call', echo);
      expect(called.body.result.structuredContent).toEqual({ text: 'hi', n: 3 });
      const items = [1, 2, 3, 4, 5, 6].map((id) => ({ id, price: id, qty: 2 }));
      const summed = await mcp(server.url, 'bench', 'tools/call', { name: 'js', arguments: { items } });
      expect(summed.body.result.structuredContent).toEqual({ count: 6, total: 42, top5: [6, 5, 4, 3, 2] });
      const listed = await mcp(server.url, 'guide', 'tools/list', {}, key.stdout.trim());
      expect(listed.body.result.tools).toHaveLength(1);

      // The set-up of the server took over the organization that the command line imported into.
      const browser = new Browser(server.url);
      await browser.post('/session', { email: 'ada@example.com', password: PASSWORD });
      const { body } = await browser.get('/projects');
      expect(body.items.map((project: { slug: string }) => project.slug).sort()).toEqual([
        'bench',
        'guide',
        'starter',
      ]);

      // Beside a running server, which serves it without a restart.
      const beside = await runCommand(
        ['import', join(examples, 'bench'), '--publish', '--slug', 'beside'],
        on('a'),
      );
      expect(beside, beside.stderr).toMatchObject({ code: 0 });
      const served = await mcp(server.url, 'beside', 'tools/call', echo);
      expect(served.body.result.structuredContent).toEqual({ text: 'hi', n: 3 });

      const rotated = await runCommand(['rotate-key'], on('a'));
      expect(rotated, rotated.stderr).toMatchObject({ code: 0 });
      expect(rotated.stderr).toMatch(/takes the place of [0-9a-f]{8} in .*encryption\.key/);
      expect(rotated.stderr).toContain('Only backups from before need the older lines');
      const still = await mcp(server.url, 'guide', 'tools/list', {}, key.stdout.trim());
      expect(still.body.result.tools).toHaveLength(1);
    } finally {
      expect(await server.end('SIGTERM'), server.output()).toBe(0);
    }
  });

  it('gives somebody a way back in', async () => {
    const made = await runCommand(['account', 'ada@example.com', '--without-two-factor'], on('a'));
    expect(made.stdout).toMatch(/^http:\/\/localhost:3000\/reset-password#[\w-]{43}\n$/);
    const nobody = await runCommand(['account', 'nobody@example.com'], on('a'));
    expect(nobody).toMatchObject({ code: 1, stdout: '' });
  });

  it('exports what it imported', async () => {
    const target = join(folder, 'exported');
    expect(await runCommand(['export', 'bench', target], on('a'))).toMatchObject({ code: 0 });
    const [given, written] = await Promise.all([
      readDiskFolder(join(examples, 'bench')),
      readDiskFolder(target),
    ]);
    // The formatter of this repository breaks lines in another place; what they say is the same.
    expect(said(written)).toEqual(said(given));
    const again = await runCommand(['export', 'bench', target], on('a'));
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toContain('is not empty');
  });

  it('backs up and restores', async () => {
    const file = join(folder, 'backup.tar.gz');
    const made = await runCommand(['backup', file], on('a'));
    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect(made.stderr).toContain('encryption.key');
    expect((await runCommand(['restore', file], on('a'))).code).toBe(1);
    const restored = await runCommand(['restore', file], on('b'));
    expect(restored, restored.stderr).toMatchObject({ code: 0 });
    writeFileSync(join(folder, 'b/encryption.key'), readFileSync(join(folder, 'a/encryption.key')));
    const target = join(folder, 'from-backup');
    await runCommand(['export', 'guide', target], on('b'));
    expect(readFileSync(join(target, 'knowledge/travel-guide/oslo.md'), 'utf8')).toContain('# Oslo');
    expect((await runCommand(['backup', file], on('a'))).stderr).toContain('exists already');
  });

  it('verifies and exports the audit log', async () => {
    const verified = await runCommand(['audit', 'verify'], on('a'));
    expect(verified, verified.stderr).toMatchObject({ code: 0 });
    expect(verified.stdout).toMatch(/^ok {6}[\w-]+: \d+ events, the last [0-9a-f]{64}$/m);
    const file = join(folder, 'audit.jsonl');
    expect(await runCommand(['audit', 'export', file], on('a'))).toMatchObject({ code: 0 });
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).action)).toContain('workflow.publish');

    // The copy, whose log somebody changes who has its file.
    const { prisma, close } = await openDatabase(`file:${join(folder, 'b/patchbay.db')}`);
    const { organizationId } = await prisma.auditEvent.findFirstOrThrow({
      where: { action: 'workflow.publish' },
    });
    await prisma.$executeRawUnsafe('DROP TRIGGER "audit_event_no_update"');
    await prisma.$executeRaw`UPDATE "audit_event" SET "actorId" = 'eve' WHERE "number" = 2 AND "organizationId" = ${organizationId}`;
    await close();
    const broken = await runCommand(['audit', 'verify'], on('b'));
    expect(broken).toMatchObject({ code: 1 });
    expect(broken.stdout).toContain(
      `broken  ${organizationId}: no. 2 was changed or taken out; the 1 before it fit`,
    );
    expect(broken.stderr).toContain('One log is broken.');
  });

  it('refuses a file that is no backup, and leaves the folder as it was', async () => {
    const file = join(folder, 'garbage.tar.gz');
    writeFileSync(file, 'not an archive');
    const answer = await runCommand(['restore', file], on('c'));
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain('is not a backup');
    expect(existsSync(join(folder, 'c/patchbay.db'))).toBe(false);
  });

  it.each([
    [['import'], 2, 'This command takes one name'],
    [['import', 'a', '--force'], 2, '--force'],
    [['teleport'], 2, 'no command "teleport"'],
    [['key', 'create'], 2, '--project'],
    [[], 2, ''],
    [['import', '/nowhere/at/all'], 1, 'There is no folder'],
    [['export', 'nothing', 'x'], 1, 'There is no such project'],
    [['restore', '/nowhere.tar.gz'], 1, 'There is no file'],
  ])('says what is wrong with %j', async (args, code, words) => {
    const answer = await runCommand(args as string[], on('d'));
    expect(answer.code).toBe(code);
    expect(answer.stderr).toContain(words);
    // No stack.
    expect(answer.stderr).not.toMatch(/^ +at .+:\d+:\d+\)?$/m);
  });

  it('says which part of a folder is wrong', async () => {
    writeFileSync(join(folder, 'project.yaml'), 'name: [');
    const broken = mkdtempSync(join(folder, 'broken-'));
    writeFileSync(join(broken, 'project.yaml'), 'schemaVersion: 1\nname: A\nslug: A b\n');
    const answer = await runCommand(['import', broken], on('d'));
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain('project.yaml: slug:');
  });
});
