import type { Evaluation, EvaluationRun } from '#app/data/types.ts';

type Settings = EvaluationRun['settings'];

const MODES: Record<Settings['mode'], string> = {
  auto: 'Automatic',
  text: 'Full text',
  vectors: 'Vectors',
  hybrid: 'Both, fused',
};

/** `Both, fused, reranked, from 0.3`: how was searched. */
export function settingsWords({ mode, minScore, rerank }: Settings, reranked = rerank): string {
  return [MODES[mode], ...(reranked ? ['reranked'] : []), ...(minScore ? [`from ${minScore}`] : [])].join(
    ', ',
  );
}

/** What is told of a run, in the order of the table. */
export const MEASURES = [
  { name: 'Recall@1', value: (run: EvaluationRun) => run.recall[1] },
  { name: '@3', value: (run: EvaluationRun) => run.recall[3] },
  { name: '@5', value: (run: EvaluationRun) => run.recall[5] },
  { name: '@10', value: (run: EvaluationRun) => run.recall[10] },
  { name: 'MRR', value: (run: EvaluationRun) => run.mrr },
  { name: 'nDCG@10', value: (run: EvaluationRun) => run.ndcg },
] as const;

/** Less than this is no difference: it is rounded away. */
const NOTHING = 0.005;

/** How much more, or less; null where there is nothing to compare with, or no difference. */
export function differenceOf(value: number, before: number | undefined): number | null {
  if (before === undefined) return null;
  const difference = value - before;
  return Math.abs(difference) < NOTHING ? null : difference;
}

/** The run with the same settings in the newest of earlier evaluations that has one. */
export function runBefore(
  settings: Settings,
  earlier: readonly Pick<Evaluation, 'runs'>[],
): EvaluationRun | undefined {
  const wanted = settingsKey(settings);
  for (const { runs } of earlier) {
    const run = runs.find((one) => settingsKey(one.settings) === wanted);
    if (run) return run;
  }
  return undefined;
}

export function settingsKey({ mode, topK, minScore, rerank }: Settings): string {
  return JSON.stringify([mode, topK, minScore, rerank]);
}

/** Whether it found less than before: the mean rank or the first five places. */
export function isRegression(run: EvaluationRun, before: EvaluationRun | undefined): boolean {
  if (!before) return false;
  return (
    (differenceOf(run.mrr, before.mrr) ?? 0) < 0 || (differenceOf(run.recall[5], before.recall[5]) ?? 0) < 0
  );
}
