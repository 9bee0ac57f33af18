import type { ItemState, SourceItem } from '#lib/db/knowledge-sources.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** What a run of a source did, or has done so far. Times are ISO 8601. */
export interface SourceReport {
  startedAt: string;
  endedAt: string | null;
  /** user: somebody asked for it. */
  cause: 'user' | 'schedule';
  /** null while it is under way. partial: not all there is was looked at, and nothing was removed. */
  end: 'complete' | 'partial' | 'stopped' | 'failed' | null;
  found: number;
  waiting: number;
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
  failed: number;
  leftOut: number;
  /** What could not be read; the first fifty. */
  failures: { path: string; reason: string }[];
  /** What was passed over on purpose; the first fifty. */
  omissions: { path: string; reason: string }[];
  /** About the run as a whole. */
  notes: string[];
}

const MOST_REASONS = 50;
const LONGEST_PATH = 300;

/** Of a run that begins. */
export function emptyReport(cause: SourceReport['cause']): JsonObject {
  return reportOf([], { startedAt: new Date().toISOString(), cause, notes: [], removed: 0 });
}

/** What is known of a run by its items. */
export function reportOf(
  items: Iterable<SourceItem>,
  known: Pick<SourceReport, 'startedAt' | 'cause' | 'notes' | 'removed'>,
  end: SourceReport['end'] = null,
): JsonObject {
  const counts: Record<ItemState, number> = {
    ...{ waiting: 0, added: 0, changed: 0, unchanged: 0 },
    ...{ 'left-out': 0, failed: 0, gone: 0 },
  };
  const failures: SourceReport['failures'] = [];
  const omissions: SourceReport['omissions'] = [];
  for (const { state, path, error } of items) {
    counts[state] += 1;
    const list = state === 'failed' ? failures : state === 'left-out' ? omissions : null;
    if (list && list.length < MOST_REASONS) {
      list.push({ path: path.slice(0, LONGEST_PATH), reason: error ?? '' });
    }
  }
  const { waiting, added, changed, unchanged, failed } = counts;
  return {
    startedAt: known.startedAt,
    endedAt: end === null ? null : new Date().toISOString(),
    cause: known.cause,
    end,
    found: Object.values(counts).reduce((sum, count) => sum + count, 0),
    ...{ waiting, added, changed, unchanged, removed: known.removed, failed, leftOut: counts['left-out'] },
    failures,
    omissions,
    notes: known.notes,
  };
}

/** Null before the first run. */
export function storedReport(report: JsonObject): SourceReport | null {
  return typeof report['startedAt'] === 'string' ? (report as unknown as SourceReport) : null;
}
