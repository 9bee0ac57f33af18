import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { PlanNode, Scope } from '#lib/workflow/plan.ts';
import type { Capabilities } from './capabilities.ts';
import { AskFirst, StepError } from './errors.ts';
import type { ErrorRecord, RunEvent } from './events.ts';
import type { NodeContext, NodeKind, NodeResult } from './kind.ts';
import type { Question, Waiting } from './question.ts';
import { recorded } from './recorded.ts';
import { pauseBefore } from './retry.ts';
import type { RunControl } from './run-control.ts';
import { stepConfig } from './step-config.ts';
import { type AttemptFacts, type RunningStep, StepContext, type StepWorld } from './step-context.ts';
import type { Task } from './turns.ts';

type Node = PlanNode<NodeKind>;
type StepEvent = Extract<RunEvent, { nodeId: string }>;

/** Why what is under way is stopped: the run has ended, it is not needed any more, or it goes on another time. */
export type Stopped = 'ended' | 'skipped' | 'suspended';

/** Where a step stands. */
export interface FlightPlace extends StepWorld, Task {
  readonly run: RunControl;
  readonly iteration: readonly number[] | undefined;
  /** Whether its steps are told as events; failures and questions always are. */
  readonly told: boolean;
  /** Its steps may be stopped before the run is. */
  readonly stoppable: boolean;
  /** False when it was stopped itself. */
  readonly over: boolean;
  readonly flights: Set<Flight>;
  pathOf(node: Node): string;
  keyOf(node: Node): string;
  /** What expressions of this step see. */
  scopeOf(flight: Flight): Scope;
  incomingOf(node: Node): NodeContext<unknown>['incoming'];
  succeeded(flight: Flight, result: NodeResult): void;
  failed(flight: Flight, error: ErrorRecord): void;
}

/** What holds a flight open that is not an attempt: the items of a container. */
interface Held {
  abort(how: Stopped): void;
}

const ABORTED = AbortSignal.abort();

/** A node that is being run: its attempts, one after the other, and what is told of them. */
export class Flight implements RunningStep {
  readonly node: Node;
  private readonly place: FlightPlace;
  private readonly run: RunControl;
  config: unknown = null;
  private attempt = 1;
  private startedAt = 0;
  /** Of this attempt; made only when it can end before the run does. */
  private controller: AbortController | null = null;
  /** Set while an attempt or a pause is under way; whoever comes first takes it. */
  private token: object | null = null;
  private held: Held | null = null;
  private world: Capabilities | null = null;
  /** An attempt is under way whose end was not told. */
  private begun = false;
  /** Its beginning was told. */
  private announced = false;

  constructor(place: FlightPlace, node: Node) {
    this.place = place;
    this.run = place.run;
    this.node = node;
  }

  /** What this step reaches: the same for all its attempts. */
  get capabilities(): Capabilities {
    this.world ??= this.run.worldAt(this.place.pathOf(this.node));
    return this.world;
  }

  get stepId(): string {
    return this.run.stepId(this.place.pathOf(this.node));
  }

  get incoming(): NodeContext<unknown>['incoming'] {
    return this.place.incomingOf(this.node);
  }

  isWired(handle: string): boolean {
    return this.node.outgoing.some((way) => way.handle === handle);
  }

  signalOf(attempt: number): AbortSignal {
    return attempt === this.attempt ? this.signal : ABORTED;
  }

  log(level: Parameters<RunningStep['log']>[0], text: string): void {
    const { run, place, node } = this;
    if (!place.told || !run.emit) return;
    this.tell({ type: 'log', at: run.now(), nodeId: node.id, key: node.key, level, text });
  }

  /** Evaluates the config and makes the first attempt. */
  begin(): void {
    try {
      this.config = stepConfig(this.node, this.place.scopeOf(this), this.run.limits.configCharacters);
    } catch (error) {
      this.tellStart();
      this.fail(error);
      return;
    }
    this.try();
  }

  /** The attempt has failed: another follows, or the step has failed; or the run waits for an answer that it needs. */
  fail(error: unknown): void {
    const { node, attempt, run } = this;
    if (error instanceof AskFirst && !this.isRefused(error.question)) {
      this.succeed({ value: null, suspend: error.question });
      return;
    }
    this.release();
    const failure = run.record(error instanceof AskFirst ? error.unanswered : error, {
      node,
      iteration: this.place.iteration,
    });
    if (error instanceof StepError && error.transient && attempt < node.retry.attempts) {
      const { random } = run.options.capabilities;
      const pause = pauseBefore(attempt, node.retry.backoffMs, error, random);
      if (run.now() + pause < run.deadline) {
        this.tellFailure(failure, pause);
        this.retryAfter(pause);
        return;
      }
    }
    this.tellFailure(failure);
    this.place.failed(this, failure);
  }

  /** Whether this very thing was asked before, and somebody said no, or nobody answered in time. */
  private isRefused(question: Question): boolean {
    const key = this.place.keyOf(this.node);
    const asked = this.run.asked?.get(key)?.question;
    if (asked?.type !== 'url' || question.type !== 'url' || asked.connection !== question.connection)
      return false;
    const answer = this.run.answerTo(key);
    return !isJsonObject(answer) || answer['action'] !== 'accept';
  }

  /** Stays under way until `close`, while something else goes on in its name. */
  hold(held: Held): void {
    this.held = held;
    this.token = {};
    this.place.flights.add(this);
    this.limit(this.settler(this.token));
  }

  /** A container whose first items were told before the run was suspended. */
  goOn(held: Held): void {
    this.startedAt = this.run.now();
    this.begun = true;
    this.announced = true;
    this.hold(held);
  }

  /** What held it open is over. */
  close(): void {
    this.token = null;
    this.held = null;
    this.place.flights.delete(this);
    this.release();
  }

  /** Stops it; what it still says is not heard. */
  abort(how: Stopped): void {
    const { held, run, node, place } = this;
    if (this.token && !held) run.underWay -= 1;
    this.close();
    held?.abort(how);
    if (how === 'skipped') {
      if (this.announced) this.tell({ type: 'step.skipped', at: run.now(), nodeId: node.id, key: node.key });
      return;
    }
    if (how === 'suspended' || !this.begun || !run.emit) return;
    const stopped = new StepError('CANCELLED', 'Stopped because the run ended.');
    if (place.told) this.tellFailure(run.record(stopped, { node, iteration: place.iteration }));
  }

  tellSuccess(value: JsonValue, handle: string | undefined): void {
    const { run, node } = this;
    this.begun = false;
    if (!run.emit || !this.place.told) return;
    const at = run.now();
    const event: StepEvent = {
      type: 'step.finished',
      at,
      nodeId: node.id,
      key: node.key,
      durationMs: at - this.startedAt,
      value: recorded(value),
    };
    if (handle !== undefined) event.handle = handle;
    this.tell(event);
  }

  tellSuspended(waiting: Waiting): void {
    const { run, node } = this;
    this.begun = false;
    if (!run.emit) return;
    this.announce();
    this.tell({ type: 'step.suspended', at: run.now(), nodeId: node.id, key: node.key, waiting });
  }

  tellFailure(error: ErrorRecord, retryInMs?: number): void {
    const { run, node } = this;
    // In a pause between attempts the failure was told already.
    if (!run.emit || !this.begun) return;
    this.begun = false;
    this.announce();
    const at = run.now();
    const durationMs = at - this.startedAt;
    const event: StepEvent = { type: 'step.failed', at, nodeId: node.id, key: node.key, durationMs, error };
    if (retryInMs !== undefined) event.retryInMs = retryInMs;
    this.tell(event);
  }

  private try(): void {
    this.tellStart();
    let outcome: NodeResult | Promise<NodeResult>;
    try {
      outcome = this.node.kind.run(new StepContext(this.place, this, this.facts()));
    } catch (error) {
      if (this.isOff) this.release();
      else this.fail(error);
      return;
    }
    if (!(outcome instanceof Promise)) {
      if (this.isOff) this.release();
      else this.succeed(outcome);
      return;
    }
    const settle = this.open();
    outcome.then(
      (result) => settle(() => this.succeed(result)),
      (error: unknown) => settle(() => this.fail(error)),
    );
    this.limit(settle);
  }

  /** The run has ended, or the way is stopped: also by what the step itself just did. */
  private get isOff(): boolean {
    return this.run.stopped || this.place.over;
  }

  private facts(): AttemptFacts {
    const { node, place, run, attempt } = this;
    const left = run.deadline - run.now();
    const timeoutMs = node.timeoutMs === null ? left : Math.min(node.timeoutMs, left);
    if (run.asked === null) return { attempt, timeoutMs };
    const key = place.keyOf(node);
    return { attempt, timeoutMs, answer: run.answerTo(key), asked: run.asked.get(key)?.question };
  }

  private succeed(result: NodeResult): void {
    this.release();
    this.place.succeeded(this, result);
  }

  private retryAfter(pause: number): void {
    const settle = this.open();
    this.run.after(pause, this.signal, () =>
      settle(() => {
        this.attempt += 1;
        this.try();
      }),
    );
  }

  /** Takes effect when the time is over that one attempt may take. */
  private limit(settle: (action: () => void) => void): void {
    const { timeoutMs, key } = this.node;
    if (timeoutMs === null || !this.token) return;
    this.run.after(timeoutMs, this.ownController().signal, () =>
      settle(() => {
        const message = `Step "${key}" took longer than ${timeoutMs / 1000} s and was stopped. Raise its time limit, or let it do less.`;
        // Of a container, what is done would be done again.
        const transient = this.held === null;
        this.held?.abort('skipped');
        this.held = null;
        this.fail(new StepError('TIMEOUT', message, { transient }));
      }),
    );
  }

  /**
   * Marks the flight as under way. What is returned takes the first of its outcomes and ignores the others:
   * a result that comes after the time limit, anything after the end of the run.
   */
  private open(): (action: () => void) => void {
    const { run, place } = this;
    if (this.isOff) {
      this.release();
      return () => {};
    }
    const token = {};
    this.token = token;
    run.underWay += 1;
    place.flights.add(this);
    // Made here at the latest: it is what watches for cancellation and the time limit.
    void run.controller;
    return this.settler(token);
  }

  private settler(token: object): (action: () => void) => void {
    const { run, place } = this;
    return (action) => {
      if (run.stopped || this.token !== token) return;
      this.token = null;
      if (!this.held) run.underWay -= 1;
      place.flights.delete(this);
      run.guard(() => {
        action();
        run.queue(place);
        run.pump();
      });
    };
  }

  /** Aborts with the attempt, and with the run. */
  private get signal(): AbortSignal {
    const own = this.node.timeoutMs !== null || this.place.stoppable;
    return own ? this.ownController().signal : this.run.controller.signal;
  }

  private ownController(): AbortController {
    if (!this.controller) {
      this.controller = new AbortController();
      void this.run.controller;
      if (this.isOff) this.controller.abort();
    }
    return this.controller;
  }

  /** Stops the clock of an attempt that has its outcome, and whatever of it is still going on. */
  private release(): void {
    this.controller?.abort();
    this.controller = null;
  }

  private tellStart(): void {
    const { run, place } = this;
    this.begun = true;
    this.announced = false;
    if (!run.emit) return;
    this.startedAt = run.now();
    if (place.told) this.announce();
  }

  private announce(): void {
    if (this.announced) return;
    this.announced = true;
    const { node, attempt, startedAt: at } = this;
    const config = recorded((this.config ?? null) as JsonValue);
    this.tell({ type: 'step.started', at, nodeId: node.id, key: node.key, attempt, config });
  }

  /** Events are put together in one piece, not by spreading: there are two for every step of every run. */
  private tell(event: StepEvent): void {
    const { iteration } = this.place;
    if (iteration) event.iteration = [...iteration];
    this.run.emit?.(event);
  }
}
