import type { StepPause, StepRecord } from '#lib/db/run-batch.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { jsonSize } from '#lib/engine/json-size.ts';
import type { Question } from '#lib/engine/question.ts';
import { recorded } from '#lib/engine/recorded.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/** Bytes of what all steps of a run took and left behind. The engine bounds each of them. */
const MAX_STEPS_BYTES = 1024 * 1024;
const MAX_LOG_CHARACTERS = 2000;
/** Of one step. */
const MAX_PAUSES = 50;

type StepEvent = Extract<RunEvent, { nodeId: string }>;

/**
 * The steps in the order they began. A retried step is one entry, with its last attempt; so is one that waited and
 * then went on. `before`: what was recorded until the run went on in this process.
 */
export function stepsOf(events: readonly RunEvent[], before: readonly StepRecord[] = []): StepRecord[] {
  const steps = new Map<string, StepRecord>();
  let left = MAX_STEPS_BYTES;
  const kept = (value: JsonValue): JsonValue => {
    const size = jsonSize(value, left);
    if (size > left) return { $truncated: true };
    left -= size;
    return value;
  };
  const undoing = new Map<string, string>();
  for (const step of before) {
    const place = nameOf(step);
    steps.set(step.undoes === undefined ? place : `${place} undoes ${step.undoes}`, { ...step });
    left -= jsonSize(step.input ?? null, left) + jsonSize(step.value ?? null, left);
  }
  left = Math.max(0, left);
  for (const event of events) {
    if (!('nodeId' in event)) continue;
    const place = nameOf(event);
    // One node may take back what several did, one after the other.
    if (event.type === 'step.started' && event.undoes !== undefined) {
      undoing.set(place, `${place} undoes ${event.undoes}`);
    }
    const name = undoing.get(place) ?? place;
    let step = steps.get(name);
    if (!step) {
      step = newStep(event);
      steps.set(name, step);
    }
    switch (event.type) {
      case 'step.started':
        step.status = 'running';
        step.attempt = event.attempt;
        step.startedAt ??= event.at;
        endPause(step, event.at);
        step.input = kept(event.config);
        step.error = undefined;
        step.waiting = undefined;
        if (event.undoes !== undefined) step.undoes = event.undoes;
        break;
      case 'step.finished':
        step.status = 'succeeded';
        step.startedAt ??= event.at;
        step.durationMs = event.at - step.startedAt;
        endPause(step, event.at);
        step.value = kept(event.value);
        step.handle = event.handle;
        if (event.given) step.given = true;
        break;
      case 'step.failed':
        step.status = 'failed';
        step.startedAt ??= event.at;
        step.durationMs = event.at - step.startedAt;
        step.error = { ...event.error };
        endPause(step, event.at);
        if (event.retryInMs !== undefined) beginPause(step, { why: 'retry', from: event.at });
        break;
      case 'step.skipped':
        step.status = 'skipped';
        break;
      case 'step.suspended': {
        const { key, question } = event.waiting;
        step.status = 'waiting';
        step.startedAt ??= event.at;
        beginPause(step, { why: question.type === 'time' ? 'time' : 'answer', from: event.at });
        step.waiting = { key, question: kept(shown(question)) as JsonObject };
        break;
      }
      case 'log':
        step.logs ??= [];
        step.logs.push({ level: event.level, text: event.text.slice(0, MAX_LOG_CHARACTERS), at: event.at });
        break;
    }
  }
  return [...steps.values()];
}

/** A node is one step, in a container one for each item; what takes it back is a step of its own. */
function nameOf({ nodeId, iteration }: { nodeId: string; iteration?: readonly number[] }): string {
  return iteration ? `${nodeId} ${iteration.join('.')}` : nodeId;
}

function newStep({ nodeId, key, iteration }: StepEvent): StepRecord {
  return {
    nodeId,
    key,
    ...(iteration && { iteration }),
    status: 'skipped',
    attempt: 0,
    startedAt: null,
    durationMs: null,
  };
}

function beginPause(step: StepRecord, pause: StepPause): void {
  const { pauses = [] } = step;
  // It is told again where a run waits anew for what it waited for.
  const lasts = pauses.length > 0 && pauses.at(-1)!.to === undefined;
  if (!lasts && pauses.length < MAX_PAUSES) step.pauses = [...pauses, pause];
}

function endPause(step: StepRecord, to: number): void {
  const last = step.pauses?.at(-1);
  if (!last || last.to !== undefined) return;
  step.pauses = [...step.pauses!.slice(0, -1), { ...last, to }];
}

/** A question as it is recorded: what it shows may be as large as any value. */
function shown(question: Question): JsonValue {
  return recorded(question as unknown as JsonValue);
}
