import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import {
  agreement,
  baselines,
  fullText,
  measureQuality,
  type Quality,
  readCorpus,
  readQuestions,
} from '../bench/knowledge/quality.ts';

/** The quick part of `npm run bench -- knowledge`: what it promises, without its clock. */
describe('full-text search', () => {
  const opened: { empty: EmptyDatabase; database: Database }[] = [];
  const ours: Quality[] = [];
  const theirs: Quality[] = [];

  beforeAll(async () => {
    const corpus = await readCorpus();
    const questions = readQuestions();
    for (const searcher of baselines(corpus)) theirs.push(await measureQuality(searcher, questions));
    for (const { name, create } of DATABASES) {
      const empty = await create();
      const database = await openDatabase(empty.url);
      opened.push({ empty, database });
      ours.push(await measureQuality(await fullText(name, database, corpus), questions));
    }
  });
  afterAll(async () => {
    for (const { empty, database } of opened) {
      await database.close();
      await empty.remove();
    }
  });

  it('finds more than a known library, and sooner', () => {
    expect(ours).toHaveLength(2);
    for (const { recallAt5, mrr } of ours) {
      for (const their of theirs) {
        expect(recallAt5).toBeGreaterThanOrEqual(their.recallAt5);
        expect(mrr).toBeGreaterThanOrEqual(their.mrr);
      }
    }
    // Positive control: the library finds most of it.
    expect(theirs[0]!.recallAt5).toBeGreaterThan(0.7);
  });

  it('finds codes, misspelt words, other forms and other languages', () => {
    for (const { kinds } of ours) {
      for (const kind of ['words', 'forms', 'codes', 'typos', 'language']) {
        expect({ kind, share: kinds[kind]! >= 0.95 }).toEqual({ kind, share: true });
      }
      // What is said in other words is for vectors.
      expect(kinds['meaning']).toBeLessThan(0.7);
    }
  });

  it('finds the same on both databases', () => {
    expect(agreement(ours[0]!, ours[1]!)).toBeGreaterThanOrEqual(0.9);
  });
});
