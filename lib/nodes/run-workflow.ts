import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { oneLine } from '#lib/workflow/text.ts';

const config = z.strictObject({
  workflow: z.string().max(64).default('').meta({ title: 'Workflow', widget: 'workflow' }),
  version: z.int().min(1).optional().meta({
    title: 'Version',
    description: 'A published version, to stay with it. Left out: the one that is live.',
    widget: 'workflow-version',
  }),
  input: z.record(z.string(), z.json()).default({}).meta({
    title: 'Input',
    widget: 'workflow-arguments',
    template: true,
  }),
});

const resolved = z.object({
  workflow: z.string().default(''),
  version: z.int().optional(),
  input: z.record(z.string(), z.custom<JsonValue>()).default({}),
});

/** Calls another workflow of the project. */
export const runWorkflow: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'run-workflow',
  title: 'Run workflow',
  summary: 'Calls another workflow of the same project, and goes on with its answer.',
  keywords: ['sub-workflow', 'subworkflow', 'call', 'subflow', 'function', 'execute'],
  icon: 'workflow',
  group: 'do',
  config,
  resolved,
  initial: { input: {} },
  initialKey: 'called',
  needs: ['workflows'],
  waits: true,
  example: {
    summary: 'Has another workflow find the customer, and goes on with what it answers.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { email: { type: 'string' } }, required: ['email'] },
        },
      },
      called: { config: { workflow: 'find_customer', input: { email: '{{ input.email }}' } } },
      answer: {
        kind: 'output',
        config: {
          parts: [{ type: 'text', text: '{{ steps.called.name }} is customer {{ steps.called.number }}.' }],
        },
      },
    },
    edges: ['arguments -> called', 'called -> answer'],
    input: { email: 'ada@example.com' },
    world: {
      called: {
        asked: [
          {
            ask: 'workflow',
            request: { version: null, input: { email: 'ada@example.com' } },
            answer: { runId: 'r1', value: { name: 'Ada', number: 12 }, text: 'Ada, 12' },
          },
        ],
      },
    },
    answer: { text: 'Ada is customer 12.' },
  },
  handles: () => [{ id: 'out' }],
  // What it answers is the other workflow's promise, which this one cannot see.
  outputSchema: () => ({}),
  describe: ({ workflow, version }) =>
    oneLine(
      workflow === '' ? 'a workflow' : `${workflow}${version === undefined ? '' : `, v${version}`}`,
      60,
    ),
  check: ({ workflow }) =>
    workflow === ''
      ? [
          {
            code: 'run_workflow_none',
            severity: 'warning',
            message: 'Choose the workflow to run.',
            field: ['workflow'],
          },
        ]
      : [],
  run: async ({ config: given, capabilities, signal, answer, asked }) => {
    const called =
      asked?.type === 'workflow'
        ? await capabilities.workflows.resume({ runId: asked.runId, answers: answersOf(answer) }, signal)
        : await capabilities.workflows.run(
            { workflow: chosen(given.workflow), version: given.version ?? null, input: given.input },
            signal,
          );
    if (!('waiting' in called)) return { value: called.value };
    const { runId, waiting } = called;
    return { value: null, suspend: { type: 'workflow', runId, questions: waiting } };
  },
};

function chosen(workflow: string): string {
  if (workflow !== '') return workflow;
  throw new StepError('WORKFLOW_MISSING', 'This step has no workflow to run. Choose one.', {
    details: { field: ['workflow'] },
  });
}

function answersOf(answer: JsonValue | undefined): JsonObject {
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? answer : {};
}
