import { type CallerFacts, NOBODY } from '#lib/workflow/caller.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Plan, PlanNode, Scope } from '#lib/workflow/plan.ts';
import { answerOf } from './answer.ts';
import type { Capabilities } from './capabilities.ts';
import { errorRecord } from './error-record.ts';
import { Abandoned, StepError } from './errors.ts';
import type { ErrorRecord, RunEvent, RunStatus } from './events.ts';
import type { Stopped } from './flight.ts';
import { budgetCalls } from './http-budget.ts';
import type { NodeKind } from './kind.ts';
import { LIMITS, UNDO_MS } from './limits.ts';
import type { Waiting } from './question.ts';
import { recorded } from './recorded.ts';
import type {
  NodeState,
  RunLimits,
  RunOptions,
  RunOutput,
  RunResult,
  RunState,
  StoredEffect,
} from './run.ts';
import { partUntil, type RunPart } from './run-part.ts';
import { retryState } from './state.ts';
import { StoredStates } from './stored-states.ts';
import { type Task, Turns } from './turns.ts';
import { takeBack } from './undo.ts';
import { undoneInWords } from './undone-in-words.ts';

/** The walk outside all containers. */
export interface RootWalk extends Task {
  readonly nodes: ReadonlyMap<string, NodeState>;
  readonly steps: Readonly<Record<string, JsonValue>>;
  /** Nothing is left to run, under way or waiting. */
  readonly done: boolean;
  begin(): void;
  /** Puts the values of a stored run back, without going on. */
  recall(): void;
  snapshot(): Record<string, NodeState>;
  /** Stops what is under way. */
  abort(how: Stopped): void;
}

type Place = { node?: PlanNode; iteration?: readonly number[] };

/**
 * One run: its limits, its clock, what its steps share, its turns on the event loop, its stored states and its end.
 * What is to be run is known to its walks.
 */
export class RunControl {
  readonly plan: Plan<NodeKind>;
  readonly options: RunOptions;
  readonly limits: RunLimits;
  readonly env: Record<string, string>;
  readonly caller: CallerFacts;
  readonly emit: ((event: RunEvent) => void) | null;
  /** What expressions see as `run`. */
  readonly facts: Scope['run'];
  /** The arguments; from the start node on with what it made of them (defaults filled in). */
  input: JsonObject;
  readonly deadline: number;
  /** What the run is bounded to, when it is. */
  part: RunPart | null = null;

  /** Questions without an answer, by key. */
  readonly waiting = new Map<string, Waiting>();
  /** Questions of the stored run whose steps have not been run again yet, by key. */
  readonly asked: Map<string, Waiting> | null;
  readonly effects: StoredEffect[];
  stopped = false;
  steps: number;
  items: number;
  told: number;
  /** Characters that steps may still leave behind. */
  room: number;
  /** Attempts, pauses and stored states that the run waits for. */
  underWay = 0;

  private readonly beganAt: number;
  private readonly startedAt: number;
  private readonly wallMs: number;
  private readonly fresh: Set<string>;
  private readonly turns = new Turns(() => this.guard(() => this.pump()));
  private readonly stored: StoredStates | null;
  private storeFailed = false;

  private root: RootWalk | null = null;
  private ending: RunState['ending'];
  private ended: RunResult | null = null;
  private resolve: ((result: RunResult) => void) | null = null;
  private madeCapabilities: Capabilities | null = null;
  private madeController: AbortController | null = null;

  constructor(plan: Plan<NodeKind>, options: RunOptions) {
    const { capabilities, runId, resume } = options;
    const state = resume?.state;
    this.plan = plan;
    this.options = options;
    this.limits = options.limits ? { ...LIMITS, ...options.limits } : LIMITS;
    this.input = state?.input ?? options.input;
    this.env = options.env;
    this.caller = state?.caller ?? options.caller ?? NOBODY;
    this.emit = options.onEvent ?? null;
    this.beganAt = capabilities.now();
    const startedAt = state?.startedAt ?? this.beganAt;
    this.startedAt = startedAt;
    // The time a suspended run waited for its answer is not its own: a resumed run has its full time again.
    this.wallMs = Math.min(plan.timeoutMs, this.limits.wallMs);
    this.deadline = this.beganAt + this.wallMs;
    this.steps = state?.steps ?? 0;
    this.items = state?.items ?? 0;
    this.told = state?.told ?? 0;
    this.room = this.limits.valueCharacters;
    this.effects = [...(state?.effects ?? [])];
    this.fresh = new Set(state?.fresh);
    this.asked = state?.waiting ? new Map(state.waiting.map((waiting) => [waiting.key, waiting])) : null;
    const { checkpoint } = options;
    this.stored = checkpoint ? new StoredStates(checkpoint, () => (this.ended ? null : this.state())) : null;
    this.facts = {
      id: runId,
      // Formatting a date costs more than a trivial step.
      get startedAt() {
        return new Date(startedAt).toISOString();
      },
    };
  }

  /** Runs what can be run at once. */
  begin(root: RootWalk): void {
    const { options, beganAt: at } = this;
    const { runId, resume, until } = options;
    this.root = root;
    if (resume) this.emit?.({ type: 'run.resumed', at, runId });
    else this.emit?.({ type: 'run.started', at, runId, input: recorded(this.input) as JsonObject });
    this.guard(() => {
      if (resume?.state.ending) {
        root.recall();
        this.stopped = true;
        this.ending = structuredClone(resume.state.ending);
        void this.takeBack();
        return;
      }
      if (until !== undefined) this.part = partUntil(this.plan, until);
      root.begin();
      this.pump();
    });
  }

  /** The result, once there is one. */
  result(): Promise<RunResult> {
    if (this.ended) return Promise.resolve(this.ended);
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  // What steps reach

  get capabilities(): Capabilities {
    const { capabilities } = this.options;
    this.madeCapabilities ??= { ...capabilities, ...budgetCalls(capabilities, this.limits.httpCalls) };
    return this.madeCapabilities;
  }

  /** What the step of this path reaches. */
  worldAt(path: string): Capabilities {
    return this.options.worldOf?.(this.capabilities, path) ?? this.capabilities;
  }

  /** What outside services know a step by, however often it is tried; not what was taken back before. */
  stepId(path: string): string {
    const tries = this.options.resume?.state.tries;
    return tries ? `${this.options.runId}/${tries}/${path}` : `${this.options.runId}/${path}`;
  }

  /** The answer to a question of the stored run, when there is one. */
  answerTo(key: string): JsonValue | undefined {
    const { resume } = this.options;
    if (!resume?.answers || !Object.hasOwn(resume.answers, key)) return undefined;
    return resume.state.fresh?.includes(key) ? undefined : resume.answers[key];
  }

  /** Something asks, now. */
  ask(waiting: Waiting): void {
    this.asked?.delete(waiting.key);
    this.waiting.set(waiting.key, waiting);
    this.fresh.add(waiting.key);
  }

  /** What was asked in the stored run is still not answered. */
  stillWaiting(waiting: Waiting): void {
    this.asked?.delete(waiting.key);
    this.waiting.set(waiting.key, waiting);
  }

  now(): number {
    return this.options.capabilities.now();
  }

  progress(done: number, total?: number, message?: string): void {
    this.emit?.({ type: 'progress', at: this.now(), done, total, message });
  }

  record(error: unknown, { node, iteration }: Place = {}): ErrorRecord {
    const { runId, onUnexpected } = this.options;
    if (!(error instanceof StepError)) onUnexpected?.(error, { nodeId: node?.id, key: node?.key });
    return errorRecord(error, { runId, node, iteration });
  }

  // Turns

  /** Puts a walk on the list of those that have something to do. */
  queue(task: Task): void {
    this.turns.queue(task);
  }

  /** Runs what can be run, and ends the run when there is nothing left to wait for. */
  pump(): void {
    const isDone = this.turns.take(this.goes);
    if (isDone && !this.stopped && this.underWay === 0) this.settle();
  }

  private readonly goes = (): boolean => !this.stopped;

  /** True when the run has held the event loop for long enough: the task is called again later. */
  yields(task: Task): boolean {
    return this.turns.areOver(task);
  }

  /** Looks whether somebody has ended the run, or its time has: steps that answer at once are not interrupted. */
  mayGoOn(): boolean {
    if (this.options.signal.aborted) this.cancel();
    else if (this.now() > this.deadline) this.expire();
    return !this.stopped;
  }

  /** For engine code that must not throw: if it does, the run fails rather than hangs. */
  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.end('failed', { error: this.record(error) });
    }
  }

  after(ms: number, signal: AbortSignal, action: () => void): void {
    this.options.capabilities.sleep(Math.max(0, ms), signal).then(
      () => this.guard(action),
      () => {
        // Aborted: there is nothing to wait for any more.
      },
    );
  }

  // Stored states

  /** Goes on when a state is stored that says what has finished so far. */
  afterStored(action: () => void): void {
    this.underWay += 1;
    void this.controller;
    this.store().then(
      () =>
        this.guard(() => {
          this.underWay -= 1;
          if (this.stopped) return;
          action();
          this.pump();
        }),
      (error: unknown) => this.lose(error),
    );
  }

  private async store(): Promise<void> {
    await this.stored?.store();
  }

  /** The run is no longer ours, or there is no telling whether it is; unless its state was refused. */
  private lose(error: unknown): void {
    if (this.stopped) return;
    this.storeFailed = !(error instanceof StepError);
    this.end('failed', { error: this.record(error) });
  }

  private state(): RunState {
    const { options, waiting, asked, effects, fresh } = this;
    const { runId, resume } = options;
    const state: RunState = {
      runId,
      startedAt: this.startedAt,
      input: resume?.state.input ?? options.input,
      nodes: this.root!.snapshot(),
      steps: this.steps,
    };
    if (this.caller !== NOBODY) state.caller = this.caller;
    if (waiting.size > 0 || asked?.size) state.waiting = [...waiting.values(), ...(asked?.values() ?? [])];
    if (fresh.size > 0) state.fresh = [...fresh];
    if (this.items > 0) Object.assign(state, { items: this.items, told: this.told });
    if (effects.length > 0) state.effects = [...effects];
    if (this.ending) {
      const { undone, again } = this.ending;
      state.ending = { ...this.ending, undone: [...undone], again: [...again] };
    }
    if (resume?.state.tries) state.tries = resume.state.tries;
    return state;
  }

  // The end

  /** A step asked for the end of the run, with this as its answer. */
  stop(output: RunOutput | undefined): void {
    this.finish({ output });
  }

  /** Nothing can be run any more. */
  private settle(): void {
    if (this.waiting.size > 0) {
      // What was asked in the stored run, and stands on no way any more, is not needed.
      this.asked?.clear();
      this.fresh.clear();
      this.end('suspended', { state: this.state() });
    } else if (this.root!.done) this.finish();
    else throw new Error('Nothing is under way, and the run is not done.');
  }

  private finish(stopped?: { output?: RunOutput }): void {
    if (this.part) {
      this.end('succeeded', {});
      return;
    }
    let output: RunOutput;
    try {
      output = answerOf(this.plan, this.root!.nodes, { maxBytes: this.limits.outputBytes, stopped });
    } catch (error) {
      this.end('failed', { error: this.record(error) });
      return;
    }
    this.end('succeeded', { output });
  }

  private readonly cancel = (): void => {
    this.end('cancelled', { error: this.record(new StepError('CANCELLED', 'The run was cancelled.')) });
  };

  private expire(): void {
    const message = `The run took longer than ${this.wallMs / 1000} s and was stopped. Raise the time limit of the workflow, or let it do less.`;
    this.end('timed_out', { error: this.record(new StepError('TIMEOUT', message)) });
  }

  /** Ends the run, once: whatever is under way is told to stop and no longer listened to. */
  end(status: RunStatus, outcome: Omit<RunResult, 'status'>): void {
    if (this.stopped) return;
    this.stopped = true;
    this.root?.abort(status === 'succeeded' ? 'skipped' : status === 'suspended' ? 'suspended' : 'ended');
    if (this.madeController) {
      this.options.signal.removeEventListener('abort', this.cancel);
      this.madeController.abort();
    }
    if (outcome.error && this.effects.length > 0 && !this.isLeftAsItIs(status, outcome.error)) {
      this.ending = { status, error: outcome.error, undone: [], again: [] };
      void this.takeBack();
    } else this.close({ status, ...outcome });
  }

  /** Whether somebody else will go on with the run, or try it again. */
  private isLeftAsItIs(status: RunStatus, error: ErrorRecord): boolean {
    const { signal, mayRetry } = this.options;
    if (this.storeFailed) return true;
    if (status === 'cancelled') return signal.reason instanceof Abandoned;
    return mayRetry === true && error.transient === true;
  }

  private async takeBack(): Promise<void> {
    const ending = this.ending!;
    const { status, error, undone } = ending;
    let failed: StoredEffect[] = [];
    const { capabilities } = this.options;
    const fullBudget = { ...capabilities, ...budgetCalls(capabilities, this.limits.httpCalls) };
    try {
      await this.store();
      failed = await takeBack(this.effects, ending, {
        plan: this.plan,
        input: this.input,
        env: this.env,
        who: this.caller,
        steps: this.root!.steps,
        facts: this.facts,
        capabilities: fullBudget,
        worldOf: this.options.worldOf ?? null,
        ms: status === 'cancelled' ? UNDO_MS.cancelled : UNDO_MS.failed,
        configCharacters: this.limits.configCharacters,
        emit: this.emit,
        caller: this.options.signal,
        stepId: (path) => this.stepId(path),
        progress: (...args) => this.progress(...args),
        record: (thrown, place) => this.record(thrown, place),
        store: () => this.store(),
      });
    } catch (thrown) {
      // Whoever takes the run over goes on taking back.
      this.storeFailed = true;
      if (!(thrown instanceof Abandoned)) this.record(thrown);
    }
    this.effects.push(...failed);
    const told = { ...error, message: `${error.message}${undoneInWords(undone)}` };
    this.close({ status, error: told, ...(undone.length > 0 ? { undone } : {}) });
  }

  private close(result: RunResult): void {
    const ends = result.status !== 'succeeded' && result.status !== 'suspended';
    if (ends && this.options.checkpoint && !this.storeFailed) {
      result.state = retryState(this.state(), this.plan);
    }
    this.ended = result;
    if (this.emit) {
      const at = this.now();
      const { status, output, error, undone } = result;
      const facts = { status, durationMs: at - this.beganAt, output, error };
      this.emit({ type: 'run.finished', at, ...facts, ...(undone ? { undone } : {}) });
    }
    this.resolve?.(result);
  }

  /**
   * Aborts with the run. Made for the first step that does not answer at once, and with it what watches for
   * cancellation and for the end of the run's time.
   */
  get controller(): AbortController {
    if (this.madeController) return this.madeController;
    const controller = new AbortController();
    this.madeController = controller;
    if (this.stopped) {
      controller.abort();
      return controller;
    }
    this.options.signal.addEventListener('abort', this.cancel, { once: true });
    // Aborted while the first steps ran: no event will come.
    if (this.options.signal.aborted) queueMicrotask(this.cancel);
    this.after(this.deadline - this.now(), controller.signal, () => this.expire());
    return controller;
  }
}
