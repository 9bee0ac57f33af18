import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { RunOptions, RunState } from '#lib/engine/run.ts';
import { StateSplitter } from '#lib/engine/state-pieces.ts';
import type { App } from './app.ts';
import type { RunRecording } from './run-recording.ts';
import { MOST_STATE, type StoredState, TOO_LARGE } from './run-state.ts';

/** Until another process may take over a run whose holder is silent. */
export const RUN_LEASE_MS = 30_000;
const RENEW_MS = 10_000;
/** Above this many steps the record follows the stored state once a second: it is only to be looked at. */
const STEPS_WITH_EVERY_STATE = 200;
const STEPS_EVERY_MS = 1000;
/** Stores how far a run is, under its fence. */
export class RunStoring {
  /** Why it could not be stored. */
  failure: unknown = null;
  private readonly app: App;
  private readonly run: {
    runId: string;
    fence: number;
    recording: RunRecording;
    part: StoredState['part'] | undefined;
  };
  private readonly splitter = new StateSplitter();
  private isTooLarge = false;
  private stepsAt = 0;

  constructor(app: App, run: RunStoring['run']) {
    this.app = app;
    this.run = run;
  }

  /**
   * Throws StepError when the run leaves more behind than can be stored. It is still ours: what it did is taken back,
   * and how far that is is stored when it is small enough again.
   */
  readonly checkpoint = async (engineState: RunState): Promise<void> => {
    const { runId, fence, recording, part } = this.run;
    const pieces = this.splitter.split(part ? ({ ...engineState, part } as StoredState) : engineState);
    if (pieces.length > MOST_STATE) {
      this.splitter.forget();
      if (this.isTooLarge) return;
      this.isTooLarge = true;
      throw new StepError(TOO_LARGE.code, TOO_LARGE.message);
    }
    try {
      const ours = await this.runs.checkpoint(
        { id: runId, fence },
        { pieces, leaseMs: RUN_LEASE_MS, ...this.steps(recording) },
      );
      if (!ours) throw new AppError('conflict', 'Another process goes on with this run.');
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  };

  /** Keeps the lease while a step takes long. Returns what ends it. */
  renew(lost: () => void): () => void {
    const { runId, fence } = this.run;
    const timer = setInterval(() => {
      this.runs.renew({ id: runId, fence }, RUN_LEASE_MS).then(
        (ours) => {
          if (ours) return;
          this.failure ??= new AppError('conflict', 'Another process goes on with this run.');
          lost();
        },
        (error: unknown) =>
          this.app.log.warn({ err: error, runId }, 'the lease of a run could not be renewed'),
      );
    }, RENEW_MS);
    return () => clearInterval(timer);
  }

  /** What the engine reports as unexpected, but for what went wrong here. */
  unlessOwn(report: NonNullable<RunOptions['onUnexpected']>): NonNullable<RunOptions['onUnexpected']> {
    return (error, at) => {
      if (error !== this.failure) report(error, at);
    };
  }

  private get runs() {
    return repository(this.app.db, { type: 'system' }).runs;
  }

  private steps(recording: RunRecording): { steps?: ReturnType<RunRecording['steps']> } {
    const now = Date.now();
    const many = recording.events.length + (recording.before?.steps.length ?? 0) > STEPS_WITH_EVERY_STATE;
    if (many && now - this.stepsAt < STEPS_EVERY_MS) return {};
    this.stepsAt = now;
    return { steps: recording.steps() };
  }
}
