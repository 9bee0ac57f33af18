import { diffIndices } from 'node-diff3';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import { sameJson } from '#lib/workflow/same-json.ts';
import type { MergeConflict, Side } from './merge.ts';
import type { Part } from './merge-values.ts';

/** Lines around a change that are shown with it. */
const AROUND = 2;

/** Lines of one side that are shown. */
const MOST_LINES = 200;

/** A line of a value, against what both began with. `left-out` stands for lines that did not change. */
export interface DiffLine {
  kind: 'same' | 'added' | 'removed' | 'left-out';
  text: string;
}

/** What one of the two did at a place that both changed. */
export interface SideWords {
  /** "Deleted the step", "Renamed it to get_order"; null where the lines say it. */
  words: string | null;
  lines: readonly DiffLine[];
}

/** What a side did, in words where it deleted, renamed or changed a whole step, else line by line. */
export function sideWords(conflict: MergeConflict, side: Side): SideWords {
  const { base } = conflict;
  const value = conflict[side];
  const [list, , field, ...deeper] = conflict.id.split('/');
  const isStep = list === 'nodes' && field === undefined;
  if (value === undefined) return said(isStep ? 'Deleted the step' : 'Removed it');
  if (list === 'nodes' && field === 'key' && deeper.length === 0) return said(`Renamed it to ${value}`);
  if (isStep && base !== undefined) {
    return said(stepWords(base as unknown as WorkflowNode, value as unknown as WorkflowNode));
  }
  return { words: null, lines: diffLines(base, value) };
}

function said(words: string): SideWords {
  return { words, lines: [] };
}

/** "Changed url and method". */
function stepWords(was: WorkflowNode, is: WorkflowNode): string {
  const fields = [...new Set([...Object.keys(was.config), ...Object.keys(is.config)])].filter(
    (field) => !sameJson(was.config[field], is.config[field]),
  );
  if (was.kind !== is.kind) return 'Made it another kind of step';
  if (!sameJson(was.settings, is.settings)) fields.push('its settings');
  if (was.parent !== is.parent) fields.push('the loop it stands in');
  return `Changed ${fields.length === 0 ? 'where it stands' : fields.join(', ')}`;
}

/** A value against another, line by line; unchanged lines far from a change are left out. */
export function diffLines(base: Part, value: Part): DiffLine[] {
  const [old, now] = [linesOf(base), linesOf(value)];
  const lines: DiffLine[] = [];
  const unchanged = (from: number, to: number, ends: { first: boolean; last: boolean }): void => {
    const head = ends.first ? 0 : AROUND;
    const tail = ends.last ? 0 : AROUND;
    const all = old.slice(from, to).map((text): DiffLine => ({ kind: 'same', text }));
    if (all.length <= head + tail + 1) return void lines.push(...all);
    const left = all.length - head - tail;
    const words = `${left} unchanged lines`;
    lines.push(...all.slice(0, head), { kind: 'left-out', text: words }, ...all.slice(all.length - tail));
  };
  let at = 0;
  for (const { buffer1, buffer2 } of diffIndices(old, now)) {
    const [from, length] = buffer1;
    const [start, count] = buffer2;
    unchanged(at, from, { first: at === 0, last: false });
    lines.push(...old.slice(from, from + length).map((text): DiffLine => ({ kind: 'removed', text })));
    lines.push(...now.slice(start, start + count).map((text): DiffLine => ({ kind: 'added', text })));
    at = from + length;
  }
  unchanged(at, old.length, { first: at === 0, last: true });
  if (lines.length <= MOST_LINES) return lines;
  const more = `${lines.length - MOST_LINES} more lines`;
  return [...lines.slice(0, MOST_LINES), { kind: 'left-out', text: more }];
}

function linesOf(value: Part): string[] {
  if (value === undefined) return [];
  return (typeof value === 'string' ? value : JSON.stringify(value, null, 2)).split('\n');
}
