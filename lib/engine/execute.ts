import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Plan, PlanNode, Scope } from '#lib/workflow/plan.ts';
import { answerOf } from './answer.ts';
import type { Capabilities } from './capabilities.ts';
import { errorRecord } from './error-record.ts';
import { StepError } from './errors.ts';
import type { ErrorRecord, RunEvent, RunStatus } from './events.ts';
import { ERROR_HANDLE, Frontier } from './frontier.ts';
import { budgetHttp } from './http-budget.ts';
import { jsonLength } from './json-size.ts';
import type { NodeKind, NodeResult } from './kind.ts';
import type { Waiting } from './question.ts';
import { recorded } from './recorded.ts';
import { pauseBefore } from './retry.ts';
import type { RunLimits, RunOptions, RunOutput, RunPlan, RunResult, RunState } from './run.ts';
import { stepConfig } from './step-config.ts';
import { type AttemptFacts, StepContext, type StepWorld } from './step-context.ts';

const MiB = 1024 * 1024;

/** Upper bounds of a run that was not told others. */
const LIMITS: RunLimits = {
  wallMs: 300_000,
  steps: 1000,
  httpCalls: 50,
  outputBytes: MiB,
  configCharacters: 64 * MiB,
  valueCharacters: 256 * MiB,
};

/**
 * Walks a plan. Nodes without order between them run together. Steps that answer synchronously are run in
 * one go: a run of only such steps makes no timer and no AbortController, and a promise only for its result.
 */
export const execute: RunPlan = (plan, options) => {
  const run = new Run(plan, options);
  run.begin();
  return run.result();
};

type Node = PlanNode<NodeKind>;
type Finished = Exclude<RunState['nodes'][string], { dead: true }>;

/** A node that is being run: its attempts, one after the other. */
interface Flight {
  node: Node;
  config: unknown;
  attempt: number;
  startedAt: number;
  /** Of this attempt; made only when the node has a time limit of its own. */
  controller: AbortController | null;
  /** Set while an attempt or a pause is under way; whoever comes first takes it. */
  token: object | null;
  /** Whether step.started was told without an end to it. */
  announced: boolean;
}

class Run implements StepWorld {
  /** The arguments; from the start node on with what it made of them (defaults filled in). */
  input: JsonObject;
  readonly steps: Record<string, JsonValue> = {};
  readonly env: Record<string, string>;
  readonly emit: ((event: RunEvent) => void) | null;

  private readonly plan: Plan<NodeKind>;
  private readonly options: RunOptions;
  private readonly limits: RunLimits;
  private readonly scope: Scope;
  private readonly frontier: Frontier;
  private readonly beganAt: number;
  private readonly startedAt: number;
  private readonly wallMs: number;
  private readonly deadline: number;

  private readonly nodes: RunState['nodes'];
  private readonly flights = new Set<Flight>();
  private readonly waiting: Waiting[] = [];
  private stepCount: number;
  /** Characters that steps may still leave behind. */
  private room: number;
  /** Checkpoints that are being stored, and the last of them. */
  private storing = 0;
  private lastStored: Promise<void> | null = null;

  private madeCapabilities: Capabilities | null = null;
  private madeController: AbortController | null = null;
  private ended: RunResult | null = null;
  private resolve: ((result: RunResult) => void) | null = null;

  constructor(plan: Plan<NodeKind>, options: RunOptions) {
    const { capabilities, runId, resume } = options;
    this.plan = plan;
    this.options = options;
    this.limits = options.limits ? { ...LIMITS, ...options.limits } : LIMITS;
    this.input = resume?.state.input ?? options.input;
    this.env = options.env;
    this.emit = options.onEvent ?? null;
    this.beganAt = capabilities.now();
    const startedAt = resume?.state.startedAt ?? this.beganAt;
    this.startedAt = startedAt;
    // The time a suspended run waited for its answer is not its own: a resumed run has its full time again.
    this.wallMs = Math.min(plan.timeoutMs, this.limits.wallMs);
    this.deadline = this.beganAt + this.wallMs;
    this.nodes = resume ? { ...resume.state.nodes } : {};
    this.stepCount = resume?.state.steps ?? 0;
    this.room = this.limits.valueCharacters;
    this.frontier = new Frontier(plan, (node) => this.skip(node));
    this.scope = {
      input: this.input,
      steps: this.steps,
      env: this.env,
      run: {
        id: runId,
        // Formatting a date costs more than a trivial step.
        get startedAt() {
          return new Date(startedAt).toISOString();
        },
      },
      now: () => capabilities.now(),
      random: () => capabilities.random(),
    };
  }

  get capabilities(): Capabilities {
    const { capabilities } = this.options;
    this.madeCapabilities ??= { ...capabilities, http: budgetHttp(capabilities.http, this.limits.httpCalls) };
    return this.madeCapabilities;
  }

  begin(): void {
    const { runId, resume } = this.options;
    if (this.emit && resume) this.emit({ type: 'run.resumed', at: this.beganAt, runId });
    else if (this.emit) {
      const input = recorded(this.input) as JsonObject;
      this.emit({ type: 'run.started', at: this.beganAt, runId, input });
    }
    this.guard(() => {
      this.frontier.begin();
      this.drain();
    });
  }

  /** The result, once there is one. */
  result(): Promise<RunResult> {
    if (this.ended) return Promise.resolve(this.ended);
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** Runs what is ready, and ends the run when there is nothing left to wait for. */
  private drain(): void {
    while (!this.ended) {
      const node = this.frontier.next();
      if (!node) break;
      if (this.options.signal.aborted) this.cancel();
      else if (this.now() > this.deadline) this.expire();
      else this.start(node);
    }
    if (!this.ended && this.flights.size === 0 && this.storing === 0) this.finish();
  }

  private start(node: Node): void {
    const known = this.options.resume?.state.nodes[node.id];
    if (known && !('dead' in known)) {
      this.room -= jsonLength(known.value, this.room);
      this.remember(node, known);
      this.frontier.leave(node, known.handle);
      return;
    }
    const waiting = this.waitingAt(node);
    if (waiting && this.options.resume?.answers?.[waiting.key] === undefined) {
      this.waiting.push(waiting);
      return;
    }
    if (node.disabled) {
      this.keep(node, { value: null });
      return;
    }
    this.stepCount += 1;
    if (this.stepCount > this.limits.steps) {
      const message = `The run took more than ${this.limits.steps} steps, which is its limit.`;
      this.end('failed', { error: this.record(new StepError('STEPS', message), node) });
      return;
    }
    const flight: Flight = {
      node,
      config: null,
      attempt: 1,
      startedAt: 0,
      controller: null,
      token: null,
      announced: false,
    };
    try {
      flight.config = stepConfig(node, this.scope, this.limits.configCharacters);
    } catch (error) {
      this.announce(flight);
      this.fail(flight, error);
      return;
    }
    this.attempt(flight);
  }

  private attempt(flight: Flight): void {
    this.announce(flight);
    let outcome: NodeResult | Promise<NodeResult>;
    try {
      outcome = flight.node.kind.run(new StepContext(this, this.factsOf(flight)));
    } catch (error) {
      this.fail(flight, error);
      return;
    }
    if (!(outcome instanceof Promise)) {
      this.succeed(flight, outcome);
      return;
    }
    const settle = this.open(flight);
    outcome.then(
      (result) => settle(() => this.succeed(flight, result)),
      (error: unknown) => settle(() => this.fail(flight, error)),
    );
    const { timeoutMs, key } = flight.node;
    if (timeoutMs === null) return;
    this.after(timeoutMs, this.controllerOf(flight).signal, () =>
      settle(() => {
        const message = `Step "${key}" took longer than ${timeoutMs / 1000} s and was stopped.`;
        this.fail(flight, new StepError('TIMEOUT', message, { transient: true }));
      }),
    );
  }

  private factsOf(flight: Flight): AttemptFacts {
    const { node, config, attempt } = flight;
    const waiting = this.waitingAt(node);
    const left = this.deadline - this.now();
    return {
      nodeId: node.id,
      key: node.key,
      config,
      attempt,
      timeoutMs: node.timeoutMs === null ? left : Math.min(node.timeoutMs, left),
      answer: waiting && this.options.resume?.answers?.[waiting.key],
      asked: waiting?.question,
      stepId: `${this.options.runId}/${node.id}`,
      incoming: () => this.incomingOf(node),
      signal: () => (node.timeoutMs === null ? this.controller : this.controllerOf(flight)).signal,
    };
  }

  private waitingAt(node: Node): Waiting | undefined {
    return this.options.resume?.state.waiting?.find(({ nodeId }) => nodeId === node.id);
  }

  private incomingOf(node: Node): { key: string; handle: string; value: JsonValue }[] {
    return node.incoming.flatMap(({ from, handle }) => {
      const { id, key } = this.plan.nodes[from]!;
      const state = this.nodes[id];
      if (!state || 'dead' in state) return [];
      const live = state.handle === undefined ? handle !== ERROR_HANDLE : handle === state.handle;
      return live ? [{ key, handle, value: state.value }] : [];
    });
  }

  /**
   * Marks the flight as under way. What is returned takes the first of its outcomes and ignores the others:
   * a result that comes after the time limit, anything after the end of the run.
   */
  private open(flight: Flight): (action: () => void) => void {
    const token = {};
    flight.token = token;
    this.flights.add(flight);
    // Made here at the latest: it is what watches for cancellation and the time limit.
    void this.controller;
    return (action) => {
      if (this.ended || flight.token !== token) return;
      flight.token = null;
      this.flights.delete(flight);
      this.guard(() => {
        action();
        this.drain();
      });
    };
  }

  private succeed(flight: Flight, result: NodeResult): void {
    const { node } = flight;
    this.release(flight);
    if (result.suspend) {
      // Not finished: the node is run again, with the answer, and counted then.
      this.stepCount -= 1;
      const waiting = { key: node.key, nodeId: node.id, nodeKey: node.key, question: result.suspend };
      this.waiting.push(waiting);
      this.emit?.({ type: 'step.suspended', at: this.now(), nodeId: node.id, key: node.key, waiting });
      return;
    }
    const { value = null, handle, output } = result;
    const length = jsonLength(value, this.room);
    if (length > this.room) {
      const most = `${Math.floor(this.limits.valueCharacters / MiB)} MiB`;
      this.fail(
        flight,
        new StepError('TOO_LARGE', `The steps of this run left more than ${most} of data behind.`),
      );
      return;
    }
    this.room -= length;
    const finished: Finished = { value };
    if (handle !== undefined) finished.handle = handle;
    if (output !== undefined) finished.output = output;
    this.announceSuccess(flight, finished);
    this.keep(node, finished);
  }

  private fail(flight: Flight, error: unknown): void {
    const { node, attempt } = flight;
    this.release(flight);
    const failure = this.record(error, node);
    if (error instanceof StepError && error.transient && attempt < node.retry.attempts) {
      const pause = pauseBefore(attempt, node.retry.backoffMs, error, this.scope.random);
      if (this.now() + pause < this.deadline) {
        this.announceFailure(flight, failure, pause);
        this.retry(flight, pause);
        return;
      }
    }
    this.announceFailure(flight, failure);
    if (node.onError === 'fail') {
      this.end('failed', { error: failure });
      return;
    }
    const { code, message, details = {} } = failure;
    const value = { error: { code, message, details } };
    this.keep(node, node.onError === 'handle' ? { value, handle: ERROR_HANDLE } : { value });
  }

  private retry(flight: Flight, pause: number): void {
    const settle = this.open(flight);
    this.after(pause, this.controller.signal, () =>
      settle(() => {
        flight.attempt += 1;
        this.attempt(flight);
      }),
    );
  }

  /** Remembers what a node left behind, and goes on once that is stored. */
  private keep(node: Node, finished: Finished): void {
    this.remember(node, finished);
    const { checkpoint } = this.options;
    if (!checkpoint) {
      this.frontier.leave(node, finished.handle);
      return;
    }
    this.storing += 1;
    void this.controller;
    const state = this.state();
    // One after the other, so that an older state never overwrites a newer one.
    this.lastStored = (this.lastStored ?? Promise.resolve()).then(() => checkpoint(state));
    this.lastStored.then(
      () =>
        this.guard(() => {
          this.storing -= 1;
          if (this.ended) return;
          this.frontier.leave(node, finished.handle);
          this.drain();
        }),
      (error: unknown) => this.end('failed', { error: this.record(error) }),
    );
  }

  private remember(node: Node, finished: Finished): void {
    const { value } = finished;
    this.steps[node.key] = value;
    this.nodes[node.id] = finished;
    if (node.index === this.plan.start && isObject(value)) {
      this.input = value;
      this.scope.input = value;
    }
  }

  private skip(node: Node): void {
    if (this.nodes[node.id]) return;
    this.nodes[node.id] = { dead: true };
    this.emit?.({ type: 'step.skipped', at: this.now(), nodeId: node.id, key: node.key });
  }

  /** Nothing is left to run or to wait for. */
  private finish(): void {
    if (this.waiting.length > 0) {
      this.end('suspended', { state: { ...this.state(), waiting: this.waiting } });
      return;
    }
    let output: RunOutput;
    try {
      output = answerOf(this.plan, this.nodes, this.limits.outputBytes);
    } catch (error) {
      this.end('failed', { error: this.record(error) });
      return;
    }
    this.end('succeeded', { output });
  }

  private state(): RunState {
    const { startedAt, options } = this;
    const input = options.resume?.state.input ?? options.input;
    return { runId: options.runId, startedAt, input, nodes: { ...this.nodes }, steps: this.stepCount };
  }

  private readonly cancel = (): void => {
    this.end('cancelled', { error: this.record(new StepError('CANCELLED', 'The run was cancelled.')) });
  };

  private expire(): void {
    const message = `The run took longer than ${this.wallMs / 1000} s and was stopped.`;
    this.end('timed_out', { error: this.record(new StepError('TIMEOUT', message)) });
  }

  /** Ends the run, once: whatever is under way is told to stop and no longer listened to. */
  private end(status: RunStatus, outcome: Omit<RunResult, 'status'>): void {
    if (this.ended) return;
    const result: RunResult = { status, ...outcome };
    this.ended = result;
    for (const flight of this.flights) {
      const stopped = new StepError('CANCELLED', 'Stopped because the run ended.');
      this.announceFailure(flight, this.record(stopped, flight.node));
    }
    this.flights.clear();
    if (this.madeController) {
      this.options.signal.removeEventListener('abort', this.cancel);
      this.madeController.abort();
    }
    if (this.emit) {
      const at = this.now();
      const { output, error } = result;
      this.emit({ type: 'run.finished', at, status, durationMs: at - this.beganAt, output, error });
    }
    this.resolve?.(result);
  }

  /**
   * Aborts with the run. Made for the first step that does not answer at once, and with it what watches for
   * cancellation and for the end of the run's time.
   */
  private get controller(): AbortController {
    if (this.madeController) return this.madeController;
    const controller = new AbortController();
    this.madeController = controller;
    if (this.ended) {
      controller.abort();
      return controller;
    }
    this.options.signal.addEventListener('abort', this.cancel, { once: true });
    // Aborted while the first steps ran: no event will come.
    if (this.options.signal.aborted) queueMicrotask(this.cancel);
    this.after(this.deadline - this.now(), controller.signal, () => this.expire());
    return controller;
  }

  /** Aborts with the attempt, and with the run. */
  private controllerOf(flight: Flight): AbortController {
    if (flight.controller) return flight.controller;
    const own = new AbortController();
    const { signal } = this.controller;
    signal.addEventListener('abort', () => own.abort(), { once: true, signal: own.signal });
    flight.controller = own;
    return own;
  }

  /** Stops the clock of an attempt that has its outcome, and whatever of it is still going on. */
  private release(flight: Flight): void {
    flight.controller?.abort();
    flight.controller = null;
  }

  private after(ms: number, signal: AbortSignal, action: () => void): void {
    this.options.capabilities.sleep(Math.max(0, ms), signal).then(
      () => this.guard(action),
      () => {
        // Aborted: there is nothing to wait for any more.
      },
    );
  }

  private announce(flight: Flight): void {
    if (!this.emit) return;
    const { node, attempt } = flight;
    const config = recorded((flight.config ?? null) as JsonValue);
    flight.startedAt = this.now();
    flight.announced = true;
    this.emit({
      type: 'step.started',
      at: flight.startedAt,
      nodeId: node.id,
      key: node.key,
      attempt,
      config,
    });
  }

  private announceSuccess(flight: Flight, { value, handle }: Finished): void {
    if (!this.emit) return;
    const { node, startedAt } = flight;
    const at = this.now();
    const facts = { nodeId: node.id, key: node.key, durationMs: at - startedAt, value: recorded(value) };
    flight.announced = false;
    this.emit({ type: 'step.finished', at, ...facts, ...(handle === undefined ? {} : { handle }) });
  }

  private announceFailure(flight: Flight, error: ErrorRecord, retryInMs?: number): void {
    // In a pause between attempts the failure was told already.
    if (!this.emit || !flight.announced) return;
    const { node, startedAt } = flight;
    const at = this.now();
    const facts = { nodeId: node.id, key: node.key, durationMs: at - startedAt, error };
    flight.announced = false;
    this.emit({ type: 'step.failed', at, ...facts, ...(retryInMs === undefined ? {} : { retryInMs }) });
  }

  private record(error: unknown, node?: Node): ErrorRecord {
    if (!(error instanceof StepError))
      this.options.onUnexpected?.(error, { nodeId: node?.id, key: node?.key });
    return errorRecord(error, { runId: this.options.runId, node });
  }

  /** For engine code that must not throw: if it does, the run fails rather than hangs. */
  private guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.end('failed', { error: this.record(error) });
    }
  }

  private now(): number {
    return this.options.capabilities.now();
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
