import { afterAll, expect, test } from 'vitest';
import type { RunResult } from '#lib/engine/run.ts';
import { kinds } from '#lib/nodes/index.ts';
import { createSandbox } from '#lib/sandbox/pool.ts';
import type { ExampleAnswer } from '#lib/workflow/example.ts';
import { recording } from '#lib/workflow/recording.ts';
import { exampleCapabilities, runExample } from './run-example.ts';

// The example on the page of each kind does what the page says.

const sandbox = createSandbox({ log() {} });
afterAll(() => sandbox.close());
const capabilities = exampleCapabilities(sandbox);

/** A result in the words of an example. */
function answerOf({ output, error }: RunResult): ExampleAnswer {
  if (error) return { error: { code: error.code, message: error.message } };
  const { parts = [], structured } = output ?? {};
  const [first] = parts;
  return {
    ...(parts.length === 1 && first?.type === 'text'
      ? { text: first.text }
      : { parts: parts as unknown as ExampleAnswer['parts'] }),
    ...(structured !== undefined && { structured }),
  };
}

test.each([...kinds.values()].map((kind) => [kind.type, kind] as const))('%s', async (type, kind) => {
  const example = kind.example;
  expect(Object.values(example.steps).some(({ kind: shown = type }) => shown === type)).toBe(true);
  expect(recording.safeParse({ steps: example.world ?? {}, answers: example.answers ?? {} }).error).toBe(
    undefined,
  );
  const { result } = await runExample(kind, capabilities);
  const answer = answerOf(result);
  // An answer of data alone has it as text too, for those who read no data.
  if (answer.text === JSON.stringify(answer.structured) && !('text' in example.answer)) delete answer.text;
  expect(answer).toEqual(example.answer);
  expect(result.misses).toEqual([]);
});
