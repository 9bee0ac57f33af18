import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import { checkJavaScript } from '#lib/workflow/javascript.ts';
import { oneLine } from '#lib/workflow/text.ts';

const config = z.strictObject({
  code: z.string().min(1, 'the code is empty').max(100_000).meta({
    title: 'Code',
    description:
      'The body of an async function. It sees input, steps, env, caller, http and console; what it returns is the value.',
    widget: 'code',
    language: 'javascript',
  }),
  outputSchema: z.record(z.string(), z.json()).optional().meta({
    title: 'Shape of the value',
    description: 'Helps later steps to complete and to check field names. Not enforced.',
    widget: 'schema',
    advanced: true,
  }),
});

/** The author's own code, in the sandbox. */
export const javascript: NodeKind<typeof config> = {
  type: 'javascript',
  title: 'JavaScript',
  summary: 'Runs your own code, shut off from the server.',
  keywords: ['code', 'script', 'function', 'js', 'typescript'],
  icon: 'code-xml',
  group: 'do',
  config,
  initial: { code: 'return { length: input.text.length };\n' },
  initialKey: 'code',
  needs: ['code', 'http', 'log'],
  example: {
    summary: 'Adds up the lines of an order.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: {
            type: 'object',
            properties: { lines: { type: 'array', items: { type: 'object' } } },
            required: ['lines'],
          },
        },
      },
      sum: {
        config: {
          code: 'let total = 0;\nfor (const { price, quantity } of input.lines) total += price * quantity;\nreturn { total, count: input.lines.length };\n',
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: '{{ steps.sum.count }} lines, {{ steps.sum.total }} EUR' }] },
      },
    },
    edges: ['arguments -> sum', 'sum -> answer'],
    input: {
      lines: [
        { price: 2.5, quantity: 4 },
        { price: 30, quantity: 1 },
      ],
    },
    world: { sum: { times: [1768467600000], randoms: [0.25] } },
    answer: { text: '2 lines, 40 EUR' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ outputSchema }) => outputSchema ?? {},
  // What the code does its author says best: in a comment at its head.
  describe: ({ code }) =>
    oneLine(/^\s*(?:\/\/+|\/\*+)\s*([^\n]*?)\s*(?:\*\/|\n|$)/.exec(code)?.[1] ?? '', 60) || 'JavaScript',
  check: ({ code }) => checkJavaScript(code).map((problem) => ({ ...problem, field: ['code'] })),
  run: async (context) => {
    const value = await context.capabilities.code.run(
      {
        source: context.config.code,
        input: context.input,
        steps: { ...context.steps },
        env: { ...context.env },
        caller: context.caller,
        timeoutMs: context.timeoutMs,
        http: context.capabilities.http,
        onLog: (level, text) => context.log(level, text),
      },
      context.signal,
    );
    return { value };
  },
};
