import type { ErrorRecord, RunEvent } from '#lib/engine/events.ts';
import type { RunResult } from '#lib/engine/run.ts';
import type { App } from './app.ts';
import { guardAnswer, type RunAnswer } from './guard-answer.ts';
import type { RunRecording } from './run-recording.ts';
import type { RunWorld, ToolRun } from './run-world.ts';

type RunEnd = Extract<RunEvent, { type: 'run.finished' }>;

/** The events of a run on their way to its record, its watchers and its caller. */
export class RunEvents {
  /** How it stopped, when that is told later. */
  end: RunEnd | undefined;
  private readonly app: App;
  private readonly recording: RunRecording;
  private readonly run: Pick<RunWorld, 'validateOutput' | 'onEvent' | 'guard'>;
  private readonly later: (end: RunEnd) => boolean;
  private lastStep: { nodeId: string; key: string } | undefined;
  private outputError: ErrorRecord | undefined;
  /** What the guard made of the answer. */
  private guarded: RunAnswer | undefined;

  /** `later`: whether the end is told by `tell` only. */
  constructor(
    app: App,
    recording: RunRecording,
    run: Pick<RunWorld, 'validateOutput' | 'onEvent' | 'guard'>,
    later: RunEvents['later'],
  ) {
    this.app = app;
    this.recording = recording;
    this.run = run;
    this.later = later;
  }

  readonly take = (event: RunEvent): void => {
    if (event.type === 'step.finished') this.lastStep = event;
    if (event.type !== 'run.finished') this.pass(event);
    else this.finish(this.inspected(this.checked(event)));
  };

  /** Tells how it stopped: as the engine said, or otherwise. */
  tell(instead?: Pick<RunResult, 'status' | 'error'>): void {
    if (!this.end) return;
    const event = instead ? { ...this.end, ...instead } : this.end;
    this.end = undefined;
    this.pass(event);
  }

  outcome(runId: string, result: RunResult): ToolRun {
    if (this.outputError) return { runId, status: 'failed', error: this.outputError };
    const { mask } = this.recording;
    const ended = this.guarded ? { ...result, ...this.guarded } : result;
    if (!mask || mask.isEmpty) return { ...ended, runId };
    const { output, error } = ended;
    return {
      ...ended,
      runId,
      ...(output && { output: mask.value(output) }),
      ...(error && { error: mask.value(error) }),
    };
  }

  private finish(event: RunEnd): void {
    if (this.later(event)) this.end = event;
    else this.pass(event);
  }

  /** The contract may have promised another shape than the workflow made: the author's fault, and said so. */
  private checked(event: RunEnd) {
    const { validateOutput } = this.run;
    if (event.status !== 'succeeded' || !validateOutput || !event.output) return event;
    const faults = validateOutput(event.output.structured);
    if (!faults) return event;
    this.outputError = outputFault(faults, this.lastStep);
    return { ...event, status: 'failed' as const, error: this.outputError };
  }

  /** What must not leave the project is taken out before anybody is told: caller, watchers and record alike. */
  private inspected(event: RunEnd): RunEnd {
    const { guard, validateOutput } = this.run;
    if (!guard || event.status === 'suspended') return event;
    const { output, error } = event;
    const { notes, withheld, ...guarded } = guardAnswer({ output, error }, guard, validateOutput);
    if (!notes) return event;
    this.recording.guarded = notes;
    if (withheld) {
      this.outputError = withheld;
      return { ...event, status: 'failed', output: undefined, error: withheld, guarded: notes };
    }
    this.guarded = definedOf(guarded);
    return { ...event, ...this.guarded, guarded: notes };
  }

  private pass(event: RunEvent): void {
    const told = this.recording.mask?.value(event) ?? event;
    this.app.recorder.add(this.recording, told);
    this.run.onEvent?.(told);
  }
}

function definedOf({ output, error }: RunAnswer): RunAnswer {
  return { ...(output && { output }), ...(error && { error }) };
}

function outputFault(faults: string[], step: { nodeId: string; key: string } | undefined): ErrorRecord {
  return {
    code: 'OUTPUT_INVALID',
    message: `The answer does not fit the output schema: ${faults.slice(0, 5).join('; ')}. Correct the structured value or its schema.`,
    ...(step && { nodeId: step.nodeId, key: step.key }),
  };
}
