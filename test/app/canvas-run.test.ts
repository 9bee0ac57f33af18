import { expect, test } from 'vitest';
import { applyRunEvent, sizeInWords, startRunView, waterfall } from '#app/canvas/system/run-view.ts';
import type { RunEvent } from '#lib/engine/events.ts';

const events: RunEvent[] = [
  { type: 'run.started', at: 1000, runId: 'r', input: { text: 'x' } },
  { type: 'step.started', at: 1000, nodeId: 'a', key: 'a', attempt: 1, config: { url: 'u' } },
  { type: 'log', at: 1010, nodeId: 'a', key: 'a', level: 'info', text: 'hello' },
  {
    type: 'step.failed',
    at: 1050,
    nodeId: 'a',
    key: 'a',
    durationMs: 50,
    error: { code: 'NETWORK', message: 'gone' },
    retryInMs: 10,
  },
  { type: 'step.started', at: 1060, nodeId: 'a', key: 'a', attempt: 2, config: { url: 'u' } },
  { type: 'step.finished', at: 1100, nodeId: 'a', key: 'a', durationMs: 100, value: [1, 2] },
  { type: 'step.skipped', at: 1100, nodeId: 'b', key: 'b' },
  { type: 'step.started', at: 1100, nodeId: 'c', key: 'c', attempt: 1, config: null },
];
const after = (count: number) => events.slice(0, count).reduce(applyRunEvent, startRunView('r'));

test('steps light up, fail, are tried again and finish', () => {
  expect(after(2).steps['a']).toMatchObject({ status: 'running', input: { url: 'u' } });
  expect(after(4).steps['a']).toMatchObject({ status: 'waiting', error: { code: 'NETWORK' } });
  expect(after(8).steps['a']).toMatchObject({ status: 'succeeded', attempt: 2, value: [1, 2], error: null });
  expect(after(8).steps['a']?.logs).toEqual([{ level: 'info', text: 'hello', at: 1010 }]);
  expect(after(8).steps['b']?.status).toBe('skipped');
});

test('a stream that begins again from the first event gives the same run', () => {
  expect([...events, ...events].reduce(applyRunEvent, startRunView('r'))).toEqual(after(8));
});

test('the waterfall is on the scale of the whole run, and a running step grows with the clock', () => {
  const bars = waterfall(after(8), 1200).map(({ step, left, width }) => [step.key, left, width]);
  expect(bars).toEqual([
    ['a', 0, 50],
    ['c', 50, 50],
  ]);
});

test('sizes in words', () => {
  expect(sizeInWords([1])).toBe('1 item');
  expect(sizeInWords('hello')).toBe('5 characters');
  expect(sizeInWords({ a: 'x'.repeat(2000) })).toBe('2.0 kB');
  expect(sizeInWords(null)).toBe('null');
});
