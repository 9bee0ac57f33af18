import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Database } from '#lib/db/client.ts';
import { indexVersion } from '#lib/db/search-index.ts';
import { analyseChunks } from '#lib/knowledge/analyse.ts';

/** A generated base: words as often as in a natural language, so that some are in every passage and most in few. */
export interface LargeBase {
  baseId: string;
  passages: number;
  /** Without analysis: passages are stored and made searchable. */
  perSecond: number;
  /** Of one analysis of its texts. */
  analysedPerSecond: number;
  /** The longest time that the event loop was held, in ms. */
  longestHoldMs: number;
}

const PASSAGES_PER_DOCUMENT = 100;
const WORDS_PER_PASSAGE = 130;
const VOCABULARY = 60_000;
const STOPS =
  'the of and to in a is that for it as was with be by on not he this are at from have an they'.split(' ');

/** Numbers from 0 to 1, the same in every run. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Words of a language that nobody speaks, the most frequent first. */
export function vocabularyOf(random: () => number): string[] {
  const onsets = 'b c d f g h k l m n p r s t v w br cl dr fl gr pl pr st tr sh ch th'.split(' ');
  const vowels = 'a e i o u ai ea oo ou'.split(' ');
  const ends = ['', '', 'n', 'r', 't', 'l', 'nd', 'st', 'm', 'ck'];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const words = new Set<string>();
  while (words.size < VOCABULARY) {
    const syllables = 1 + Math.floor(random() * (words.size < 500 ? 2 : 4));
    let word = '';
    for (let count = 0; count < syllables; count += 1) word += pick(onsets) + pick(vowels) + pick(ends);
    if (word.length > 3) words.add(word);
  }
  return [...words];
}

/** The rank of a word by Zipf's law. */
export function zipf(random: () => number, words: number): number {
  return Math.min(words - 1, Math.floor(Math.exp(random() * Math.log(words + 1)) - 1));
}

/** Stores and indexes so many passages. */
export async function fillLargeBase(
  database: Database,
  at: { organizationId: string; projectId: string },
  passages: number,
): Promise<LargeBase> {
  const random = randomOf(7);
  const words = vocabularyOf(random);
  const base = await database.prisma.knowledgeBase.create({ data: { ...at, name: randomUUID() } });
  const text = (): string =>
    Array.from({ length: WORDS_PER_PASSAGE }, () =>
      random() < 0.4 ? STOPS[Math.floor(random() * STOPS.length)] : words[zipf(random, words.length)],
    ).join(' ');
  let analysing = 0;
  let storing = 0;
  let longest = 0;
  for (let start = 0; start < passages; start += PASSAGES_PER_DOCUMENT) {
    const chunks = Array.from({ length: PASSAGES_PER_DOCUMENT }, (_, index) => ({
      headings: [`Document ${start}`, `${words[zipf(random, words.length)]} ${index}`],
      text: text(),
    }));
    const begun = performance.now();
    const { chunks: analysed } = analyseChunks(chunks, 'en');
    analysing += performance.now() - begun;
    await new Promise(setImmediate);
    const stored = performance.now();
    const held = monitorEventLoopDelay({ resolution: 1 });
    held.enable();
    await database.transaction(async (tx) => {
      const name = `document-${start}.md`;
      const file = { mimeType: 'text/markdown', bytes: 1, storageKey: name };
      const document = await tx.document.create({
        data: { ...at, baseId: base.id, name, ...file, status: 'ready', chunkCount: PASSAGES_PER_DOCUMENT },
      });
      const version = await tx.documentVersion.create({
        data: {
          ...{ ...at, ...file, baseId: base.id, documentId: document.id },
          ...{ number: 1, hash: '', state: 'live', language: 'en' },
        },
      });
      await tx.chunk.createMany({
        data: chunks.map((chunk, ordinal) => ({
          ...{ ...chunk, ...analysed[ordinal]!, headings: JSON.stringify(chunk.headings) },
          ...{ baseId: base.id, versionId: version.id, ordinal },
        })),
      });
      await tx.document.update({ where: { id: document.id }, data: { liveVersionId: version.id } });
      await indexVersion(database, tx, version.id);
    });
    held.disable();
    longest = Math.max(longest, held.max / 1e6);
    storing += performance.now() - stored;
  }
  return {
    baseId: base.id,
    passages,
    perSecond: (1000 * passages) / storing,
    analysedPerSecond: (1000 * passages) / analysing,
    longestHoldMs: longest,
  };
}

/** Questions of two to six words, rare ones and common ones, as somebody asks who has read a passage. */
export async function questionsOf(database: Database, baseId: string, count: number): Promise<string[]> {
  const random = randomOf(11);
  const some = await database.prisma.chunk.findMany({
    where: { baseId },
    take: 2000,
    orderBy: { id: 'asc' },
  });
  return Array.from({ length: count }, () => {
    const words = some[Math.floor(random() * some.length)]!.text.split(' ');
    const start = Math.floor(random() * (words.length - 12));
    return words.slice(start, start + 2 + Math.floor(random() * 9)).join(' ');
  });
}
