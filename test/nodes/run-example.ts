import type { Capabilities } from '#lib/engine/capabilities.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { RunResult } from '#lib/engine/run.ts';
import type { Miss } from '#lib/engine/tape-play.ts';
import { replay } from '#lib/engine/tape-replay.ts';
import { kinds } from '#lib/nodes/index.ts';
import { createSchemas } from '#lib/operations/schemas-capability.ts';
import { parseText } from '#lib/parse/parse-text.ts';
import type { Sandbox } from '#lib/sandbox/pool.ts';
import { compile } from '#lib/workflow/compile.ts';
import { EXAMPLE_TIME, exampleDocument, type KindExample } from '#lib/workflow/example.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { capabilities as noWorld } from '../engine/plan.ts';

export interface RanExample {
  problems: Problem[];
  result: RunResult & { misses: readonly Miss[] };
  events: RunEvent[];
}

/** What an example may use for real: everything else comes from its recorded world. */
export function exampleCapabilities(sandbox: Sandbox): Capabilities {
  return {
    ...noWorld,
    schemas: createSchemas()('example'),
    parse: { parse: async (request) => parseText(request) },
    code: {
      run: ({ http, ...request }, signal) =>
        sandbox.run(
          {
            ...request,
            projectId: 'example',
            versionKey: null,
            http: (asked, stop) => http!.request(asked, stop),
          },
          signal,
        ),
    },
  };
}

/** Compiles the example of a kind and runs it against its recorded world. */
export async function runExample(
  kind: NodeKind,
  example: KindExample,
  capabilities: Capabilities,
): Promise<RanExample> {
  const { plan, problems } = compile(exampleDocument(kind.type, example), kinds);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (!plan || errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const events: RunEvent[] = [];
  const { input, env = {}, world = {}, answers = {} } = example;
  const result = await replay(
    plan,
    {
      runId: 'example',
      startedAt: EXAMPLE_TIME,
      input,
      recording: { steps: world, answers },
    },
    {
      env,
      capabilities,
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
      onUnexpected: (error) => {
        throw error;
      },
    },
  );
  return { problems, result, events };
}
