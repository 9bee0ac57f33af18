import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { HeldRun } from '#lib/db/held-runs.ts';
import { repository } from '#lib/db/repository.ts';
import type { CalledWorkflow, WorkflowsCapability } from '#lib/engine/capabilities.ts';
import { Abandoned, StepError } from '#lib/engine/errors.ts';
import type { OutputPart } from '#lib/engine/run.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import type { CallableWorkflow, CallableWorkflows } from './callable-workflows.ts';
import type { RunScope } from './capabilities.ts';
import { carryRun } from './carry-run.ts';
import { goOn } from './go-on.ts';
import { Stopping } from './job-runner.ts';
import { checkDepth } from './json-depth.ts';
import { endedRun, waitingAgain } from './resume-run.ts';
import { openOf } from './run-state.ts';
import type { ToolRun } from './run-world.ts';

/** Calls of workflows by workflows, one inside the other: also of one that comes to call itself. */
const DEEPEST = 8;

/** Calls of workflows by one run and all that it calls, together: loops that call loops would have no end. */
const MOST_CALLS = 1000;

/** ms between two looks at a called run that goes on elsewhere. */
const LOOK_MS = 500;

/**
 * Calls of other workflows by a run. What is called is a run of its own, with its own limits and its own record, which
 * names its caller. It is called as a part of the project: whoever may call a workflow gets what it is made of, also
 * where their key does not name the workflows inside.
 */
export function workflowsFor(app: App, callable: CallableWorkflows, scope: RunScope): WorkflowsCapability {
  const { projectId, organizationId, runId: parentId, depth, calls = { made: 0 }, release, caller } = scope;
  /** Made when a called workflow waits: most runs call none, and a repository costs more than a trivial step. */
  const runs = () => repository(app.db, { type: 'system' }).runs;

  /** A run that this one called; nobody else's. */
  async function childOf(runId: string): Promise<HeldRun> {
    const run = await runs().held(projectId, runId);
    if (run?.parentId === parentId) return run;
    throw new StepError(
      'WORKFLOW_GONE',
      'The run of the called workflow is not there any more. Start again.',
    );
  }

  return {
    async run({ workflow, version, input }, signal) {
      if (depth >= DEEPEST) {
        throw new StepError(
          'WORKFLOW_DEPTH',
          `Workflows call each other ${DEEPEST} deep at most. Check that "${workflow}" does not come to call itself.`,
        );
      }
      calls.made += 1;
      if (calls.made > MOST_CALLS) {
        throw new StepError(
          'WORKFLOW_CALLS',
          `The run and the workflows that it calls have called more than ${MOST_CALLS}, which is the limit: loop over fewer items.`,
        );
      }
      const { project, called } = await callable.find({ projectId, release }, workflow, version);
      checkInput(called, input);
      if (app.recorder.full) {
        throw new StepError('UNAVAILABLE', 'Runs cannot be recorded at the moment. Try again later.', {
          transient: true,
        });
      }
      const { result } = carryRun(app, {
        opening: {
          runId: randomUUID(),
          organizationId,
          projectId,
          workflowId: called.workflowId,
          workflowName: called.contract.name,
          versionId: called.versionId,
          version: called.version,
          client: null,
          keyId: null,
          cause: 'workflow',
          parentId,
        },
        plan: called.plan,
        input,
        env: project.env,
        validateOutput: called.validateOutput,
        // It stays inside: the answer of the run that calls it is looked at.
        guard: null,
        signal,
        depth: depth + 1,
        calls,
        release,
        caller,
      });
      return calledRun(await result, called.contract.name, signal);
    },

    async resume({ runId, answers }, signal) {
      for (;;) {
        signal.throwIfAborted();
        const run = await childOf(runId);
        const { workflowName } = run;
        if (run.status === 'suspended') {
          const given = { ...run.answers, ...openAnswers(run, answers) };
          // It changed since it was looked at: look again.
          if (!(await runs().answer(run, given, null))) continue;
          const went = await carriedOn(app, runId, signal);
          if (went) return calledRun(went, workflowName, signal);
        } else if (run.status !== 'running' && run.status !== 'queued') {
          return calledRun(endedRun(run), workflowName, signal);
        } else {
          const went = await carriedOn(app, runId, signal);
          if (went) return calledRun(went, workflowName, signal);
        }
        const now = await childOf(runId);
        if (now.status === 'suspended') return calledRun(waitingAgain(now), workflowName, signal);
        // Another process is at it; its lease runs out if that is gone.
        await app.capabilities(scope).sleep(LOOK_MS, signal);
      }
    },
  };
}

/** Answers to what it still asks; what came again, after a crash, is left out. */
function openAnswers(run: HeldRun, answers: Record<string, JsonValue>): JsonObject {
  const open = new Set(openOf(run).map(({ key }) => key));
  return Object.fromEntries(Object.entries(answers).filter(([key]) => open.has(key)));
}

/** Null when there is nothing to go on with, or another process is at it. */
async function carriedOn(app: App, runId: string, signal: AbortSignal): Promise<ToolRun | null> {
  try {
    return await goOn(app, runId, { signal: handOver(signal) });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'conflict') return null;
    if (error.code === 'gone') throw new StepError('WORKFLOW_GONE', error.message, { cause: error });
    throw new StepError('UNAVAILABLE', error.message, { transient: true, cause: error });
  }
}

/** A called run is left to others where its caller is, and cancelled where its caller is. */
function handOver(signal: AbortSignal): AbortSignal {
  const control = new AbortController();
  const abort = () =>
    control.abort(
      signal.reason instanceof Abandoned ? new Stopping('The caller goes on elsewhere.') : signal.reason,
    );
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return control.signal;
}

function checkInput({ contract, validateInput }: CallableWorkflow, input: JsonObject): void {
  const tooDeep = checkDepth(input);
  const faults = tooDeep ? [tooDeep] : validateInput(input);
  if (!faults) return;
  throw new StepError(
    'WORKFLOW_INPUT',
    `The input does not fit the workflow "${contract.name}": ${faults.slice(0, 5).join('; ')}.`,
    { details: { field: ['input'], faults: faults.slice(0, 20) } },
  );
}

/** How a called run stopped, as the step that called it sees it. Throws StepError `WORKFLOW_FAILED`. */
function calledRun(run: ToolRun, name: string, signal: AbortSignal): CalledWorkflow {
  const { runId, status, output, error, waiting } = run;
  if (status === 'suspended') {
    return {
      runId,
      waiting: Object.fromEntries((waiting ?? []).map(({ key, question }) => [key, question])),
    };
  }
  if (status === 'succeeded') {
    const text = (output?.parts ?? []).flatMap(textOf).join('\n');
    return { runId, value: output?.structured ?? text, text };
  }
  // Its end is the end of the caller, and not a failure of its own.
  signal.throwIfAborted();
  const at = error?.key === undefined ? '' : ` at the step "${error.key}"`;
  const why = error?.message ?? (status === 'cancelled' ? 'it was cancelled.' : 'it took too long.');
  throw new StepError('WORKFLOW_FAILED', `The workflow "${name}" failed${at}: ${why}`, {
    ...(error?.transient && { transient: true }),
    details: {
      workflow: name,
      runId,
      ...(error?.key !== undefined && { step: error.key }),
      ...(error?.code !== undefined && { code: error.code }),
    },
  });
}

function textOf(part: OutputPart): string[] {
  return part.type === 'text' ? [part.text] : [];
}
