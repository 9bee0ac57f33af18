import type { RunCause, RunRecord, StepRecord } from '#lib/db/run-batch.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { recorded } from '#lib/engine/recorded.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import { createTape, type Tape } from '#lib/engine/tape.ts';
import type { CallerFacts } from '#lib/workflow/caller.ts';
import type { GuardNote } from '#lib/workflow/guard-text.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Recording } from '#lib/workflow/recording.ts';
import type { SecretMask } from './secret-mask.ts';
import { stepsOf } from './step-records.ts';

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
  cause: RunCause;
  /** The run that called this one. */
  parentId: string | null;
  /** Of a draft: the document that runs. */
  document?: JsonValue;
}

/** What was recorded of a run before it went on here. */
export interface RunBefore {
  startedAt: number;
  /** ms that it was under way. */
  durationMs: number;
  input: JsonValue;
  steps: readonly StepRecord[];
  recording: Recording | null;
}

type RunEnd = Extract<RunEvent, { type: 'run.finished' }>;

/** Events kept of one run. A run of 1,000 steps emits 2,000; what is over is logs. */
const MAX_EVENTS = 5000;
const MAX_OUTPUT_CHARACTERS = 64 * 1024;

/**
 * What one run did, in memory: a list of the engine's events. Made into a record only when it is written, so that
 * a call pays for an array of references and no more.
 */
export class RunRecording {
  readonly opening: RunOpening;
  readonly startedAt: number;
  readonly events: RunEvent[] = [];
  readonly cancel: () => void;
  /** Keeps what the run gets from outside. */
  readonly tape: Tape;
  /** Set when the run went on here: its truth is in the database, and whoever carries it stores it there. */
  readonly before: RunBefore | null;
  /** Secrets that it got hold of: none of them is in its record. Null where it reaches for none. */
  mask: SecretMask | null = null;
  /** What the guard found in its answer; null for nothing. */
  guarded: GuardNote[] | null = null;
  /** Set by the recorder while a row of the running run is in the database, or on its way there. */
  announced: Promise<void> | null = null;
  /** Who called, where the workflow reads it. */
  caller: CallerFacts | null = null;
  #watchers: Map<(event: RunEvent) => void, () => void> | null = null;
  #finished = false;

  constructor(opening: RunOpening, cancel: () => void, before: RunBefore | null = null) {
    this.opening = opening;
    this.cancel = cancel;
    this.before = before;
    this.startedAt = before?.startedAt ?? Date.now();
    this.tape = createTape({ from: before?.recording });
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** No more is to be written while it runs: how it stopped is being stored. */
  close(): void {
    this.#finished = true;
  }

  /** Takes the next event. `run.finished` is always kept. */
  add(event: RunEvent): void {
    if (event.type === 'run.finished') this.#finished = true;
    else if (this.events.length >= MAX_EVENTS) return;
    this.events.push(event);
    if (this.#watchers) for (const watcher of this.#watchers.keys()) watcher(event);
  }

  /**
   * Calls back with every event from the first on, and with those to come; `left` when no more will come. Returns
   * what ends it.
   */
  watch(watcher: (event: RunEvent) => void, left: () => void): () => void {
    for (const event of this.events) watcher(event);
    this.#watchers ??= new Map();
    this.#watchers.set(watcher, left);
    return () => this.#watchers?.delete(watcher);
  }

  /** The run is no longer carried here. */
  leave(): void {
    if (this.#watchers) for (const left of this.#watchers.values()) left();
  }

  /**
   * What is stored of it as of now; `leaseUntil` in ms since the epoch, for a run that still goes on. `end`: how it
   * stopped, where nobody was told yet.
   */
  record(leaseUntil: number | null, end = this.#end()): RunRecord {
    const record = this.#record(leaseUntil, end);
    if (!this.mask || this.mask.isEmpty) return record;
    // What was told before the secret was known is in it as it was.
    const { input, output, error, undone, recording } = record;
    return { ...record, ...this.mask.value({ input, output, error, undone, recording }) };
  }

  #record(leaseUntil: number | null, end: RunEnd | null): RunRecord {
    const { opening, before } = this;
    const first = this.events[0];
    return {
      id: opening.runId,
      organizationId: opening.organizationId,
      projectId: opening.projectId,
      workflowId: opening.workflowId,
      workflowName: opening.workflowName,
      versionId: opening.versionId,
      version: opening.version,
      status: end ? end.status : 'running',
      // As the engine tells it, and with it the expressions: a replay begins at the same moment.
      startedAt: before || first?.type !== 'run.started' ? this.startedAt : first.at,
      durationMs: end ? end.durationMs + (before?.durationMs ?? 0) : (before?.durationMs ?? null),
      leaseUntil: end ? null : leaseUntil,
      client: opening.client,
      keyId: opening.keyId,
      cause: opening.cause,
      parentId: opening.parentId,
      error: end?.error ?? null,
      input: before ? before.input : first?.type === 'run.started' ? first.input : null,
      output: end?.output ? boundedOutput(end.output) : null,
      undone: end?.undone ?? null,
      guarded: this.guarded,
      steps: this.steps(),
      document: (opening.document ?? null) as object | null,
      recording: this.#recorded(),
    };
  }

  /** The steps so far, with those of before. */
  steps(): StepRecord[] {
    const steps = stepsOf(this.events, this.before?.steps);
    return this.mask?.value(steps) ?? steps;
  }

  /** What it got from outside, and from whom it came where that counts. */
  #recorded(): Recording | null {
    const recording = this.tape.recording();
    const caller = this.caller ?? this.before?.recording?.caller;
    return caller ? { ...(recording ?? { steps: {} }), caller } : recording;
  }

  #end(): RunEnd | null {
    const last = this.events.at(-1);
    return last?.type === 'run.finished' ? last : null;
  }
}

/** The answer, its long texts cut: what was said in full is in the step that made it. */
export function boundedOutput(output: RunOutput): RunOutput {
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

/** The output as the JSON text of a state, where the record holds less of it; null where it holds all. */
export function wholeOutput(output: RunOutput | undefined): string | null {
  if (!output) return null;
  const whole = JSON.stringify(output);
  return whole === JSON.stringify(boundedOutput(output)) ? null : `{"output":${whole}}`;
}

/** Whether the texts of a recorded output are not the whole of what was said. */
export function isCutOutput({ parts }: RunOutput): boolean {
  const length = parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 0), 0);
  return length > MAX_OUTPUT_CHARACTERS;
}
