import { expect, test } from 'vitest';
import {
  applyRunEvent,
  openQuestions,
  sizeInWords,
  startRunView,
  waitsForTime,
  waterfall,
} from '#app/canvas/system/run-view.ts';
import { sampleSteps } from '#app/canvas/system/sample-values.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { kinds } from '#lib/nodes/index.ts';
import { drawing } from './canvas-support.ts';

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

const form = { type: 'form', message: 'Which?', schema: {}, expiresAt: 9000 } as const;
const waiting: RunEvent[] = [
  { type: 'run.started', at: 1000, runId: 'r', input: {} },
  { type: 'step.started', at: 1000, nodeId: 'ask', key: 'ask', attempt: 1, config: {} },
  {
    type: 'step.suspended',
    at: 1001,
    nodeId: 'ask',
    key: 'ask',
    waiting: { key: 'ask', nodeId: 'ask', nodeKey: 'ask', question: form },
  },
  {
    type: 'step.suspended',
    at: 1002,
    nodeId: 'call',
    key: 'call',
    waiting: {
      key: 'call',
      nodeId: 'call',
      nodeKey: 'call',
      question: { type: 'workflow', runId: 'inner', questions: { nap: { type: 'time', until: 5000 } } },
    },
  },
  { type: 'run.finished', at: 1003, status: 'suspended', durationMs: 3 },
];

test('a run that waits says what for, also for the workflows it called; one that goes on asks nothing', () => {
  const run = waiting.reduce(applyRunEvent, startRunView('r'));
  expect(openQuestions(run).map(({ key, question }) => [key, question.type])).toEqual([
    ['ask', 'form'],
    ['call.nap', 'time'],
  ]);
  expect(openQuestions(run, 'ask')).toEqual([{ key: 'ask', nodeId: 'ask', question: form }]);
  expect(waitsForTime(run)).toBe(false);
  const resumed = [
    { type: 'run.resumed', at: 2000, runId: 'r' } as const,
    { type: 'step.finished', at: 2001, nodeId: 'ask', key: 'ask', durationMs: 1000, value: {} } as const,
  ].reduce(applyRunEvent, run);
  expect(resumed).toMatchObject({ status: 'running', durationMs: null });
  expect(openQuestions(resumed)).toEqual([]);
  const again = applyRunEvent(resumed, {
    type: 'run.finished',
    at: 2002,
    status: 'suspended',
    durationMs: 4,
  });
  expect(openQuestions(again).map(({ key }) => key)).toEqual(['call.nap']);
  expect(waitsForTime(again)).toBe(true);
});

test('inside a loop the sample of the loop is the item at hand; behind it, what was collected', () => {
  const document = drawing({ arguments: 'input', lines: 'for-each', line: 'set', answer: 'output' });
  const at = document.nodes.map((node) => (node.key === 'line' ? { ...node, parent: 'lines' } : node));
  const loop: RunEvent[] = [
    { type: 'run.started', at: 1, runId: 'r', input: {} },
    {
      type: 'step.started',
      at: 1,
      nodeId: 'lines',
      key: 'lines',
      attempt: 1,
      config: { list: ['a', 'b'] },
    },
    {
      type: 'step.finished',
      at: 2,
      nodeId: 'line',
      key: 'line',
      durationMs: 1,
      value: 'B',
      iteration: [1],
    },
    {
      type: 'step.finished',
      at: 3,
      nodeId: 'lines',
      key: 'lines',
      durationMs: 2,
      value: { items: ['A', 'B'] },
    },
  ];
  const run = loop.reduce(applyRunEvent, startRunView('r'));
  const seen = { document: { ...document, nodes: at }, kinds, run };
  const item = { item: 'b', index: 1, count: 2 };
  expect(sampleSteps(seen, 'line', { inside: false })).toEqual({ lines: item, line: 'B' });
  expect(sampleSteps(seen, 'lines', { inside: true })).toEqual({ lines: item, line: 'B' });
  expect(sampleSteps(seen, 'answer', { inside: false })).toMatchObject({ lines: { items: ['A', 'B'] } });
});

test('sizes in words', () => {
  expect(sizeInWords([1])).toBe('1 item');
  expect(sizeInWords('hello')).toBe('5 characters');
  expect(sizeInWords({ a: 'x'.repeat(2000) })).toBe('2.0 kB');
  expect(sizeInWords(null)).toBe('null');
});
