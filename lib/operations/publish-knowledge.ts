import { AppError } from '#lib/db/app-error.ts';
import type { EvaluationRow } from '#lib/db/knowledge-questions.ts';
import type { SearchedBase } from '#lib/db/passages.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { LookUpMode } from '#lib/engine/capabilities.ts';
import { knowledge } from '#lib/nodes/knowledge.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { App } from './app.ts';
import {
  askable,
  type EvaluationDetail,
  type MeasuredSettings,
  measureSettings,
  type QuestionResult,
} from './evaluate-base.ts';
import { findProject } from './find-project.ts';

/** A look-up of a draft beside that of the live version, by the questions of its knowledge base. */
export interface LookUpReview {
  /** Key of the step. */
  step: string;
  base: { id: string; name: string };
  /** Questions that both were asked. */
  questions: number;
  /** Share of the questions whose answer is among the passages of the step. */
  before: { found: number; mrr: number };
  now: { found: number; mrr: number };
  /** `settings`: those of the step were asked just now; `documents`: two stored evaluations of the base. */
  of: 'settings' | 'documents';
  worse: boolean;
}

/** Questions that are asked while somebody waits to publish, and ms for it. */
const MOST_ASKED = 50;
const PATIENCE = 1000;
/** What falls by less is chance. */
const FELL = { found: 0.02, mrr: 0.05 };

/**
 * The look-ups of a draft that find less than those of the version that is live: because their settings are others, or
 * because the base is, by its last evaluation. Of bases without accepted questions nothing is said. Only what is searched
 * by words is asked here, 50 questions in a second at most; of the rest stored evaluations are compared.
 */
export async function reviewLookUps(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
  signal: AbortSignal,
): Promise<LookUpReview[]> {
  const { id: projectId } = await findProject(app, principal, at.project);
  const repo = repository(app.db, principal);
  const workflow = await repo.workflows.get(projectId, at.workflow);
  if (!workflow) throw new AppError('not_found', 'There is no such workflow.');
  if (workflow.liveVersion === null) return [];
  const live = await repo.versions.get(projectId, workflow.id, workflow.liveVersion);
  if (!live) return [];
  const before = lookUpsOf(live.document as WorkflowDocument);
  const reviews: LookUpReview[] = [];
  const end = performance.now() + PATIENCE;
  for (const now of lookUpsOf(workflow.document as WorkflowDocument)) {
    const was = before.find(({ id }) => id === now.id);
    if (!was) continue;
    const base = await repo.passages.base(projectId, now.base).catch(ifThere);
    const baseWas = await repo.passages.base(projectId, was.base).catch(ifThere);
    if (!base || base.id !== baseWas?.id) continue;
    const isSame = JSON.stringify(was.settings) === JSON.stringify(now.settings);
    const compared = isSame
      ? await comparedByEvaluations(app, principal, { base, settings: now.settings, since: live.publishedAt })
      : await comparedBySettings(app, principal, { base, was, now, end }, signal);
    if (compared) reviews.push({ step: now.key, base: { id: base.id, name: base.name }, ...compared });
  }
  return reviews;
}

interface LookUpStep {
  id: string;
  key: string;
  base: string;
  settings: MeasuredSettings;
}

/** Those whose settings are known before they run. */
function lookUpsOf({ nodes }: WorkflowDocument): LookUpStep[] {
  return nodes.flatMap(({ id, key, kind, config }) => {
    const read = kind === knowledge.type ? knowledge.config.safeParse(config) : null;
    if (!read?.success) return [];
    const {
      base,
      topK,
      minScore = null,
      mode,
      rerank,
    } = read.data as {
      base: string;
      topK: number | string;
      minScore?: number | string | null;
      mode: LookUpMode;
      rerank: boolean;
    };
    if (typeof topK === 'string' || typeof minScore === 'string') return [];
    return [{ id, key, base, settings: { mode, topK, minScore, rerank } }];
  });
}

type Compared = Omit<LookUpReview, 'step' | 'base'>;

async function comparedBySettings(
  app: App,
  principal: Principal,
  { base, was, now, end }: { base: SearchedBase; was: LookUpStep; now: LookUpStep; end: number },
  signal: AbortSignal,
): Promise<Compared | null> {
  if (![was, now].every(({ settings }) => isByWords(base, settings))) {
    const stored = await evaluationsOf(app, principal, base);
    const [one, other] = [was, now].map(({ settings }) => newestOf(stored, settings));
    return one && other ? verdict('settings', one, other) : null;
  }
  const place = { projectId: base.projectId, baseId: base.id };
  const questions = (await askable(app, principal, place)).filter(({ lost }) => !lost);
  const asking = { questions: questions.slice(0, MOST_ASKED), settings: [was.settings, now.settings], end };
  const { results } = await measureSettings(app, principal, place, asking, signal);
  if (results[0]!.length === 0) return null;
  return verdict('settings', figuresOf(results[0]!), figuresOf(results[1]!));
}

/** The last evaluation with these settings beside the last one of when the live version was published. */
async function comparedByEvaluations(
  app: App,
  principal: Principal,
  { base, settings, since }: { base: SearchedBase; settings: MeasuredSettings; since: Date },
): Promise<Compared | null> {
  const stored = await evaluationsOf(app, principal, base);
  const now = newestOf(stored, settings);
  const before = newestOf(
    stored.filter(({ createdAt }) => createdAt <= since),
    settings,
  );
  return now && before && now.id !== before.id ? verdict('documents', before, now) : null;
}

interface Figures {
  id?: string;
  questions: number;
  found: number;
  mrr: number;
}

function evaluationsOf(app: App, principal: Principal, base: SearchedBase): Promise<EvaluationRow[]> {
  return repository(app.db, principal).questions.evaluations(base.projectId, base.id);
}

/** The newest run that was searched so; how many passages it showed may be others, as long as they are not fewer. */
function newestOf(stored: readonly EvaluationRow[], settings: MeasuredSettings): Figures | null {
  for (const row of stored) {
    const { runs, results } = row.result as unknown as Pick<EvaluationDetail, 'runs' | 'results'>;
    const index = runs.findIndex(
      ({ settings: own }) =>
        own.mode === settings.mode &&
        own.rerank === settings.rerank &&
        own.minScore === settings.minScore &&
        own.topK >= settings.topK,
    );
    const asked = results[index]?.map((result) => within(result, settings.topK));
    if (asked && asked.length > 0) return { id: row.id, ...figuresOf(asked) };
  }
  return null;
}

function within(result: QuestionResult, topK: number): QuestionResult {
  return result.rank !== null && result.rank > topK ? { ...result, rank: null } : result;
}

function figuresOf(results: readonly QuestionResult[]): Figures {
  const ranks = results.map(({ rank }) => rank);
  const mean = (value: (rank: number | null) => number) =>
    ranks.reduce((sum: number, rank) => sum + value(rank), 0) / ranks.length;
  return {
    questions: results.length,
    found: mean((rank) => (rank === null ? 0 : 1)),
    mrr: mean((rank) => (rank === null ? 0 : 1 / rank)),
  };
}

function verdict(of: Compared['of'], before: Figures, now: Figures): Compared {
  const worse = before.found - now.found > FELL.found || before.mrr - now.mrr > FELL.mrr;
  const told = ({ found, mrr }: Figures) => ({ found, mrr });
  return { of, questions: now.questions, before: told(before), now: told(now), worse };
}

/** Whether no model is asked, and so nothing outside. */
function isByWords({ index, reranker }: SearchedBase, { mode, rerank }: MeasuredSettings): boolean {
  return (mode === 'text' || index === null) && (reranker === null || !rerank);
}

function ifThere(error: unknown): null {
  if (error instanceof AppError && ['not_found', 'bad_request'].includes(error.code)) return null;
  throw error;
}
