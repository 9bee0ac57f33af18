import { describe, expect, it } from 'vitest';
import type { EvaluationRun } from '#app/data/types.ts';
import { isNarrowed, readDocumentFilter } from '#app/knowledge/document-filter.ts';
import { documentState } from '#app/knowledge/document-words.ts';
import { droppedFiles, pickedFiles } from '#app/knowledge/dropped-files.ts';
import { markedParts, markedWords, markWords } from '#app/knowledge/marked-parts.ts';
import { metadataLines, metadataOf, metadataValue } from '#app/knowledge/metadata-text.ts';
import { differenceOf, isRegression, runBefore, settingsWords } from '#app/knowledge/quality-words.ts';
import { filterOf, readSearch } from '#app/knowledge/search-options.ts';
import { sizeFault } from '#app/knowledge/size-stats.ts';
import { addressOf, configOf, kindWords, textsOf } from '#app/knowledge/source-config.ts';
import { reportWords, scheduleWords, sourceState } from '#app/knowledge/source-words.ts';

describe('what was found', () => {
  it('stands between marks', () => {
    expect(markedParts('Goods **go** back').map(({ text, marked }) => [text, marked])).toEqual([
      ['Goods ', false],
      ['go', true],
      [' back', false],
    ]);
    expect(markedParts('2 ** 3 = 8').map(({ text }) => text)).toEqual(['2 ** 3 = 8']);
    expect(markedWords('**go** and **Go**, **go**')).toEqual(['go', 'Go']);
  });

  it('is marked in the whole text by whole words, also where they hold signs of patterns', () => {
    const marked = (text: string, words: string[]) =>
      markWords(text, words).flatMap((part) => (part.marked ? [part.text] : []));
    expect(marked('Go on; good goods go.', ['go'])).toEqual(['Go', 'go']);
    expect(marked('Parts C++ and (x).', ['c++', '(x)'])).toEqual(['C++', '(x)']);
    expect(marked('Gründe und Grund', ['grund'])).toEqual(['Grund']);
    expect(markWords('nothing', [])).toEqual([{ text: 'nothing', marked: false, at: 0 }]);
  });
});

describe('how a document stands', () => {
  const of = (part: Partial<Parameters<typeof documentState>[0]>) =>
    documentState({ status: 'ready', error: null, chunkCount: 0, live: null, next: null, ...part });
  const live = { version: 1, at: '2026-11-21T00:00:00.000Z' };

  it('tells how far reading is, and that the old version is found meanwhile', () => {
    expect(of({ chunkCount: 3, live }).words).toBe('3 passages');
    expect(of({ status: 'pending' })).toMatchObject({ status: 'queued', words: 'Waiting to be read' });
    expect(of({ status: 'pending', next: { version: 1, state: 'reading', progress: 40 } })).toMatchObject({
      words: 'Reading, 40 %',
      progress: 40,
      detail: null,
    });
    expect(
      of({ status: 'pending', live, next: { version: 2, state: 'embedding', progress: 7 } }),
    ).toMatchObject({
      words: 'New version: making vectors, 7 %',
      detail: 'The old one is found meanwhile.',
    });
  });

  it('tells why it failed', () => {
    expect(of({ status: 'failed', error: 'No PDF.' })).toMatchObject({ status: 'failed', detail: 'No PDF.' });
    const next = { version: 2, state: 'failed', progress: 0 } as const;
    expect(of({ status: 'failed', error: 'No PDF.', live, next })).toMatchObject({
      status: 'warning',
      words: 'Version 2 could not be read',
      detail: 'No PDF. Version 1 is found meanwhile.',
    });
  });
});

describe('metadata', () => {
  it('keeps what kind of value something is', () => {
    const metadata = {
      year: 2026,
      draft: false,
      code: '007',
      number: '12',
      tags: ['a'],
      none: null,
      quoted: '"x"',
    };
    expect(metadataOf(metadataLines(metadata))).toEqual(metadata);
    expect(metadataValue(' Norway ')).toBe('Norway');
    expect(metadataValue('[not json')).toBe('[not json');
    expect(
      metadataOf([
        { name: 'a', text: '1' },
        { name: ' a', text: '2' },
      ]),
    ).toBeNull();
    expect(metadataOf([{ name: ' ', text: 'x' }])).toEqual({});
  });
});

describe('files', () => {
  const file = (name: string) => new File(['x'], name);
  const entry = (path: string, children?: object[]) => ({
    fullPath: `/${path}`,
    isFile: !children,
    isDirectory: children !== undefined,
    file: (done: (file: File) => void) => done(file(path.split('/').at(-1) ?? '')),
    createReader: () => {
      // Two at a time, as browsers hand out some at a time.
      const left = [...(children ?? [])];
      return { readEntries: (done: (entries: object[]) => void) => done(left.splice(0, 2)) };
    },
  });

  it('of a dropped folder have their paths; hidden ones are left out', async () => {
    const dropped = entry('guides', [
      entry('guides/a.md'),
      entry('guides/.DS_Store'),
      entry('guides/deep', [entry('guides/deep/b.pdf')]),
    ]);
    const items = [dropped, entry('c.txt')].map((one) => ({ webkitGetAsEntry: () => one }));
    const found = await droppedFiles({ items, files: [] } as unknown as DataTransfer);
    expect(found.map(({ path }) => path)).toEqual(['guides/a.md', 'guides/deep/b.pdf', 'c.txt']);
  });

  it('that are chosen keep the path within their folder', () => {
    const inside = Object.assign(file('a.md'), {});
    Object.defineProperty(inside, 'webkitRelativePath', { value: 'guides/a.md' });
    expect(pickedFiles([inside, file('b.md'), file('.hidden')]).map(({ path }) => path)).toEqual([
      'guides/a.md',
      'b.md',
    ]);
  });
});

describe('addresses', () => {
  it('hold the filter of documents', () => {
    expect(readDocumentFilter(new URLSearchParams('q= x &status=failed&sort=-size&source=none'))).toEqual({
      q: 'x',
      status: 'failed',
      sort: '-size',
      source: 'none',
    });
    expect(readDocumentFilter(new URLSearchParams('status=odd&sort=-odd'))).toEqual({});
    expect(isNarrowed({ sort: 'name' })).toBe(false);
    expect(isNarrowed({ q: 'x' })).toBe(true);
  });

  it('hold how is searched', () => {
    expect(readSearch(new URLSearchParams('q=a&mode=text&k=20&min=0.3'))).toEqual({
      q: 'a',
      mode: 'text',
      topK: 20,
      minScore: 0.3,
      filter: {},
    });
    expect(readSearch(new URLSearchParams('mode=odd&k=0&min=7'))).toEqual({
      q: '',
      mode: 'auto',
      topK: 5,
      minScore: 0,
      filter: {},
    });
    expect(filterOf('country = Norway, year=2026, odd, =x, code = "7"')).toEqual({
      country: 'Norway',
      year: 2026,
      code: '7',
    });
  });
});

describe('sources', () => {
  it('are entered as texts and told as a config', () => {
    const { fields } = kindWords('website');
    const texts = textsOf(fields, { addresses: ['https://a.example/'], crawl: true });
    expect(texts).toMatchObject({
      addresses: 'https://a.example/',
      crawl: true,
      maxPages: '200',
      prefix: '',
    });
    const config = configOf(fields, { ...texts, include: 'docs/**\n\n *.md ' });
    expect(config).toMatchObject({ crawl: true, maxPages: 200, include: ['docs/**', '*.md'] });
    expect(config).not.toHaveProperty('prefix');
    expect(addressOf({ config: { bucket: 'b', prefix: 'x/' } } as never)).toBe('b/x/');
  });

  it('tell when they run and how it went', () => {
    expect(scheduleWords({ schedule: '0 9 * * MON', timeZone: 'UTC' })).toBe('Every Monday at 09:00 · UTC');
    expect(scheduleWords({ schedule: null, timeZone: 'UTC' })).toBe('When somebody asks');
    const report = {
      ...{ startedAt: '', endedAt: null, cause: 'user', end: null, found: 10, waiting: 4, notes: [] },
      ...{
        added: 3,
        changed: 0,
        unchanged: 2,
        removed: 0,
        failed: 1,
        leftOut: 0,
        failures: [],
        omissions: [],
      },
    } as Parameters<typeof reportWords>[0];
    expect(reportWords(report)).toBe('3 added, 1 failed');
    expect(reportWords({ ...report, added: 0, failed: 0 })).toBe('Nothing new');
    expect(sourceState({ state: 'running', report }).words).toBe('6 of 10 so far');
    expect(sourceState({ state: 'idle', report: { ...report, end: 'complete' } }).status).toBe('warning');
    expect(sourceState({ state: 'idle', report: null }).words).toBe('Never run');
  });
});

describe('quality', () => {
  const run = (mrr: number, mode: 'text' | 'hybrid' = 'text') =>
    ({
      settings: { mode, topK: 10, minScore: null, rerank: false },
      recall: { 1: mrr, 3: mrr, 5: mrr, 10: mrr },
      mrr,
      ndcg: mrr,
    }) as EvaluationRun;

  it('is compared with the same settings when they were measured before', () => {
    const earlier = [{ runs: [run(0.9, 'hybrid')] }, { runs: [run(0.8)] }, { runs: [run(0.1)] }];
    expect(runBefore(run(0.7).settings, earlier)?.mrr).toBe(0.8);
    expect(isRegression(run(0.7), run(0.8))).toBe(true);
    expect(isRegression(run(0.8), run(0.8))).toBe(false);
    expect(isRegression(run(0.7), undefined)).toBe(false);
    expect(differenceOf(0.7, 0.702)).toBeNull();
    expect(differenceOf(0.7, 0.5)).toBeCloseTo(0.2);
    expect(settingsWords({ mode: 'hybrid', topK: 10, minScore: 0.3, rerank: true })).toBe(
      'Both, fused, reranked, from 0.3',
    );
  });

  it('of sizes has its bounds', () => {
    expect(sizeFault({ size: 1200, overlap: 150 })).toBeNull();
    expect(sizeFault({ size: 100, overlap: 0 })).toMatch(/200 to 4,000/);
    expect(sizeFault({ size: 400, overlap: 201 })).toMatch(/here 200/);
    expect(sizeFault({ size: Number.NaN, overlap: 0 })).not.toBeNull();
  });
});
