import { diffComm } from 'node-diff3';
import type { JsonValue } from '#lib/workflow/json.ts';

export interface DiffLine {
  mark: 'same' | 'added' | 'removed';
  text: string;
}

/** Two texts line by line. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const lines = (text: string): string[] => (text === '' ? [] : text.split('\n'));
  return diffComm(lines(before), lines(after)).flatMap((part): DiffLine[] =>
    part.common
      ? part.common.map((text) => ({ mark: 'same', text }))
      : [
          ...part.buffer1.map((text): DiffLine => ({ mark: 'removed', text })),
          ...part.buffer2.map((text): DiffLine => ({ mark: 'added', text })),
        ],
  );
}

/** A value as text to compare: texts as they are, all else as JSON; nothing for one that is not there. */
export function comparable(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** Lines that are the same on both sides, left out. */
export interface LeftOut {
  mark: 'left-out';
  count: number;
}

/** The lines around what differs; long stretches that are the same are left out. */
export function folded(lines: readonly DiffLine[], around = 3): (DiffLine | LeftOut)[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ mark }) => mark !== 'same'),
  );
  const shown: (DiffLine | LeftOut)[] = [];
  lines.forEach((line, index) => {
    const last = shown.at(-1);
    if (near[index]) shown.push(line);
    else if (last?.mark === 'left-out') last.count += 1;
    else shown.push({ mark: 'left-out', count: 1 });
  });
  return shown;
}
