import type { RunRecord, StepRecord } from '#lib/db/run-batch.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { jsonSize } from '#lib/engine/json-size.ts';
import { recorded } from '#lib/engine/recorded.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

/** What is known of a run before it begins. */
export interface RunOpening {
  runId: string;
  organizationId: string;
  projectId: string;
  workflowId: string;
  workflowName: string;
  /** null for a draft */
  versionId: string | null;
  version: number | null;
  /** Name and version the caller gave itself: `claude-code 2.1`. */
  client: string | null;
  keyId: string | null;
  /** Of a draft: the document that runs. */
  document?: JsonValue;
}

/** Events kept of one run. A run of 1,000 steps emits 2,000; what is over is logs. */
const MAX_EVENTS = 5000;
/** Bytes of what all steps of a run took and left behind. The engine bounds each of them. */
const MAX_STEPS_BYTES = 1024 * 1024;
const MAX_OUTPUT_CHARACTERS = 64 * 1024;
const MAX_LOG_CHARACTERS = 2000;

/**
 * What one run did, in memory: a list of the engine's events. Made into a record only when it is written, so that
 * a call pays for an array of references and no more.
 */
export class RunRecording {
  readonly opening: RunOpening;
  readonly startedAt = Date.now();
  readonly events: RunEvent[] = [];
  readonly cancel: () => void;
  /** Set by the recorder while a row of the running run is in the database, or on its way there. */
  announced: Promise<void> | null = null;
  #watchers: Set<(event: RunEvent) => void> | null = null;
  #finished = false;

  constructor(opening: RunOpening, cancel: () => void) {
    this.opening = opening;
    this.cancel = cancel;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** Takes the next event. `run.finished` is always kept. */
  add(event: RunEvent): void {
    if (event.type === 'run.finished') this.#finished = true;
    else if (this.events.length >= MAX_EVENTS) return;
    this.events.push(event);
    if (this.#watchers) for (const watcher of this.#watchers) watcher(event);
  }

  /** Calls back with every event from the first on, and with those to come. Returns what ends it. */
  watch(watcher: (event: RunEvent) => void): () => void {
    for (const event of this.events) watcher(event);
    this.#watchers ??= new Set();
    this.#watchers.add(watcher);
    return () => this.#watchers?.delete(watcher);
  }

  /** What is stored of it as of now; `leaseUntil` in ms since the epoch, for a run that still goes on. */
  record(leaseUntil: number | null): RunRecord {
    const { opening } = this;
    const first = this.events[0];
    const last = this.events.at(-1);
    const end = last?.type === 'run.finished' ? last : null;
    return {
      id: opening.runId,
      organizationId: opening.organizationId,
      projectId: opening.projectId,
      workflowId: opening.workflowId,
      workflowName: opening.workflowName,
      versionId: opening.versionId,
      version: opening.version,
      status: end ? end.status : 'running',
      startedAt: this.startedAt,
      durationMs: end ? end.durationMs : null,
      leaseUntil: end ? null : leaseUntil,
      client: opening.client,
      keyId: opening.keyId,
      error: end?.error ?? null,
      input: first?.type === 'run.started' ? first.input : null,
      output: end?.output ? boundedOutput(end.output) : null,
      steps: stepsOf(this.events),
      state: null,
      document: (opening.document ?? null) as object | null,
    };
  }
}

/** The answer, its long texts cut: what was said in full is in the step that made it. */
function boundedOutput(output: RunOutput): RunOutput {
  let left = MAX_OUTPUT_CHARACTERS;
  const parts = output.parts.map((part) => {
    if (!('text' in part) || part.text.length <= left) {
      if ('text' in part) left -= part.text.length;
      return part;
    }
    const text = `${part.text.slice(0, left)}…`;
    left = 0;
    return { ...part, text };
  });
  if (output.structured === undefined) return { parts };
  return { parts, structured: recorded(output.structured) };
}

/** The steps in the order they began. A retried step is one entry, with its last attempt. */
function stepsOf(events: readonly RunEvent[]): StepRecord[] {
  const steps = new Map<string, StepRecord>();
  let left = MAX_STEPS_BYTES;
  const kept = (value: JsonValue): JsonValue => {
    const size = jsonSize(value, left);
    if (size > left) return { $truncated: true };
    left -= size;
    return value;
  };
  for (const event of events) {
    if (!('nodeId' in event)) continue;
    let step = steps.get(event.nodeId);
    if (!step) {
      step = newStep(event);
      steps.set(event.nodeId, step);
    }
    switch (event.type) {
      case 'step.started':
        step.status = 'running';
        step.attempt = event.attempt;
        step.startedAt ??= event.at;
        step.input = kept(event.config);
        step.error = undefined;
        break;
      case 'step.finished':
        step.status = 'succeeded';
        step.durationMs = event.at - step.startedAt!;
        step.value = kept(event.value);
        step.handle = event.handle;
        break;
      case 'step.failed':
        step.status = 'failed';
        step.durationMs = event.at - step.startedAt!;
        step.error = { ...event.error };
        break;
      case 'step.skipped':
        step.status = 'skipped';
        break;
      case 'log':
        step.logs ??= [];
        step.logs.push({ level: event.level, text: event.text.slice(0, MAX_LOG_CHARACTERS), at: event.at });
        break;
    }
  }
  return [...steps.values()];
}

function newStep({ nodeId, key }: { nodeId: string; key: string }): StepRecord {
  return { nodeId, key, status: 'skipped', attempt: 0, startedAt: null, durationMs: null };
}
