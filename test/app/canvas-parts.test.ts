import { describe, expect, test } from 'vitest';
import { createCanvasStore } from '#app/canvas/store.ts';
import { editing as edits } from '#app/canvas/system/editing.ts';
import { fittingInput } from '#app/canvas/system/input-schema.ts';
import { pinsOfRun, refusePin, wayOfPinned } from '#app/canvas/system/pins.ts';
import { refuseReplacement, replaceKind } from '#app/canvas/system/replace-kind.ts';
import { firstWords, planPart } from '#app/canvas/system/run-part.ts';
import { failureOf, problemOfRun } from '#app/canvas/system/run-problems.ts';
import { applyRunEvent, type RunView, startRunView } from '#app/canvas/system/run-view.ts';
import { sampleSteps } from '#app/canvas/system/sample-values.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { misfits } from '#lib/workflow/misfit.ts';
import { drawing, editing, kindOf, wires } from './canvas-support.ts';

const line = drawing({ arguments: 'input', fetch: 'http', words: 'set', answer: 'output' }, [
  'arguments>fetch',
  'fetch>words',
  'words>answer',
]);

/** A run that ended, in which these steps left these values. */
function ran(values: Record<string, JsonValue>): RunView {
  const steps = Object.entries(values).map(
    ([key, value]) => ({ type: 'step.finished', at: 1, nodeId: key, key, durationMs: 1, value }) as const,
  );
  const end = { type: 'run.finished', at: 2, status: 'succeeded', durationMs: 2 } as const;
  return [...steps, end].reduce(applyRunEvent, startRunView('earlier'));
}

describe('a part of the draft', () => {
  const facts = { document: line, kinds, pins: {}, earlier: null };

  test('up to a step, all before it runs', () => {
    expect(planPart({ node: 'words', what: 'to' }, { ...facts, earlier: ran({ fetch: 1 }) })).toEqual({
      request: { until: 'words' },
      first: [],
    });
  });

  test('a step whose inputs are known runs alone', () => {
    expect(planPart({ node: 'words', what: 'step' }, { ...facts, earlier: ran({ fetch: 1 }) })).toEqual({
      request: { until: 'words', from: { node: 'words', run: 'earlier' } },
      first: [],
    });
    expect(
      planPart({ node: 'words', what: 'from' }, { ...facts, earlier: ran({ fetch: 1 }) }).request,
    ).toEqual({
      from: { node: 'words', run: 'earlier' },
    });
  });

  test('what is not known runs first, and is named; a pin is known', () => {
    expect(planPart({ node: 'words', what: 'step' }, facts)).toEqual({
      request: { until: 'words' },
      first: ['fetch'],
    });
    expect(planPart({ node: 'words', what: 'step' }, { ...facts, pins: { fetch: 1 } }).first).toEqual([]);
    expect(
      planPart({ node: 'answer', what: 'step' }, { ...facts, earlier: ran({ fetch: 1 }) }).first,
    ).toEqual(['words']);
    expect(firstWords('words', ['fetch'])).toBe('fetch runs before words: what it gives is not known yet.');
    expect(firstWords('z', ['a', 'b', 'c', 'd'])).toBe(
      'a, b, c and 1 more run before z: what they give is not known yet.',
    );
    expect(firstWords('z', [])).toBeNull();
  });

  test('a run that goes on is no run to take values of', () => {
    const going = { ...ran({ fetch: 1 }), status: 'running' as const };
    expect(planPart({ node: 'words', what: 'step' }, { ...facts, earlier: going })).toEqual({
      request: { until: 'words' },
      first: ['fetch'],
    });
  });

  test('inside a loop it is the loop that has to have what is before it', () => {
    const document = drawing({ arguments: 'input', fetch: 'http', each: 'for-each', one: 'set' }, [
      'arguments>fetch',
      'fetch>each',
    ]);
    const nodes = document.nodes.map((node) => (node.key === 'one' ? { ...node, parent: 'each' } : node));
    const planned = planPart({ node: 'one', what: 'step' }, { ...facts, document: { ...document, nodes } });
    expect(planned).toEqual({ request: { until: 'one' }, first: ['fetch'] });
  });
});

describe('pinned values', () => {
  test('are taken of a run where they are whole and the step has one way', () => {
    const document = drawing({
      arguments: 'input',
      fetch: 'http',
      check: 'if',
      words: 'set',
      answer: 'output',
    });
    const run = ran({ arguments: {}, fetch: { a: 1 }, check: true, words: '[redacted]', answer: null });
    expect(pinsOfRun(document, run, kinds)).toEqual({ fetch: { a: 1 } });
  });

  test('are refused where a part is missing or they are too large', () => {
    expect(refusePin({ a: { $truncated: true } }, {})).toMatch(/too large to be recorded in full/);
    expect(refusePin('x'.repeat(1024 * 1024), {})).toMatch(/1 MiB/);
    expect(refusePin('x'.repeat(1000), { other: 'y'.repeat(1024 * 1024) })).toMatch(/1 MiB/);
    expect(refusePin({ a: [1, null] }, {})).toBeNull();
  });

  test('leave a branch by its first way', () => {
    const { nodes } = drawing({ check: 'if', words: 'set' });
    const [check, words] = nodes;
    expect(check && wayOfPinned(check, kinds)).not.toBeNull();
    expect(words && wayOfPinned(words, kinds)).toBeNull();
  });

  test('come before those of the run, for expressions', () => {
    const seen = { document: line, kinds, run: ran({ fetch: 1, words: 2 }), pins: { fetch: 'pinned' } };
    expect(sampleSteps(seen, 'answer', { inside: false })).toEqual({ fetch: 'pinned', words: 2 });
  });

  test('are taken back by undo, together with the edits of the document', () => {
    const store = createCanvasStore(line, kinds, { editable: true, editing: edits, pins: { words: 'kept' } });
    store.getState().pin({ fetch: 1 });
    store.getState().rename('fetch', 'get');
    store.getState().unpin(['fetch', 'words']);
    expect(store.getState().pins).toEqual({});
    store.getState().undo();
    expect(store.getState().pins).toEqual({ fetch: 1, words: 'kept' });
    store.getState().undo();
    store.getState().undo();
    expect(store.getState().pins).toEqual({ words: 'kept' });
    store.getState().redo();
    expect(store.getState().pins).toEqual({ fetch: 1, words: 'kept' });
    expect(store.getState().document).toEqual(line);
  });

  test('are not changed by who may only look', () => {
    const store = createCanvasStore(line, kinds, { pins: { words: 'kept' } });
    store.getState().unpin(['words']);
    store.getState().pin({ fetch: 1 });
    expect(store.getState().pins).toEqual({ words: 'kept' });
  });
});

describe('a replaced step', () => {
  test('keeps key, place, settings, connections and what the new kind has, too', () => {
    const nodes = line.nodes.map((node) =>
      node.key === 'words'
        ? { ...node, kind: 'template', config: { text: 'Hello' }, settings: { timeoutMs: 9 } }
        : node,
    );
    const before = { ...line, nodes };
    const after = replaceKind(before, 'words', kindOf('log'), editing());
    const [was, is] = [before, after].map(({ nodes: all }) => all.find(({ id }) => id === 'words'));
    expect(is).toMatchObject({
      key: 'words',
      kind: 'log',
      position: was?.position,
      settings: { timeoutMs: 9 },
    });
    expect(is?.config['text']).toBe('Hello');
    expect(kindOf('log').config.safeParse(is?.config).success).toBe(true);
    expect(wires(after)).toEqual(wires(before));
  });

  test('loses the ways that the new kind does not have', () => {
    const branch = drawing({ arguments: 'input', check: 'if', yes: 'output', no: 'output' }, [
      'arguments>check',
      'check.true>yes',
      'check.false>no',
    ]);
    const after = replaceKind(branch, 'check', kindOf('set'), editing());
    expect(wires(after)).toEqual(['arguments>check', 'check>yes']);
  });

  test('is refused where the graph would break', () => {
    expect(refuseReplacement(line, 'arguments', kindOf('set'), kinds)).toMatch(/starts/);
    expect(refuseReplacement(line, 'words', kindOf('output'), kinds)).toMatch(/something follows words/);
    expect(refuseReplacement(line, 'words', kindOf('set'), kinds)).toMatch(/already/);
    expect(refuseReplacement(line, 'words', kindOf('http'), kinds)).toBeNull();
    const document = drawing({ each: 'for-each', one: 'set' });
    const nodes = document.nodes.map((node) => (node.key === 'one' ? { ...node, parent: 'each' } : node));
    expect(refuseReplacement({ ...document, nodes }, 'each', kindOf('set'), kinds)).toMatch(/inside each/);
  });

  test('is one step back, with its pin', () => {
    const store = createCanvasStore(line, kinds, { editable: true, editing: edits, pins: { words: 'kept' } });
    expect(store.getState().replaceKind('words', kindOf('template'))).toBeNull();
    expect(store.getState().pins).toEqual({});
    store.getState().undo();
    expect(store.getState().document).toEqual(line);
    expect(store.getState().pins).toEqual({ words: 'kept' });
  });
});

test('where a value is not what a schema says, it is said in a sentence', () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      size: { enum: ['s', 'm'] },
      name: {},
      lines: { type: 'array', items: { type: 'object', required: ['qty'] } },
    },
    required: ['id', 'name'],
    additionalProperties: false,
  };
  expect(misfits(schema, { id: 1.5, size: 'xl', lines: [{ qty: 1 }, {}], more: 1 })).toEqual([
    '“name” is missing.',
    '“id” is a number, and a whole number is expected.',
    '“size” is none of "s", "m".',
    '“lines[1].qty” is missing.',
    '“more” is not expected.',
  ]);
  expect(misfits(schema, [])).toEqual(['The value is a list, and an object is expected.']);
  expect(misfits(schema, { id: 1, name: null })).toEqual([]);
  expect(misfits({}, 'anything')).toEqual([]);
});

test('an earlier input is taken as far as the arguments are still there', () => {
  const schema = {
    type: 'object',
    properties: {
      who: { type: 'string' },
      times: { type: 'integer' },
      size: { type: 'string', default: 'm' },
    },
    required: ['who', 'times'],
    additionalProperties: false,
  };
  expect(fittingInput({ text: 'gone', times: 'three', who: 'Ada' }, schema)).toEqual({
    who: 'Ada',
    times: 0,
  });
  expect(fittingInput({}, schema)).toEqual({ who: '', times: 0, size: 'm' });
});

test('a failure of a run stands at its field, as long as the step is as it ran', () => {
  const [, , words] = line.nodes;
  const failed = {
    ...startRunView('r'),
    made: { version: null, document: line },
    steps: {
      words: {
        ...ran({ words: 1 }).steps['words']!,
        status: 'failed' as const,
        error: {
          code: 'EXPRESSION',
          message: 'no such',
          nodeId: 'words',
          details: { field: ['values', 'a'] },
        },
      },
    },
  };
  const error = failureOf(failed, words!);
  expect(error && problemOfRun(error)).toEqual({
    code: 'run_failed',
    severity: 'warning',
    message: 'In the last run: no such',
    nodeId: 'words',
    field: ['values', 'a'],
  });
  expect(failureOf(failed, { ...words!, config: { values: {} } })).toBeNull();
  expect(failureOf(failed, { ...words!, settings: { onError: 'continue' } })).toBeNull();
  expect(failureOf(ran({ words: 1 }), words!)).toBeNull();
});
