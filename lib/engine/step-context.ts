import type { CallerFacts } from '#lib/workflow/caller.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Capabilities } from './capabilities.ts';
import type { NodeContext } from './kind.ts';
import type { Question } from './question.ts';

/** The level of a line in the log. */
type LogLevel = Parameters<NodeContext<unknown>['log']>[0];

/** A step that is being run, as its attempts see it. */
export interface RunningStep {
  readonly config: unknown;
  readonly capabilities: Capabilities;
  readonly stepId: string;
  readonly incoming: NodeContext<unknown>['incoming'];
  isWired(handle: string): boolean;
  /** Aborted, for an attempt that is over. */
  signalOf(attempt: number): AbortSignal;
  log(level: LogLevel, text: string): void;
}

/** What is different from one attempt to the next. */
export interface AttemptFacts {
  attempt: number;
  timeoutMs: number;
  answer?: JsonValue;
  asked?: Question;
}

/** What a step sees of its run. */
export interface StepWorld {
  readonly input: JsonObject;
  readonly steps: Readonly<Record<string, JsonValue>>;
  readonly env: Readonly<Record<string, string>>;
  readonly caller: CallerFacts;
  progress(done: number, total?: number, message?: string): void;
}

/** The context of one attempt. A class with getters: what a kind does not ask for is never made. */
export class StepContext implements NodeContext<unknown> {
  readonly config: unknown;
  readonly attempt: number;
  readonly timeoutMs: number;
  readonly answer: JsonValue | undefined;
  readonly asked: Question | undefined;
  private readonly world: StepWorld;
  private readonly step: RunningStep;

  constructor(world: StepWorld, step: RunningStep, { attempt, timeoutMs, answer, asked }: AttemptFacts) {
    this.world = world;
    this.step = step;
    this.config = step.config;
    this.attempt = attempt;
    this.timeoutMs = timeoutMs;
    this.answer = answer;
    this.asked = asked;
  }

  get input(): JsonObject {
    return this.world.input;
  }

  get steps(): Readonly<Record<string, JsonValue>> {
    return this.world.steps;
  }

  get env(): Readonly<Record<string, string>> {
    return this.world.env;
  }

  get caller(): CallerFacts {
    return this.world.caller;
  }

  get capabilities(): Capabilities {
    return this.step.capabilities;
  }

  get signal(): AbortSignal {
    return this.step.signalOf(this.attempt);
  }

  get incoming(): NodeContext<unknown>['incoming'] {
    return this.step.incoming;
  }

  get stepId(): string {
    return this.step.stepId;
  }

  /** A getter, so that kinds may take it out of the context. */
  get wired(): (handle: string) => boolean {
    return (handle) => this.step.isWired(handle);
  }

  progress(done: number, total?: number, message?: string): void {
    this.world.progress(done, total, message);
  }

  log(level: LogLevel, text: string): void {
    this.step.log(level, text);
  }
}
