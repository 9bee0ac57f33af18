import { AppError } from '#lib/db/app-error.ts';
import type { HeldRun } from '#lib/db/held-runs.ts';
import { isTask } from '#lib/db/is-task.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import { Abandoned } from '#lib/engine/errors.ts';
import { execute } from '#lib/engine/execute.ts';
import type { RunResult } from '#lib/engine/run.ts';
import { joinState } from '#lib/engine/state-pieces.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { Recording } from '#lib/workflow/recording.ts';
import type { App } from './app.ts';
import { endCalled } from './end-called.ts';
import { JobLost, Stopping } from './job-runner.ts';
import { engineAnswers } from './open-questions.ts';
import { callerFacts, type RunCaller, TRIGGER } from './run-caller.ts';
import { RunEvents } from './run-events.ts';
import { type RunOpening, type RunRecording, wholeOutput } from './run-recording.ts';
import { MOST_STATE, type StoredState } from './run-state.ts';
import { RunStoring } from './run-storing.ts';
import { capabilitiesOf, logUnexpected, type RunWorld, type ToolRun } from './run-world.ts';
import { suspendRun } from './suspend-run.ts';

export interface HeldRunOptions extends Omit<RunWorld, 'caller'> {
  /** Answers that came, with those that nobody gave in time. */
  answers: JsonObject;
  /** Somebody will try again when it fails in a way that may pass. */
  mayRetry?: boolean;
}

/** What an attempt of a background run may take; a workflow's own limit is for those who wait for its answer. */
const BACKGROUND_MS = 60 * 60_000;

/**
 * Goes on with a run that this process has claimed (`runs.claim`), as far as it comes. Each finished step is stored
 * before the next one starts. Throws AppError: `conflict` when another process has taken over, `unavailable` when it
 * cannot be stored or this process stops; somebody goes on with it then. A run with `mayRetry` that failed in a way
 * that may pass is put back, with `again`.
 */
export async function carryHeldRun(
  app: App,
  held: HeldRun,
  options: HeldRunOptions,
): Promise<ToolRun & { again?: true }> {
  const { plan, env, signal, answers, mayRetry } = options;
  const { id: runId, fence } = held;
  const { runs } = repository(app.db, { type: 'system' });
  const abort = new AbortController();
  const cancel = () => {
    const stops = signal.reason instanceof JobLost || signal.reason instanceof Stopping;
    abort.abort(stops ? new Abandoned('Another process goes on.') : new Error('cancelled'));
  };
  const pieces = await runs.progress(runId);
  const stored =
    pieces.size > 0 ? (joinState(pieces) as StoredState) : (held.state as unknown as StoredState | null);
  const opening = openingOf(held);
  const { caller = callerOf(held), release } = stored?.part ?? {};
  const facts =
    plan.readsCaller && !stored?.caller ? await callerFacts(app, held.organizationId, caller) : undefined;
  const recording = app.recorder.open(opening, () => abort.abort(new Error('cancelled')), {
    startedAt: held.startedAt.getTime(),
    durationMs: held.durationMs ?? 0,
    input: held.input,
    steps: held.steps,
    recording: held.recording as unknown as Recording | null,
  });
  if (facts) recording.caller = facts;
  // How it stopped is told when it is stored: what was told is not taken back by a process that goes away.
  const events = new RunEvents(app, recording, options, () => true);
  // A run that has not begun may have no more than its `part`.
  const given = stored?.nodes && engineAnswers(stored.waiting ?? [], answers);
  if (given) recording.tape.answered(given);
  const storing = new RunStoring(app, { runId, fence, recording, part: stored?.part });
  const endRenewal = storing.renew(() => abort.abort(new Abandoned('Another process goes on.')));
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  try {
    const result = await execute(held.background ? { ...plan, timeoutMs: BACKGROUND_MS } : plan, {
      runId,
      input: (held.input ?? {}) as JsonObject,
      env,
      caller: facts,
      capabilities: capabilitiesOf(app, recording, { ...options, release, caller }),
      signal: abort.signal,
      onEvent: events.take,
      checkpoint: storing.checkpoint,
      worldOf: recording.tape.worldOf.bind(recording.tape),
      onUnexpected: storing.unlessOwn(logUnexpected(app, runId)),
      ...(held.background && { limits: { wallMs: BACKGROUND_MS } }),
      ...(mayRetry && { mayRetry }),
      ...(stored && given && { resume: { state: stored, answers: given } }),
      ...(stored?.part?.given && { given: stored.part.given }),
      ...(stored?.part?.until !== undefined && { until: stored.part.until }),
    });
    endRenewal();
    if (storing.failure) throw storing.failure;
    if (result.status === 'cancelled' && abort.signal.reason instanceof Abandoned) {
      await runs.putBack(held, { record: recording.record(null), job: !held.background });
      app.events.publish(JOB_ADDED, null);
      throw new AppError('unavailable', 'This process stops; the run goes on in another.');
    }
    if (result.status === 'suspended') {
      const used = Object.keys(answers);
      const { background } = held;
      return await suspendRun(app, {
        recording,
        events,
        state: result.state!,
        held: { fence, background, used, part: stored?.part },
      });
    }
    const ended = await storeEnd(app, held, { result, recording, events, mayRetry: mayRetry === true });
    if (stored?.part?.audit && !ended.again) app.callAudit.note(opening, caller, ended.status);
    return ended;
  } finally {
    endRenewal();
    signal.removeEventListener('abort', cancel);
    app.recorder.forget(recording);
  }
}

async function storeEnd(
  app: App,
  held: HeldRun,
  {
    result,
    recording,
    events,
    mayRetry,
  }: { result: RunResult; recording: RunRecording; events: RunEvents; mayRetry: boolean },
): Promise<ToolRun & { again?: true }> {
  const { runs } = repository(app.db, { type: 'system' });
  const outcome = events.outcome(held.id, result);
  const record = recording.record(null, events.end);
  const whole = result.state === undefined ? undefined : JSON.stringify(result.state);
  // One that is too large to be stored is tried again from the last state that was not.
  const isTooLarge = whole !== undefined && whole.length > MOST_STATE;
  const state = isTooLarge ? undefined : whole;
  if (mayRetry && outcome.error?.transient && outcome.status !== 'cancelled') {
    await runs.putBack(held, { record, ...(state !== undefined && { state }), job: false });
    events.tell();
    return { ...outcome, again: true };
  }
  const failed = outcome.status !== 'succeeded' && outcome.status !== 'cancelled';
  // What was taken back stands in the last state as done: nothing can go on from there.
  const dead = held.background && !isTask(held) && failed && !(isTooLarge && outcome.undone);
  await runs.finish({
    record,
    fence: held.fence,
    dead,
    state: !dead ? wholeOutput(outcome.output) : isTooLarge ? undefined : (state ?? null),
  });
  events.tell();
  app.calls.note(recording.opening, {
    at: Date.now(),
    status: outcome.status,
    durationMs: record.durationMs ?? 0,
  });
  if (outcome.status !== 'succeeded') {
    // Seen to again when the house is kept: its own end is stored.
    await endCalled(app, held.id).catch((error: unknown) =>
      app.log.error({ err: error, runId: held.id }, 'the runs that a run called were not ended yet'),
    );
  }
  return outcome;
}

/** Of a run that was stored before callers were kept. */
function callerOf({ cause, keyId, client }: HeldRun): RunCaller {
  if (cause === 'schedule' || cause === 'webhook') return TRIGGER;
  return { type: keyId === null ? 'public' : 'key', ...(client !== null && { client }) };
}

function openingOf(held: HeldRun): RunOpening {
  return {
    runId: held.id,
    organizationId: held.organizationId,
    projectId: held.projectId,
    workflowId: held.workflowId,
    workflowName: held.workflowName,
    versionId: held.versionId,
    version: held.version,
    client: held.client,
    keyId: held.keyId,
    cause: held.cause,
    parentId: held.parentId,
    document: held.document,
  };
}
