import type { Principal } from '#lib/db/principal.ts';
import type { RunEvent, RunStatus } from '#lib/engine/events.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { getRun, type RunView, type StepView, stepView } from './read-runs.ts';
import type { RunRecording } from './run-recording.ts';

/** How often a run of another process is looked at, in ms. */
const POLL_MS = 500;

/**
 * Every event of a run from the first on; ends with `run.finished`, which also says that it waits. A run of this
 * process is followed live (what it did before it waited is told from the record), one that has stopped is told from
 * its record, one of another process is told when it has stopped. A stream without that end broke off because another
 * process took the run over: look again. Throws `not_found`.
 */
export async function watchRun(
  app: App,
  principal: Principal,
  at: { project: string; run: string },
  signal: AbortSignal,
): Promise<AsyncIterable<RunEvent>> {
  // Reads, and so checks, before anything is sent.
  const run = await getRun(app, principal, at);
  const recording = app.recorder.find(at.run);
  if (recording) return live(recording, signal);
  if (!goesOn(run)) return replay(run);
  return waitFor(async () => {
    // It may go on in this process meanwhile.
    const here = app.recorder.find(at.run);
    if (here) return live(here, signal);
    const now = await getRun(app, principal, at);
    return goesOn(now) ? null : replay(now);
  }, signal);
}

function goesOn({ status }: RunView): boolean {
  return status === 'running' || status === 'queued';
}

/** What it did before it went on here, then all it does. */
async function* live(recording: RunRecording, signal: AbortSignal): AsyncGenerator<RunEvent, void, void> {
  const { before } = recording;
  if (before) {
    const input = (before.input ?? {}) as JsonObject;
    const { runId } = recording.opening;
    yield { type: 'run.started', at: before.startedAt, runId, input };
    yield* before.steps.map(stepView).flatMap(stepEvents).sort(byTime);
  }
  yield* follow((watcher, left) => recording.watch(watcher, left), signal);
}

async function* follow(
  watch: (watcher: (event: RunEvent) => void, left: () => void) => () => void,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, void, void> {
  const queue: RunEvent[] = [];
  let wake = () => {};
  let over = false;
  const end = watch(
    (event) => {
      queue.push(event);
      wake();
    },
    () => {
      over = true;
      wake();
    },
  );
  const stop = () => wake();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      const event = queue.shift();
      if (!event) {
        if (over) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (queue.length > 0 || over || signal.aborted) resolve();
        });
        continue;
      }
      yield event;
      if (event.type === 'run.finished') return;
    }
  } finally {
    end();
    signal.removeEventListener('abort', stop);
  }
}

async function* waitFor(
  look: () => Promise<AsyncIterable<RunEvent> | null>,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, void, void> {
  while (!signal.aborted) {
    const events = await look();
    if (events) {
      yield* events;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, POLL_MS);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }
}

/** The events that a record stands for. */
async function* replay(run: RunView): AsyncGenerator<RunEvent, void, void> {
  yield* eventsOf(run);
}

function eventsOf(run: RunView): RunEvent[] {
  const startedAt = Date.parse(run.startedAt);
  const durationMs = run.durationMs ?? 0;
  const steps = run.steps.flatMap(stepEvents).sort(byTime);
  return [
    { type: 'run.started', at: startedAt, runId: run.id, input: (run.input ?? {}) as JsonObject },
    ...steps,
    {
      type: 'run.finished',
      at: startedAt + durationMs,
      // A crash is a failure to whoever watches; `error` says which.
      status: run.status === 'crashed' || goesOn(run) ? 'failed' : (run.status as RunStatus),
      durationMs,
      ...(run.output ? { output: run.output } : {}),
      ...(run.error ? { error: run.error } : {}),
      ...(run.undone.length > 0 ? { undone: run.undone } : {}),
      ...(run.guarded.length > 0 ? { guarded: run.guarded } : {}),
    },
  ];
}

function byTime(a: RunEvent, b: RunEvent): number {
  return a.at - b.at;
}

function stepEvents(step: StepView): RunEvent[] {
  const { nodeId, key, iteration } = step;
  const of = { nodeId, key, ...(iteration && { iteration }) };
  if (step.status === 'skipped' || step.startedAt === null) {
    return [{ type: 'step.skipped', at: step.startedAt ? Date.parse(step.startedAt) : 0, ...of }];
  }
  const at = Date.parse(step.startedAt);
  const durationMs = step.durationMs ?? 0;
  const events: RunEvent[] = [];
  if (!step.given) {
    const undoes = step.undoes === null ? {} : { undoes: step.undoes };
    events.push({ type: 'step.started', at, ...of, attempt: step.attempt, config: step.input, ...undoes });
  }
  for (const { level, text, at: time } of step.logs) {
    events.push({ type: 'log', at: Date.parse(time), ...of, level, text });
  }
  if (step.status === 'succeeded') {
    events.push({
      type: 'step.finished',
      at: at + durationMs,
      ...of,
      durationMs,
      value: step.value,
      ...(step.handle === null ? {} : { handle: step.handle }),
      ...(step.given && { given: true }),
    });
  } else if (step.status === 'failed' && step.error) {
    events.push({ type: 'step.failed', at: at + durationMs, ...of, durationMs, error: step.error });
  } else if (step.status === 'waiting' && step.waiting) {
    const waiting = { ...step.waiting, nodeId, nodeKey: key };
    events.push({ type: 'step.suspended', at, ...of, waiting });
  }
  return events;
}
