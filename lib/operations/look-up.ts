import type { Passage, Place, SearchedBase } from '#lib/db/passages.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { ChunkHit } from '#lib/db/search.ts';
import type { KnowledgeHit, LookUpQuery } from '#lib/engine/capabilities.ts';
import type { App } from './app.ts';
import { documentUri } from './offered.ts';

/** What was found, and how. */
export interface LookUpAnswer {
  hits: KnowledgeHit[];
  /** How was searched. */
  mode: 'text' | 'vectors' | 'hybrid';
  /** What did not work, and was left out; null when all did. */
  warning: string | null;
  /** ms */
  tookMs: number;
}

/** The one way to search a knowledge base. See `answerLookUp`. */
export async function lookUp(
  app: App,
  principal: Principal,
  projectId: string,
  base: string,
  query: LookUpQuery,
  signal?: AbortSignal,
): Promise<KnowledgeHit[]> {
  return (await answerLookUp(app, principal, { projectId, base }, query, signal)).hits;
}

/**
 * The passages of a knowledge base (its id or name) that fit a text best, and how they were found. Throws `not_found`
 * when there is no such base, `bad_request` for a filter that is none.
 */
export async function answerLookUp(
  app: App,
  principal: Principal,
  at: { projectId: string; base: string },
  query: LookUpQuery,
  signal?: AbortSignal,
): Promise<LookUpAnswer> {
  const begun = performance.now();
  const repo = repository(app.db, principal);
  const base = await repo.passages.base(at.projectId, at.base);
  const { text, topK, filter, prefix, minScore = 0 } = query;
  const found = await repo.knowledge.search(at.projectId, base.id, {
    text,
    topK,
    ...(filter && { filter }),
    ...(prefix && { prefix }),
  });
  signal?.throwIfAborted();
  const scored = found.map((hit) => ({ ...hit, score: unit(hit.score) }));
  const kept = scored.filter(({ score }) => score >= minScore);
  const places = query.neighbours ? kept.flatMap(around) : kept;
  const passages = byPlace(await repo.passages.read(at.projectId, base.id, places));
  const hits = kept.flatMap((hit) => hitOf(hit, base, passages, query.neighbours ?? false));
  return { hits, mode: 'text', warning: null, tookMs: Math.round(performance.now() - begun) };
}

/** A score without an upper bound as one from 0 to 1. */
function unit(score: number): number {
  return score / (1 + score);
}

function around({ versionId, ordinal }: Place): Place[] {
  return [-1, 0, 1].map((step) => ({ versionId, ordinal: ordinal + step }));
}

function keyOf({ versionId, ordinal }: Place): string {
  return `${versionId} ${ordinal}`;
}

function byPlace(passages: readonly Passage[]): Map<string, Passage> {
  return new Map(passages.map((passage) => [keyOf(passage), passage]));
}

/** Nothing where the document has got another version meanwhile. */
function hitOf(
  hit: ChunkHit,
  base: SearchedBase,
  passages: ReadonlyMap<string, Passage>,
  neighbours: boolean,
): KnowledgeHit[] {
  const passage = passages.get(keyOf(hit));
  if (!passage) return [];
  const beside = (step: number) => passages.get(keyOf({ ...passage, ordinal: passage.ordinal + step }))?.text;
  const [before, after] = neighbours ? [beside(-1), beside(1)] : [];
  const { documentId, document, title, uri, headings, page, ordinal, text } = passage;
  return [
    {
      ...{ document, documentId, title: title ?? document, uri: uri ?? documentUri(base.name, document) },
      ...{ headings, page, passage: ordinal, text },
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      ...{ score: hit.score, snippet: hit.snippet },
    },
  ];
}
