import { expect, test } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { stop } from '#lib/nodes/stop.ts';
import { compile } from '#lib/workflow/compile.ts';
import { answers, asks, documentOf, inside, loops, type Step, takes } from '../workflow/documents.ts';
import { runKind } from './run-kind.ts';

test('ends the run with an answer, which may be empty', async () => {
  expect(await runKind(stop, { what: 'run', text: 'Nothing to do.' })).toMatchObject({
    stop: 'run',
    output: { parts: [{ type: 'text', text: 'Nothing to do.' }] },
  });
  expect(await runKind(stop, { what: 'run' })).toMatchObject({ stop: 'run', output: { parts: [] } });
});

test('ends the loop without one', async () => {
  const done = await runKind(stop, { what: 'loop', text: 'ignored' });
  expect(done.stop).toBe('loop');
  expect(done.output).toBeUndefined();
});

const stops = (what: string): Step => ({ kind: 'stop', config: { what } });

/** Codes of problems of a workflow with one stop beside its end, and one in a loop. */
function problemsOf(outside: Step, within: Step, end = answers('x')) {
  const document = documentOf(
    {
      start: takes(),
      check: asks('{{ input.text }}'),
      outside,
      loop: loops('{{ [1] }}'),
      within: inside('loop', within),
      end,
    },
    ['start -> check', 'check:true -> outside', 'check:false -> loop', 'loop:each -> within', 'loop -> end'],
  );
  const { problems, contract } = compile(document, kinds);
  return { codes: problems.map(({ code }) => code), outputSchema: contract?.outputSchema };
}

test('ends a loop only inside one', () => {
  expect(problemsOf(stops('run'), stops('loop')).codes).toEqual([]);
  expect(problemsOf(stops('loop'), stops('run')).codes).toEqual(['outside_container']);
});

test('ends a run without the structured value that others promise, so that nothing is promised', () => {
  const end = answers('x', { value: { a: 1 } });
  const { codes, outputSchema } = problemsOf(stops('run'), stops('loop'), end);
  expect(codes).toEqual(['output_mixed']);
  expect(outputSchema).toBeNull();
  const fails = { kind: 'fail', config: { message: 'x' } };
  expect(problemsOf(fails, stops('loop'), end).outputSchema).toMatchObject({ properties: { a: {} } });
});
