import type { Principal } from '#lib/db/principal.ts';
import type { RunEvent, RunStatus } from '#lib/engine/events.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { getRun, type RunView, type StepView } from './read-runs.ts';

/** How often a run of another process is looked at, in ms. */
const POLL_MS = 500;

/**
 * Every event of a run from the first on; ends with `run.finished`. A run of this process is followed live, one that
 * has ended is told from its record, one of another process is told when it has ended. Throws `not_found`.
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
  if (recording) return follow((watcher) => recording.watch(watcher), signal);
  if (run.status !== 'running') return replay(run);
  return waitFor(async () => {
    const now = await getRun(app, principal, at);
    return now.status === 'running' ? null : replay(now);
  }, signal);
}

async function* follow(
  watch: (watcher: (event: RunEvent) => void) => () => void,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, void, void> {
  const queue: RunEvent[] = [];
  let wake = () => {};
  const end = watch((event) => {
    queue.push(event);
    wake();
  });
  const stop = () => wake();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      const event = queue.shift();
      if (!event) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (queue.length > 0 || signal.aborted) resolve();
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
  const steps = run.steps.flatMap(stepEvents).sort((a, b) => a.at - b.at);
  return [
    { type: 'run.started', at: startedAt, runId: run.id, input: (run.input ?? {}) as JsonObject },
    ...steps,
    {
      type: 'run.finished',
      at: startedAt + durationMs,
      // A crash is a failure to whoever watches; `error` says which.
      status: run.status === 'crashed' || run.status === 'running' ? 'failed' : (run.status as RunStatus),
      durationMs,
      ...(run.output ? { output: run.output } : {}),
      ...(run.error ? { error: run.error } : {}),
    },
  ];
}

function stepEvents(step: StepView): RunEvent[] {
  const { nodeId, key } = step;
  if (step.status === 'skipped' || step.startedAt === null) {
    return [{ type: 'step.skipped', at: step.startedAt ? Date.parse(step.startedAt) : 0, nodeId, key }];
  }
  const at = Date.parse(step.startedAt);
  const durationMs = step.durationMs ?? 0;
  const events: RunEvent[] = [
    { type: 'step.started', at, nodeId, key, attempt: step.attempt, config: step.input },
    ...step.logs.map(
      ({ level, text, at: time }): RunEvent => ({
        type: 'log',
        at: Date.parse(time),
        nodeId,
        key,
        level,
        text,
      }),
    ),
  ];
  if (step.status === 'succeeded') {
    events.push({
      type: 'step.finished',
      at: at + durationMs,
      nodeId,
      key,
      durationMs,
      value: step.value,
      ...(step.handle === null ? {} : { handle: step.handle }),
    });
  } else if (step.status === 'failed' && step.error) {
    events.push({ type: 'step.failed', at: at + durationMs, nodeId, key, durationMs, error: step.error });
  }
  return events;
}
