import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Capabilities } from './capabilities.ts';
import type { NodeContext } from './kind.ts';
import type { Question } from './question.ts';

/** What one attempt at a step is given. Whatever costs something is a function, called when the kind asks for it. */
export interface AttemptFacts {
  config: unknown;
  attempt: number;
  timeoutMs: number;
  answer: JsonValue | undefined;
  asked: Question | undefined;
  stepId(): string;
  incoming(): NodeContext<unknown>['incoming'];
  wired(handle: string): boolean;
  signal(): AbortSignal;
  capabilities(): Capabilities;
}

/** What a step sees of its run. */
export interface StepWorld {
  readonly input: JsonObject;
  readonly steps: Readonly<Record<string, JsonValue>>;
  readonly env: Readonly<Record<string, string>>;
  progress(done: number, total?: number, message?: string): void;
}

/** The level of a line in the log. */
export type LogLevel = Parameters<NodeContext<unknown>['log']>[0];

/** The context of one attempt. A class with getters: what a kind does not ask for is never made. */
export class StepContext implements NodeContext<unknown> {
  readonly config: unknown;
  readonly attempt: number;
  readonly timeoutMs: number;
  readonly answer: JsonValue | undefined;
  readonly asked: Question | undefined;
  private readonly world: StepWorld;
  private readonly facts: AttemptFacts;
  private readonly onLog: (level: LogLevel, text: string) => void;

  constructor(world: StepWorld, facts: AttemptFacts, onLog: (level: LogLevel, text: string) => void) {
    this.world = world;
    this.facts = facts;
    this.onLog = onLog;
    this.config = facts.config;
    this.attempt = facts.attempt;
    this.timeoutMs = facts.timeoutMs;
    this.answer = facts.answer;
    this.asked = facts.asked;
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

  get capabilities(): Capabilities {
    return this.facts.capabilities();
  }

  get signal(): AbortSignal {
    return this.facts.signal();
  }

  get incoming(): NodeContext<unknown>['incoming'] {
    return this.facts.incoming();
  }

  get wired(): (handle: string) => boolean {
    return this.facts.wired;
  }

  get stepId(): string {
    return this.facts.stepId();
  }

  progress(done: number, total?: number, message?: string): void {
    this.world.progress(done, total, message);
  }

  log(level: LogLevel, text: string): void {
    this.onLog(level, text);
  }
}
