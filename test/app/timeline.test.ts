import { describe, expect, it } from 'vitest';
import { timelineRows, timelineScale } from '#app/runs/timeline.ts';

type Step = Parameters<typeof timelineRows>[0][number];

const START = Date.UTC(2026, 10, 21, 12);
const iso = (ms: number) => new Date(START + ms).toISOString();

function step(
  key: string,
  from: number | null,
  durationMs: number | null,
  changes: Partial<Step> = {},
): Step {
  return {
    nodeId: key,
    key,
    iteration: null,
    status: 'succeeded',
    attempt: 1,
    startedAt: from === null ? null : iso(from),
    durationMs,
    input: null,
    value: null,
    handle: null,
    error: null,
    logs: [],
    given: false,
    undoes: null,
    pauses: [],
    waiting: null,
    ...changes,
  };
}

const rowsOf = (steps: Step[], now = 0) => timelineRows(steps, START + now);

describe('the rows of a timeline', () => {
  it('are in the order in which the steps began; what did not begin comes last', () => {
    const rows = rowsOf([
      step('skipped', null, null, { status: 'skipped' }),
      step('second', 20, 5),
      step('first', 0, 10),
    ]);
    expect(rows.map(({ key, workMs }) => [key, workMs])).toEqual([
      ['first', 10],
      ['second', 5],
      ['skipped', null],
    ]);
  });

  it('tell waiting from work: for an answer, and for the next try', () => {
    const [row] = rowsOf([
      step('ask', 0, 100, {
        attempt: 2,
        pauses: [
          { why: 'retry', from: iso(10), to: iso(30) },
          { why: 'answer', from: iso(40), to: iso(90) },
        ],
      }),
    ]);
    expect(row?.stretches.map(({ what, from, to }) => [what, from - START, to - START])).toEqual([
      ['work', 0, 10],
      ['retry', 10, 30],
      ['work', 30, 40],
      ['answer', 40, 90],
      ['work', 90, 100],
    ]);
    expect(row).toMatchObject({ workMs: 30, waitMs: 70 });
  });

  it('go on to now while a step runs or waits', () => {
    const [running, waiting] = rowsOf(
      [
        step('running', 0, null, { status: 'running' }),
        step('waiting', 5, null, { status: 'waiting', pauses: [{ why: 'time', from: iso(10), to: null }] }),
      ],
      50,
    );
    expect(running).toMatchObject({ workMs: 50, waitMs: 0 });
    expect(waiting).toMatchObject({ workMs: 5, waitMs: 40 });
  });

  it('hold the items of a loop, and tell the worst of them', () => {
    const [row] = rowsOf([
      step('each', 0, 5, { iteration: [0] }),
      step('each', 6, 5, { iteration: [1], status: 'failed', attempt: 3 }),
      step('each', 12, 5, { iteration: [2] }),
    ]);
    expect(row).toMatchObject({ status: 'failed', attempt: 3, workMs: 15 });
    expect(row?.items.map(({ name, status }) => `${name} ${status}`)).toEqual([
      '1 succeeded',
      '2 failed',
      '3 succeeded',
    ]);
  });

  it('are others for what takes a step back', () => {
    const rows = rowsOf([
      step('refund', 20, 3, { undoes: 'charge' }),
      step('refund', 30, 3, { undoes: 'book' }),
      step('charge', 0, 5),
    ]);
    expect(rows.map(({ key, undoes }) => [key, undoes])).toEqual([
      ['charge', false],
      ['refund', true],
      ['refund', true],
    ]);
  });
});

describe('the scale of a timeline', () => {
  it('is even where nothing waited long', () => {
    const { at, breaks } = timelineScale(rowsOf([step('a', 0, 50), step('b', 50, 50)]));
    expect(breaks).toEqual([]);
    expect([0, 25, 50, 100, 999].map((ms) => at(START + ms))).toEqual([0, 25, 50, 100, 100]);
  });

  it('draws a wait of two days short, so that the work around it is seen', () => {
    const days = 2 * 86_400_000;
    const pauses: Step['pauses'] = [{ why: 'answer', from: iso(100), to: iso(100 + days) }];
    const { at, breaks } = timelineScale(
      rowsOf([step('ask', 0, days + 100, { pauses }), step('after', days + 100, 100)]),
    );
    expect(breaks).toEqual([{ from: START + 100, to: START + 100 + days }]);
    expect(at(START + 100)).toBeCloseTo(47);
    expect(at(START + 100 + days / 2)).toBeCloseTo(50);
    expect(at(START + 100 + days)).toBeCloseTo(53);
    expect(at(START + 200 + days)).toBeCloseTo(100);
  });

  it('never runs backwards, and stays within the width', () => {
    const pauses: Step['pauses'] = [
      { why: 'answer', from: iso(10), to: iso(50_000) },
      { why: 'time', from: iso(50_010), to: null },
    ];
    const { at } = timelineScale(
      rowsOf([step('ask', 0, null, { status: 'waiting', pauses }), step('b', 5, 40)], 500_000),
    );
    let before = -1;
    for (let ms = -100; ms <= 500_100; ms += 37) {
      const now = at(START + ms);
      expect(now).toBeGreaterThanOrEqual(Math.max(0, before));
      expect(now).toBeLessThanOrEqual(100);
      before = now;
    }
  });

  it('of nothing is nothing', () => {
    expect(timelineScale([]).at(START)).toBe(0);
    expect(timelineScale(rowsOf([step('a', 0, 0)])).at(START)).toBe(0);
  });
});
