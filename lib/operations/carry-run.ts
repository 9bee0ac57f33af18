import type { ErrorRecord } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import type { RunOptions } from '#lib/engine/run.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { callerFacts } from './run-caller.ts';
import { RunEvents } from './run-events.ts';
import type { RunOpening, RunRecording } from './run-recording.ts';
import type { RunPart } from './run-state.ts';
import { capabilitiesOf, logUnexpected, type RunWorld, type ToolRun } from './run-world.ts';
import { suspendRun } from './suspend-run.ts';

export interface NewRun extends RunWorld {
  opening: RunOpening;
  /** Already checked against the contract. */
  input: JsonObject;
  /** See RunOptions. Kept when the run waits. */
  given?: RunOptions['given'];
  until?: string;
  /** How it ends goes into the audit log, also after it waited. */
  audit?: true;
}

/**
 * Begins a run and carries it to its end or until it has to wait. Nothing is stored on the way: records are written in
 * batches, off the path. A run that waits is stored, with all it needs to go on, before `result` resolves; it then
 * holds nothing here. `result` never rejects for what goes wrong in the workflow.
 */
export function carryRun(app: App, run: NewRun): { recording: RunRecording; result: Promise<ToolRun> } {
  const abort = new AbortController();
  const cancel = () => abort.abort(new Error('cancelled'));
  const recording = app.recorder.open(run.opening, cancel);
  const result = carry(app, run, { recording, abort, cancel });
  if (run.audit) noteEnd(app, run, result);
  return { recording, result };
}

function noteEnd(app: App, { opening, caller }: NewRun, result: Promise<ToolRun>): void {
  result.then(
    ({ status }) => app.callAudit.note(opening, caller, status),
    () => app.callAudit.note(opening, caller, 'failed'),
  );
}

interface Carrying {
  recording: RunRecording;
  abort: AbortController;
  cancel: () => void;
}

const NOT_STORED: ErrorRecord = {
  code: 'NOT_STORED',
  message: 'The run had to wait for an answer and could not be stored. Call it again.',
};

async function carry(app: App, run: NewRun, { recording, abort, cancel }: Carrying): Promise<ToolRun> {
  const { opening, plan, input, env, given, until, release, caller, audit, signal } = run;
  const { runId } = opening;
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  const events = new RunEvents(app, recording, run, ({ status }) => status === 'suspended');
  try {
    const facts = plan.readsCaller ? await callerFacts(app, opening.organizationId, caller) : undefined;
    if (facts) recording.caller = facts;
    const result = await execute(plan, {
      runId,
      input,
      env,
      caller: facts,
      capabilities: capabilitiesOf(app, recording, run),
      signal: abort.signal,
      onEvent: events.take,
      worldOf: recording.tape.worldOf.bind(recording.tape),
      onUnexpected: logUnexpected(app, runId),
      ...(given && { given }),
      ...(until !== undefined && { until }),
    });
    if (result.status !== 'suspended') return events.outcome(runId, result);
    const part: RunPart = {
      caller,
      ...(given && { given }),
      ...(until !== undefined && { until }),
      ...(release !== undefined && { release }),
      ...(audit && { audit }),
    };
    await app.recorder.settle(recording);
    const held = { fence: 0, background: false, used: [], part };
    return await suspendRun(app, { recording, events, state: result.state!, held }).catch(
      (error: unknown) => {
        // Nobody will go on with it. Recorded when the database is there again.
        events.tell({ status: 'failed', error: NOT_STORED });
        throw error;
      },
    );
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
