import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openReader, type Reader, type ReaderOptions } from '#lib/knowledge/read-document.ts';
import { READER_PACKAGES, readerProgram } from '#lib/knowledge/reader-program.ts';
import { offeredWalls } from '#lib/sandbox/launch.ts';
import { makePdf } from './pdf.ts';

const root = join(import.meta.dirname, '..', '..');
const text = (content: string) => new TextEncoder().encode(content);
const file = (name: string, content: string | Uint8Array = 'fine') => ({
  name,
  mimeType: '',
  data: typeof content === 'string' ? text(content) : content,
});

const logged: { message: string; facts: Record<string, unknown> }[] = [];
const readers: Reader[] = [];
function open(options: ReaderOptions = {}): Reader {
  const reader = openReader({ log: (message, facts) => logged.push({ message, facts }), ...options });
  readers.push(reader);
  return reader;
}
afterAll(() => Promise.all(readers.map((reader) => reader.close())));

const reader = open();
/** One process for the tests that need none of their own. */
const projectId = 'project';

describe('reading in a process', () => {
  it('answers with passages', async () => {
    const data = makePdf([['Refunds take five days.']], { title: 'Terms' });

    expect(await reader.read(file('terms.pdf', data), { projectId })).toEqual({
      title: 'Terms',
      metadata: { created: '2026-11-03' },
      notes: [],
      language: 'en',
      chunks: [
        {
          headings: ['Terms', 'Page 1'],
          text: 'Refunds take five days.',
          page: 1,
          headingTerms: 'term page 1',
          terms: 'refund take five dai',
          length: 4,
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      ],
    });
  });

  it('cuts as it is told', async () => {
    const { chunks } = await reader.read(file('a.txt', 'One sentence. '.repeat(20)), {
      projectId,
      settings: { size: 100, overlap: 0 },
    });

    expect(chunks.length).toBeGreaterThan(2);
    expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(100);
  });

  it('hands over many passages', async () => {
    const words = Array.from({ length: 40_000 }, (_, index) => `w${index}.`).join(' ');

    const { chunks } = await reader.read(file('a.txt', words), { projectId });

    expect(chunks.at(-1)!.text.endsWith('w39999.')).toBe(true);
    expect(new Set(chunks.flatMap((chunk) => chunk.text.split(' '))).size).toBe(40_000);
  });

  it('says what is wrong with a file as if it had been read here', async () => {
    await expect(reader.read(file('a.pdf', 'no'), { projectId })).rejects.toMatchObject({
      name: 'AppError',
      code: 'unsupported_media',
    });
  });

  it('leaves the event loop free, and gives up a file that takes too long', async () => {
    const rows = text(`${'word '.repeat(200)}\n`.repeat(10_000));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);

    await expect(reader.read(file('slow.txt', rows), { projectId, timeoutMs: 300 })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('too much time or memory'),
    });
    clearInterval(timer);

    expect(turns).toBeGreaterThan(5);
  });

  it('gives up a file that takes too much memory, and lives', async () => {
    const small = open({ limits: { memoryMb: 160 } });
    const wide = text('<p>x</p>'.repeat(400_000));

    await expect(small.read(file('wide.html', wide))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('too much time or memory'),
    });
    expect((await small.read(file('a.txt'))).chunks).toHaveLength(1);
  });

  it('ends with the reason of a signal', async () => {
    const controller = new AbortController();
    const reading = reader.read(file('slow.txt', `${'word '.repeat(200)}\n`.repeat(10_000)), {
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(new Error('enough')), 50);

    await expect(reading).rejects.toThrow('enough');
  });
});

describe('the processes', () => {
  it('read several files of a project, and none of another', async () => {
    const many = open({ limits: { processes: 3 } });
    const pids = new Set<number>();
    for (const projectId of ['a', 'a', 'b', 'a', 'b']) {
      await many.read(file('a.txt'), { projectId });
      for (const pid of many.pids()) pids.add(pid);
    }

    expect(pids.size).toBe(2);
  });

  it('are thrown away after a file that was broken, and after so many files', async () => {
    const few = open({ limits: { filesPerProcess: 2, processes: 1 } });
    const seen: number[][] = [];
    for (const [name, content] of [
      ['a.txt'],
      ['b.pdf', '%PDF-1.4'],
      ['c.txt'],
      ['d.txt'],
      ['e.txt'],
    ] as const) {
      await few.read(file(name, content), { projectId: 'a' }).catch(() => {});
      seen.push(few.pids());
    }

    const [first, afterBad, second, afterTwo, third] = seen;
    expect([afterBad, afterTwo]).toEqual([[], []]);
    expect(new Set([first![0], second![0], third![0]]).size).toBe(3);
  });

  it('take turns among the projects, however many files one of them has', async () => {
    const one = open({ limits: { processes: 1 } });
    const read: string[] = [];
    await Promise.all(
      ['a', 'a', 'a', 'a', 'b', 'b'].map(async (projectId) => {
        await one.read(file('a.txt'), { projectId });
        read.push(projectId);
      }),
    );

    expect(read.join('')).toBe('ababaa');
  });

  it('end when they were idle', async () => {
    const idle = open({ limits: { idleMs: 20 } });
    await idle.read(file('a.txt'), { projectId: 'a' });
    expect(idle.pids()).toHaveLength(1);

    await expect.poll(() => idle.pids()).toEqual([]);
  });

  it('stand behind the walls that this machine has, and read behind fewer', async () => {
    const { seccomp, namespaces } = offeredWalls();
    const { level, layers, proven } = reader.level();
    expect(proven).toBe(true);
    expect(layers).toContain('permissions');
    // Where bubblewrap is installed and forbidden, the log has its words.
    const failed = logged.some(({ message }) => message.includes('did not start'));
    if (seccomp && !failed) expect(level).toBe(3);

    const weak = open({ without: namespaces ? ['namespaces'] : ['permissions'] });
    expect((await weak.read(file('a.html', '<p>fine</p>'))).chunks[0]!.text).toBe('fine');
    expect(weak.level().layers).not.toContain('namespaces');
  });
});

describe('what a process may read', () => {
  /** Files and packages that a file takes, and those that these take. Types are gone when it runs. */
  function takenBy(path: string, files = new Set<string>(), packages = new Set<string>()) {
    if (files.has(path)) return { files, packages };
    files.add(path);
    const source = readFileSync(join(root, path), 'utf8');
    const statement =
      /(?:^|\n)\s*(?:import|export)\s(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/g;
    for (const [, fixed, late] of source.matchAll(statement)) {
      const name = (fixed ?? late)!;
      if (name.startsWith('node:')) continue;
      if (name.startsWith('#')) takenBy(name.slice(1), files, packages);
      else if (name.startsWith('.')) takenBy(normalize(join(dirname(path), name)), files, packages);
      else
        packages.add(
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        );
    }
    return { files, packages };
  }

  it('is all the code that it takes', () => {
    const { files, packages } = takenBy('workers/reader.ts');
    const { readable } = readerProgram({ memoryMb: 512, cpuSeconds: 60 });
    const places = readable.map(({ name }) => name);

    expect(files.size).toBeGreaterThan(20);
    expect(
      [...files].filter((path) => !places.some((place) => path === place || path.startsWith(`${place}/`))),
    ).toEqual([]);
    expect([...packages].filter((name) => !places.includes(`node_modules/${name}`))).toEqual([]);
    expect(READER_PACKAGES.filter((name) => !packages.has(name))).toEqual([]);
  });
});
