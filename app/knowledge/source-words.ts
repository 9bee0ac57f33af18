import type { KnowledgeSource } from '#app/data/types.ts';
import { cronInWords } from '#app/triggers/cron-words.ts';
import type { StatusName } from '#app/ui/status.tsx';

export type SourceReport = NonNullable<KnowledgeSource['report']>;

/** `Every Monday at 09:00 · Europe/Berlin`; without a schedule that somebody has to ask. */
export function scheduleWords({
  schedule,
  timeZone,
}: Pick<KnowledgeSource, 'schedule' | 'timeZone'>): string {
  if (schedule === null) return 'When somebody asks';
  return `${cronInWords(schedule) ?? schedule} · ${timeZone}`;
}

/** `12 added, 3 changed, 1 removed, 2 failed`; nothing of what there is none of. */
export function reportWords(report: SourceReport): string {
  const parts = [
    [report.added, 'added'],
    [report.changed, 'changed'],
    [report.removed, 'removed'],
    [report.failed, 'failed'],
  ] as const;
  const words = parts.flatMap(([amount, word]) =>
    amount > 0 ? [`${amount.toLocaleString('en')} ${word}`] : [],
  );
  if (words.length > 0) return words.join(', ');
  return report.unchanged > 0 ? 'Nothing new' : 'Nothing found';
}

/** How the last run ended, or that one is under way. */
export function sourceState({ state, report }: Pick<KnowledgeSource, 'state' | 'report'>): {
  status: StatusName;
  words: string;
} {
  if (state === 'running') {
    const settled = report ? report.found - report.waiting : 0;
    const words =
      report && report.found > 0
        ? `${settled.toLocaleString('en')} of ${report.found.toLocaleString('en')} so far`
        : 'Looking';
    return { status: 'running', words };
  }
  if (state === 'failed') return { status: 'failed', words: 'Failed' };
  if (!report) return { status: 'draft', words: 'Never run' };
  if (report.end === 'stopped') return { status: 'cancelled', words: 'Stopped' };
  if (report.end === 'partial') return { status: 'warning', words: 'In part' };
  return report.failed > 0
    ? { status: 'warning', words: reportWords(report) }
    : { status: 'succeeded', words: reportWords(report) };
}

/** Lines of a text field, without what is empty. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
