import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '#lib/operations/app.ts';
import { parseEnv } from '#lib/operations/env.ts';
import { makeTeam } from '#test/db/team.ts';
import { DATABASES } from '#test/support/databases.ts';
import { startEmbeddingServer } from '#test/support/embedding-server.ts';
import { fillLargeBase, questionsOf } from './large-base.ts';
import { addVectors, lookUpTimes } from './large-vectors.ts';
import {
  agreement,
  baselines,
  fullText,
  measureQuality,
  type Quality,
  readCorpus,
  readQuestions,
} from './quality.ts';
import { vectorSearchers } from './vector-searchers.ts';

/** Targets of the section `knowledge`. */
export const KNOWLEDGE_MOST = { agreement: 0.9, p50: 30, hybridP50: 60, perSecond: 200 };

/** What a large base took on one database. */
export interface Speed {
  database: string;
  passages: number;
  /** Passages that were stored and made searchable in a second; analysed in a second. */
  perSecond: number;
  analysedPerSecond: number;
  longestHoldMs: number;
  /** Memory before and after, in MB. */
  memoryMb: [before: number, after: number];
  /** Of a look-up, in ms. */
  p50: number;
  p95: number;
  /** Of a look-up by full text and vectors, of 256 values; and of the first, which loads them. */
  hybrid: { p50: number; p95: number; first: number; dimensions: number };
}

export interface KnowledgeFigures {
  quality: Omit<Quality, 'answers'>[];
  /** Of the first five of both databases, 0 to 1. */
  agreement: number;
  speed: Speed[];
}

/** Looks up the questions of the corpus by all that can search, then looks up in a base of so many passages. */
export async function benchKnowledge(passages: number): Promise<KnowledgeFigures & { missed: string[] }> {
  const missed: string[] = [];
  const { quality, agreement: agree, ours, theirs } = await benchQuality();
  for (const our of ours) {
    for (const their of theirs) {
      if (our.recallAt5 < their.recallAt5 || our.mrr < their.mrr)
        missed.push(`knowledge: ${our.name} < ${their.name}`);
    }
  }
  if (agree < KNOWLEDGE_MOST.agreement) missed.push('knowledge: the databases disagree');
  const speed: Speed[] = [];
  if (passages > 0) {
    for (const { name, create } of DATABASES) {
      const one = await benchSpeed(name, create, passages);
      speed.push(one);
      if (one.p50 > KNOWLEDGE_MOST.p50)
        missed.push(`knowledge: look-up on ${name} took ${one.p50.toFixed(0)} ms`);
      if (one.hybrid.p50 > KNOWLEDGE_MOST.hybridP50) {
        missed.push(`knowledge: hybrid look-up on ${name} took ${one.hybrid.p50.toFixed(0)} ms`);
      }
      if (one.perSecond < KNOWLEDGE_MOST.perSecond) missed.push(`knowledge: ingestion on ${name}`);
    }
  }
  return { quality: quality.map(({ answers: _, ...rest }) => rest), agreement: agree, speed, missed };
}

async function benchQuality(): Promise<{
  quality: Quality[];
  ours: Quality[];
  theirs: Quality[];
  agreement: number;
}> {
  const corpus = await readCorpus();
  const questions = readQuestions();
  const sections = corpus.reduce((sum, { document }) => sum + document.sections.length, 0);
  console.log(`${questions.length} questions to ${sections} passages`);
  const theirs: Quality[] = [];
  for (const searcher of baselines(corpus)) theirs.push(tell(await measureQuality(searcher, questions)));
  const ours: Quality[] = [];
  const others: Quality[] = [];
  const model = await startEmbeddingServer();
  try {
    for (const { name, create } of DATABASES) {
      const empty = await create();
      const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
      const app = await appOn(empty.url, folder);
      ours.push(tell(await measureQuality(await fullText(`${name}, full text`, app.db, corpus), questions)));
      for (const searcher of await vectorSearchers(name, app, corpus, model.url)) {
        others.push(tell(await measureQuality(searcher, questions)));
      }
      await app.close();
      await empty.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    await model.close();
  }
  const agree = agreement(ours[0]!, ours[1]!);
  console.log(`the databases agree on ${(100 * agree).toFixed(1)} % of the first five   ≥ 90\n`);
  return { quality: [...theirs, ...ours, ...others], ours, theirs, agreement: agree };
}

function appOn(url: string, folder: string): Promise<App> {
  return createApp(
    parseEnv({
      ...{ DATA_DIR: folder, DATABASE_URL: url, LOG_LEVEL: 'warn', EGRESS_ALLOW: '127.0.0.1' },
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    }),
  );
}

function tell(quality: Quality): Quality {
  const kinds = Object.entries(quality.kinds).map(([kind, share]) => `${kind} ${(100 * share).toFixed(0)}`);
  console.log(
    `${quality.name.padEnd(30)} recall@5 ${quality.recallAt5.toFixed(3)}   MRR ${quality.mrr.toFixed(3)}   ${kinds.join(', ')}`,
  );
  return quality;
}

const QUESTIONS = 300;
/** Values of a vector. */
const DIMENSIONS = 256;

async function benchSpeed(
  name: string,
  create: (typeof DATABASES)[number]['create'],
  passages: number,
): Promise<Speed> {
  const empty = await create();
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
  const app = await appOn(empty.url, folder);
  const model = await startEmbeddingServer();
  const database = app.db;
  try {
    const { organizationId, projectId } = await makeTeam(database, 'large');
    const memory = () => process.memoryUsage().rss / 2 ** 20;
    const before = memory();
    const filled = await fillLargeBase(database, { organizationId, projectId }, passages);
    const after = memory();
    const { baseId, perSecond, analysedPerSecond, longestHoldMs } = filled;
    const questions = await questionsOf(database, baseId, QUESTIONS);
    const times: number[] = [];
    for (const round of [0, 1]) {
      for (const text of questions) {
        const begun = performance.now();
        await database.search({ baseId, text, topK: 5 });
        // The first round only warms up.
        if (round > 0) times.push(performance.now() - begun);
      }
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(share * times.length)]!;
    await addVectors(database, { baseId, url: model.url, dimensions: DIMENSIONS });
    const where = { projectId, base: baseId };
    // The model's time is its own: each question was asked before.
    const { first } = await lookUpTimes(app, where, questions, 'vectors');
    const { times: both } = await lookUpTimes(app, where, questions, 'hybrid');
    const of = (share: number) => both[Math.floor(share * both.length)]!;
    const speed: Speed = {
      ...{ database: name, passages, perSecond, analysedPerSecond, longestHoldMs },
      ...{ memoryMb: [before, after], p50: at(0.5), p95: at(0.95) },
      hybrid: { p50: of(0.5), p95: of(0.95), first, dimensions: DIMENSIONS },
    };
    console.log(`${name}, ${passages} passages`);
    console.log(`  stored and indexed   ${perSecond.toFixed(0)} /s   ≥ ${KNOWLEDGE_MOST.perSecond}`);
    console.log(`  analysed             ${analysedPerSecond.toFixed(0)} /s`);
    console.log(`  longest hold         ${longestHoldMs.toFixed(0)} ms`);
    console.log(`  memory               ${before.toFixed(0)} → ${after.toFixed(0)} MB`);
    console.log(`  look-up, median      ${speed.p50.toFixed(1)} ms   ≤ ${KNOWLEDGE_MOST.p50}`);
    console.log(`  look-up, p95         ${speed.p95.toFixed(1)} ms`);
    console.log(`  hybrid, median       ${of(0.5).toFixed(1)} ms   ≤ ${KNOWLEDGE_MOST.hybridP50}`);
    console.log(`  hybrid, p95          ${of(0.95).toFixed(1)} ms; the first ${first.toFixed(0)} ms\n`);
    return speed;
  } finally {
    await app.close();
    await model.close();
    await empty.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
