import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Capabilities } from './capabilities.ts';
import type { RunEvent } from './events.ts';
import type { NodeContext } from './kind.ts';
import type { Question } from './question.ts';

/** What a step sees of its run. */
export interface StepWorld {
  readonly input: JsonObject;
  readonly steps: Readonly<Record<string, JsonValue>>;
  readonly env: Readonly<Record<string, string>>;
  /** Made when first asked for, as most steps of a short run never do. */
  readonly capabilities: Capabilities;
  emit: ((event: RunEvent) => void) | null;
}

/** One attempt at one node. */
export interface AttemptFacts {
  nodeId: string;
  key: string;
  config: unknown;
  attempt: number;
  timeoutMs: number;
  answer: JsonValue | undefined;
  asked: Question | undefined;
  stepId: string;
  incoming(): NodeContext<unknown>['incoming'];
  signal(): AbortSignal;
}

/** The context of one attempt. A class with getters: what a kind does not ask for is never made. */
export class StepContext implements NodeContext<unknown> {
  readonly config: unknown;
  readonly attempt: number;
  readonly timeoutMs: number;
  readonly answer: JsonValue | undefined;
  readonly asked: Question | undefined;
  readonly stepId: string;
  private readonly world: StepWorld;
  private readonly facts: AttemptFacts;

  constructor(world: StepWorld, facts: AttemptFacts) {
    this.world = world;
    this.facts = facts;
    this.config = facts.config;
    this.attempt = facts.attempt;
    this.timeoutMs = facts.timeoutMs;
    this.answer = facts.answer;
    this.asked = facts.asked;
    this.stepId = facts.stepId;
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
    return this.world.capabilities;
  }

  get incoming(): NodeContext<unknown>['incoming'] {
    return this.facts.incoming();
  }

  get signal(): AbortSignal {
    return this.facts.signal();
  }

  progress(done: number, total?: number, message?: string): void {
    this.world.emit?.({ type: 'progress', at: this.world.capabilities.now(), done, total, message });
  }

  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void {
    const { nodeId, key } = this.facts;
    this.world.emit?.({ type: 'log', at: this.world.capabilities.now(), nodeId, key, level, text });
  }
}
