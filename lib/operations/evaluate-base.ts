import { AppError } from '#lib/db/app-error.ts';
import type { EvaluationRow, KnowledgeQuestion } from '#lib/db/knowledge-questions.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { KnowledgeHit, LookUpMode } from '#lib/engine/capabilities.ts';
import { type Expected, type Measured, type Metrics, measure, metricsOf } from '#lib/knowledge/measure.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { fewAtOnce } from './few-at-once.ts';
import { answerLookUp } from './look-up.ts';
import { findBase } from './read-knowledge.ts';
import { mayEdit } from './roles.ts';

type At = { project: string; base: string };

/** How is searched, as a look-up step says it. */
export interface MeasuredSettings {
  mode: LookUpMode;
  topK: number;
  minScore: number | null;
  rerank: boolean;
}

/** What came of one question. */
export interface QuestionResult {
  question: string;
  text: string;
  /** Of the first right passage, from 1; null when none was found. */
  rank: number | null;
  ndcg: number;
  /** What stood first, where that was not right; null when nothing was found. */
  instead: { document: string; headings: string[]; score: number } | null;
  /** None of the documents that it names is there. */
  lost: boolean;
}

export interface MeasuredRun extends Metrics {
  settings: MeasuredSettings;
  /** How was searched in fact. */
  mode: 'text' | 'vectors' | 'hybrid';
  /** What did not work, and was left out. */
  warning: string | null;
  /** Median of a look-up. */
  medianMs: number;
}

export interface EvaluationView {
  id: string;
  name: string;
  createdAt: string;
  /** The documents or the settings of the base are others now. */
  outdated: boolean;
  /** Questions that were asked, of those there were. */
  asked: number;
  questions: number;
  runs: MeasuredRun[];
}

export interface EvaluationDetail extends EvaluationView {
  /** By run, in the order of `runs`. */
  results: QuestionResult[][];
}

/** Look-ups under way together. */
const AT_ONCE = 2;
/** Each may take a minute. Whose: the base's. */
const oneOfFew = fewAtOnce({
  ofOne: 1,
  ofAll: 4,
  words: 'Something is being measured already. Try it again in a minute.',
});
/** ms for all of it: what is not asked by then is left out. */
const PATIENCE = 60_000;

/**
 * Asks a base all questions that were accepted, with each of the settings, and keeps how well it did. Throws `invalid` when
 * there is no question, `too_many` while the base is measured already.
 */
export async function evaluateBase(
  app: App,
  principal: Principal,
  at: At,
  given: { name: string; settings: readonly MeasuredSettings[] },
  signal: AbortSignal,
): Promise<EvaluationDetail> {
  mayEdit(principal, 'measure a knowledge base');
  const { projectId, base } = await findBase(app, principal, at);
  const repo = repository(app.db, principal);
  const questions = await askable(app, principal, { projectId, baseId: base.id });
  if (questions.length === 0) {
    throw new AppError('invalid', 'There is no question to ask: write one, or accept one that is proposed.');
  }
  const { revision } = await repo.passages.base(projectId, base.id);
  const end = performance.now() + PATIENCE;
  const place = { projectId, baseId: base.id };
  const measured = await oneOfFew(base.id, () =>
    measureSettings(app, principal, place, { ...given, questions, end }, signal),
  );
  const row = await repo.questions.addEvaluation(projectId, base.id, {
    name: given.name,
    settings: given.settings.map((one) => ({ ...one })),
    result: { questions: questions.length, ...measured } as unknown as JsonValue,
    revision,
  });
  return detailOf(row, revision);
}

/** Newest first, without what came of each question. */
export async function listEvaluations(app: App, principal: Principal, at: At): Promise<EvaluationView[]> {
  const { projectId, base } = await findBase(app, principal, at);
  const repo = repository(app.db, principal);
  const { revision } = await repo.passages.base(projectId, base.id);
  const rows = await repo.questions.evaluations(projectId, base.id);
  return rows.map((row) => {
    const { results: _, ...view } = detailOf(row, revision);
    return view;
  });
}

export async function getEvaluation(
  app: App,
  principal: Principal,
  { evaluation, ...at }: At & { evaluation: string },
): Promise<EvaluationDetail> {
  const { projectId, base } = await findBase(app, principal, at);
  const repo = repository(app.db, principal);
  const row = await repo.questions.evaluation(projectId, base.id, evaluation);
  if (!row) throw new AppError('not_found', 'There is no such evaluation.');
  const { revision } = await repo.passages.base(projectId, base.id);
  return detailOf(row, revision);
}

/** A question with the documents that it names, by their ids. */
export interface AskableQuestion {
  id: string;
  text: string;
  expected: Expected[];
  lost: boolean;
}

/** The questions of a base that somebody wrote or accepted. */
export async function askable(
  app: App,
  principal: Principal,
  { projectId, baseId }: { projectId: string; baseId: string },
): Promise<AskableQuestion[]> {
  const { questions } = repository(app.db, principal);
  const accepted = (await questions.list(projectId, baseId)).filter(({ origin }) => origin === 'user');
  const names = accepted.flatMap(({ expected }) => expected.map(({ document }) => document));
  const documents = await questions.documentsNamed(projectId, baseId, names);
  const ids = new Map<string, Set<string>>();
  for (const { id, path, name } of documents) {
    for (const key of [id, path, name]) ids.set(key, (ids.get(key) ?? new Set()).add(id));
  }
  return accepted.map((question) => resolved(question, ids));
}

function resolved(
  { id, text, expected }: KnowledgeQuestion,
  ids: ReadonlyMap<string, ReadonlySet<string>>,
): AskableQuestion {
  const places = expected.map(({ document, heading, quote }) => ({
    documents: [...(ids.get(document) ?? [])],
    heading,
    quote,
  }));
  return { id, text, expected: places, lost: places.every(({ documents }) => documents.length === 0) };
}

interface Measuring {
  questions: readonly AskableQuestion[];
  settings: readonly MeasuredSettings[];
  /** performance.now() at which no further question is asked. */
  end: number;
}

/** The same questions with each of the settings: a question that one has no time for is left out in all. */
export async function measureSettings(
  app: App,
  principal: Principal,
  place: { projectId: string; baseId: string },
  { questions, settings, end }: Measuring,
  signal: AbortSignal,
): Promise<{ asked: number; runs: MeasuredRun[]; results: QuestionResult[][] }> {
  const rows: {
    result: QuestionResult;
    measured: Measured;
    ms: number;
    mode: MeasuredRun['mode'];
    warning: string | null;
  }[][] = [];
  for (let start = 0; start < questions.length && performance.now() < end; start += AT_ONCE) {
    const some = questions.slice(start, start + AT_ONCE);
    rows.push(
      ...(await Promise.all(
        some.map((question) =>
          Promise.all(settings.map((one) => ask(app, principal, place, { question, settings: one }, signal))),
        ),
      )),
    );
  }
  const runs = settings.map((one, index) => {
    const own = rows.map((row) => row[index]!);
    const times = own.map(({ ms }) => ms).toSorted((a, b) => a - b);
    return {
      ...metricsOf(own.map(({ measured }) => measured)),
      settings: one,
      mode: own[0]?.mode ?? 'text',
      warning: own.find(({ warning }) => warning !== null)?.warning ?? null,
      medianMs: Math.round(times[Math.floor(times.length / 2)] ?? 0),
    } satisfies MeasuredRun;
  });
  const results = settings.map((_, index) => rows.map((row) => row[index]!.result));
  return { asked: rows.length, runs, results };
}

async function ask(
  app: App,
  principal: Principal,
  { projectId, baseId }: { projectId: string; baseId: string },
  { question, settings }: { question: AskableQuestion; settings: MeasuredSettings },
  signal: AbortSignal,
) {
  signal.throwIfAborted();
  const { mode, topK, minScore, rerank } = settings;
  const query = { text: question.text, topK, mode, rerank, ...(minScore !== null && { minScore }) };
  const begun = performance.now();
  const found = await answerLookUp(app, principal, { projectId, base: baseId }, query, signal);
  const ms = performance.now() - begun;
  const measured = measure(found.hits, question.expected);
  const result = {
    ...{ question: question.id, text: question.text, rank: measured.rank, ndcg: measured.ndcg },
    instead: measured.rank === 1 ? null : insteadOf(found.hits[0]),
    lost: question.lost,
  };
  return { result, measured, ms, mode: found.mode, warning: found.warning };
}

function insteadOf(hit: KnowledgeHit | undefined): QuestionResult['instead'] {
  return hit ? { document: hit.document, headings: hit.headings, score: hit.score } : null;
}

function detailOf(row: EvaluationRow, revision: number): EvaluationDetail {
  const { id, name, createdAt } = row;
  const stored = row.result as unknown as Pick<EvaluationDetail, 'asked' | 'questions' | 'runs' | 'results'>;
  return { id, name, createdAt: createdAt.toISOString(), outdated: row.revision !== revision, ...stored };
}
