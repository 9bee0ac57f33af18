import { AppError } from '#lib/db/app-error.ts';
import type { Passage, Place, SearchedBase } from '#lib/db/passages.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { KnowledgeHit, LookUpQuery } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { mergeDuplicates } from '#lib/knowledge/rank-duplicates.ts';
import { snippetOf } from '#lib/knowledge/snippet.ts';
import { fused } from '#lib/knowledge/vectors/fuse.ts';
import type { Near } from '#lib/knowledge/vectors/vector-table.ts';
import type { App } from './app.ts';
import { httpOf, storedModel } from './embedding/embedder.ts';
import { documentUri } from './offered.ts';
import { rerank } from './rerank.ts';

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

/** Passages that each half finds, to be put together. */
const CANDIDATES = 50;
/** Passages that a model orders once more. */
const RERANKED = 30;

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
 * The passages of a knowledge base (its id or name) that fit a text best, and how they were found: by its words, by
 * vectors, or by both at the same time, put together by reciprocal rank. A model that does not answer never breaks a
 * look-up: it is left out, and the answer says so. Throws `not_found` when there is no such base, `bad_request` for a
 * filter that is none.
 */
export async function answerLookUp(
  app: App,
  principal: Principal,
  at: { projectId: string; base: string },
  query: LookUpQuery,
  signal: AbortSignal = new AbortController().signal,
): Promise<LookUpAnswer> {
  const begun = performance.now();
  const repo = repository(app.db, principal);
  const base = await repo.passages.base(at.projectId, at.base);
  const found = await findPassages(app, principal, base, query);
  signal.throwIfAborted();
  const ordered = await reranked(app, base, query, found, signal);
  const scored = ordered.filter(({ score }) => score >= (query.minScore ?? 0));
  const hits = (query.merge === false ? scored : merged(scored)).slice(0, query.topK);
  const around = query.neighbours
    ? hits.flatMap(({ passage }) => [beside(passage, -1), beside(passage, 1)])
    : [];
  const neighbours = byPlace(await repo.passages.read(at.projectId, base.id, around));
  return {
    hits: hits.map((hit) => hitOf(hit, base, neighbours)),
    ...{ mode: found.mode, warning: found.warning, tookMs: Math.round(performance.now() - begun) },
  };
}

/** A passage that may be a hit. */
interface Scored {
  passage: Passage;
  score: number;
  /** Null where no word of it matched. */
  snippet: string | null;
  also: { document: string; documentId: string }[];
}

interface Found {
  mode: LookUpAnswer['mode'];
  warning: string | null;
  /** Best first. */
  passages: Scored[];
}

async function findPassages(
  app: App,
  principal: Principal,
  base: SearchedBase,
  query: LookUpQuery,
): Promise<Found> {
  const { mode = 'auto', topK, text } = query;
  const repo = repository(app.db, principal);
  const byText = async (most: number): Promise<Scored[]> => {
    const { filter, prefix } = query;
    const how = { text, topK: most, ...(filter && { filter }), ...(prefix && { prefix }) };
    const hits = await repo.knowledge.search(base.projectId, base.id, how);
    return hits.map(({ score, snippet, ...passage }): Scored => ({ passage, score, snippet, also: [] }));
  };
  // Some more, as those that say the same are merged.
  const most = base.reranker ? CANDIDATES : Math.min(CANDIDATES, 2 * topK);
  if (mode === 'text' || text.trim() === '') {
    return { mode: 'text', warning: null, passages: await byText(most) };
  }
  if (!base.index) {
    const asked = mode === 'auto' ? null : 'It has no model for embeddings that is ready';
    return { mode: 'text', warning: asked && fallback(base, asked), passages: await byText(most) };
  }
  const [words, near] = await Promise.all([
    mode === 'vectors' ? [] : byText(CANDIDATES),
    byVectors(app, principal, base, query),
  ]);
  if ('warning' in near) {
    return { mode: 'text', warning: near.warning, passages: mode === 'vectors' ? await byText(most) : words };
  }
  const passages = await together(repo, base, {
    words,
    near: near.found,
    most: Math.max(RERANKED, 2 * topK),
  });
  return { mode: mode === 'vectors' ? 'vectors' : 'hybrid', warning: null, passages };
}

async function byVectors(
  app: App,
  principal: Principal,
  base: SearchedBase,
  { text, filter }: LookUpQuery,
): Promise<{ found: Near[] } | { warning: string }> {
  const { nearest, queryVectors } = app.retrieval;
  const index = base.index!;
  try {
    const model = storedModel({ ...base, ...index, config: JSON.parse(index.config) });
    const [vector, only] = await Promise.all([
      queryVectors.of(app, { id: index.id, model }, text),
      repository(app.db, principal).passages.versions(base.projectId, base.id, filter),
    ]);
    if (vector.length !== index.dimensions) {
      return { warning: fallback(base, 'Its model makes vectors of another length than before') };
    }
    const at = { indexId: index.id, revision: base.revision };
    const found = await nearest.search({ ...at, vector, most: CANDIDATES, only });
    // What has nothing in common with the question is no answer to it.
    return { found: found.filter(({ score }) => score > 0) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (error instanceof StepError) return { warning: fallback(base, error.message.replace(/\.$/, '')) };
    app.log.error({ err: error, base: base.id }, 'vectors could not be searched');
    return { warning: fallback(base, 'Its vectors could not be searched') };
  }
}

function fallback({ name }: SearchedBase, why: string): string {
  return `"${name}" was searched by full text alone. ${why}.`;
}

/** What was found by words and what by vectors, in one order: the first `most`. */
async function together(
  repo: ReturnType<typeof repository>,
  base: SearchedBase,
  { words, near, most }: { words: readonly Scored[]; near: readonly Near[]; most: number },
): Promise<Scored[]> {
  const keys = fused([words.map(({ passage }) => keyOf(passage)), near.map(keyOf)]).slice(0, most);
  const known = new Map(words.map((hit) => [keyOf(hit.passage), hit]));
  const places = new Map(near.map((place) => [keyOf(place), place]));
  const missing = keys.flatMap((key) => (known.has(key) ? [] : [places.get(key)!]));
  for (const passage of await repo.passages.read(base.projectId, base.id, missing)) {
    known.set(keyOf(passage), { passage, score: 0, snippet: null, also: [] });
  }
  const ordered = keys.flatMap((key) => {
    const hit = known.get(key);
    const cosine = Math.min(1, Math.max(0, places.get(key)?.score ?? 0));
    return hit ? [{ ...hit, score: Math.max(hit.score, cosine) }] : [];
  });
  // What stands before another is worth as much at least.
  for (let place = ordered.length - 2; place >= 0; place--) {
    ordered[place]!.score = Math.max(ordered[place]!.score, ordered[place + 1]!.score);
  }
  return ordered;
}

/** The best once more in order, by a model; as they were when it does not answer. */
async function reranked(
  app: App,
  base: SearchedBase,
  query: LookUpQuery,
  found: Found,
  signal: AbortSignal,
): Promise<Scored[]> {
  const { reranker } = base;
  const best = found.passages.slice(0, RERANKED);
  if (!reranker || query.rerank === false || best.length < 2) return found.passages;
  try {
    const texts = best.map(({ passage: { headings, text } }) =>
      [headings.join(' > '), text].join('\n').trim(),
    );
    const scores = await rerank(httpOf(app, base), reranker, { query: query.text, texts }, signal);
    return best.map((hit, place) => ({ ...hit, score: scores[place]! })).sort((a, b) => b.score - a.score);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StepError)) throw error;
    const words = `The passages are in the order of the search alone. ${error.message}`;
    found.warning = found.warning === null ? words : `${found.warning} ${words}`;
    return found.passages;
  }
}

/** Passages that say nearly the same stand in the place of the best of them. */
function merged(hits: readonly Scored[]): Scored[] {
  const kept = mergeDuplicates(hits.map((hit) => ({ ...hit.passage, hit })));
  return kept.map(({ hit, also = [] }) => ({ ...hit, also }));
}

function keyOf({ versionId, ordinal }: Place): string {
  return `${versionId} ${ordinal}`;
}

function beside({ versionId, ordinal }: Place, step: number): Place {
  return { versionId, ordinal: ordinal + step };
}

function byPlace(passages: readonly Passage[]): Map<string, Passage> {
  return new Map(passages.map((passage) => [keyOf(passage), passage]));
}

function hitOf(
  { passage, score, snippet, also }: Scored,
  base: SearchedBase,
  neighbours: ReadonlyMap<string, Passage>,
): KnowledgeHit {
  const before = neighbours.get(keyOf(beside(passage, -1)))?.text;
  const after = neighbours.get(keyOf(beside(passage, 1)))?.text;
  const { documentId, document, title, uri, headings, page, ordinal, text } = passage;
  return {
    ...{
      document,
      documentId,
      title: title ?? document,
      uri: uri ?? documentUri(base.name, passage.path || document),
    },
    ...{ headings, page, passage: ordinal, text },
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...{ score, snippet: snippet ?? snippetOf(text, { terms: new Set(), languages: [] }) },
    ...(also.length > 0 && { also }),
  };
}
