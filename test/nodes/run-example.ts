import type { Capabilities } from '#lib/engine/capabilities.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import type { NodeContext, NodeKind, NodeResult } from '#lib/engine/kind.ts';
import type { RunResult } from '#lib/engine/run.ts';
import type { Miss } from '#lib/engine/tape-play.ts';
import { replay } from '#lib/engine/tape-replay.ts';
import { kinds } from '#lib/nodes/index.ts';
import { createSchemas } from '#lib/operations/schemas-capability.ts';
import { parseText } from '#lib/parse/parse-text.ts';
import type { Sandbox } from '#lib/sandbox/pool.ts';
import { compile } from '#lib/workflow/compile.ts';
import { EXAMPLE_TIME, exampleDocument } from '#lib/workflow/example.ts';
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

type Outcome = NodeResult | Promise<NodeResult>;

/** Stands around every step of a run: what is between the engine and the kind. */
export type Around = (
  kind: NodeKind,
  context: NodeContext<unknown>,
  run: (context: NodeContext<unknown>) => Outcome,
) => Outcome;

/** Compiles the example of a kind and runs it against its recorded world. */
export async function runExample(
  kind: NodeKind,
  capabilities: Capabilities,
  options: { around?: Around; signal?: AbortSignal } = {},
): Promise<RanExample> {
  const { around, signal = new AbortController().signal } = options;
  const { example } = kind;
  const { plan, problems } = compile(exampleDocument(kind.type, example), around ? wrapped(around) : kinds);
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
      signal,
      onEvent: (event) => events.push(event),
    },
  );
  return { problems, result, events };
}

function wrapped(around: Around): ReadonlyMap<string, NodeKind> {
  return new Map(
    [...kinds].map(([type, kind]) => [
      type,
      { ...kind, run: (context) => around(kind, context, (given) => kind.run(given)) },
    ]),
  );
}

/** The same context with other capabilities. */
export function withCapabilities(
  context: NodeContext<unknown>,
  capabilities: () => Capabilities,
): NodeContext<unknown> {
  return new Proxy(context, {
    get: (target, name) => {
      if (name === 'capabilities') return capabilities();
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
