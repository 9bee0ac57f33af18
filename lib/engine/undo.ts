import type { CallerFacts } from '#lib/workflow/caller.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Plan, PlanNode, Scope } from '#lib/workflow/plan.ts';
import type { Capabilities } from './capabilities.ts';
import { Abandoned, StepError } from './errors.ts';
import type { ErrorRecord, RunEvent } from './events.ts';
import type { NodeKind } from './kind.ts';
import { recorded } from './recorded.ts';
import { pauseBefore } from './retry.ts';
import type { RunState, StoredEffect } from './run.ts';
import { stepConfig } from './step-config.ts';
import { type RunningStep, StepContext, type StepWorld } from './step-context.ts';

type Node = PlanNode<NodeKind>;

/** What is needed of a run that has failed to take back what it did. */
export interface UndoWorld {
  plan: Plan<NodeKind>;
  input: JsonObject;
  env: Record<string, string>;
  who: CallerFacts;
  /** Values of the steps outside containers. */
  steps: Readonly<Record<string, JsonValue>>;
  facts: Scope['run'];
  capabilities: Capabilities;
  worldOf: ((capabilities: Capabilities, path: string) => Capabilities) | null;
  /** ms for all of it. */
  ms: number;
  configCharacters: number;
  emit: ((event: RunEvent) => void) | null;
  stepId(path: string): string;
  progress(done: number, total?: number, message?: string): void;
  record(error: unknown, place: { node: Node; iteration?: readonly number[] }): ErrorRecord;
  /** Aborted with `Abandoned`, somebody else goes on with it. */
  caller: AbortSignal;
  /** Stores how far it is. Rejects when the run is not ours any more. */
  store(): Promise<void>;
}

/**
 * Takes back what was done, the last first: takes each effect off the list and says in `ending` what became of it.
 * One that cannot be taken back does not keep the others from it. Resolves with those. Rejects when the state cannot
 * be stored, and with `Abandoned`.
 */
export async function takeBack(
  effects: StoredEffect[],
  { undone, again }: Pick<NonNullable<RunState['ending']>, 'undone' | 'again'>,
  world: UndoWorld,
): Promise<StoredEffect[]> {
  const nodes = nodesById(world.plan.nodes);
  const failed: StoredEffect[] = [];
  const controller = new AbortController();
  const leave = () => {
    if (world.caller.reason instanceof Abandoned) controller.abort(world.caller.reason);
  };
  world.caller.addEventListener('abort', leave);
  world.capabilities.sleep(world.ms, controller.signal).then(
    () => controller.abort(),
    () => {
      // Everything is taken back.
    },
  );
  try {
    for (let effect = effects.at(-1); effect; effect = effects.at(-1)) {
      const node = nodes.get(effect.nodeId);
      if (node?.undo) {
        const error = await new Undoing(node.undo, effect, world, controller.signal).run();
        if (controller.signal.reason instanceof Abandoned) throw controller.signal.reason;
        const key = [node.key, ...(effect.iteration ?? [])].join('.');
        undone.push(error ? { key, error } : { key });
        if (error) failed.unshift(effect);
        else again.push(effect.top);
      }
      effects.pop();
      await world.store();
    }
  } finally {
    world.caller.removeEventListener('abort', leave);
    controller.abort();
  }
  return failed;
}

/** One effect that is being taken back: its attempts, one after the other. */
class Undoing implements StepWorld {
  readonly input: JsonObject;
  readonly env: Record<string, string>;
  readonly caller: CallerFacts;
  readonly steps: Readonly<Record<string, JsonValue>>;
  readonly progress: UndoWorld['progress'];
  private readonly node: Node;
  private readonly effect: StoredEffect;
  private readonly world: UndoWorld;
  private readonly over: AbortSignal;
  private readonly path: string;
  private made: Capabilities | null = null;
  private startedAt = 0;

  constructor(node: Node, effect: StoredEffect, world: UndoWorld, over: AbortSignal) {
    this.node = node;
    this.effect = effect;
    this.world = world;
    this.over = over;
    this.path = `undo:${effect.path}`;
    this.input = world.input;
    this.env = world.env;
    this.caller = world.who;
    this.steps = effect.own ? { ...world.steps, ...effect.own } : world.steps;
    this.progress = world.progress;
  }

  /** The error of the last attempt; null when the effect is taken back. */
  async run(): Promise<ErrorRecord | null> {
    const { node, world, over } = this;
    let config: unknown;
    try {
      config = stepConfig(node, this.scope(), world.configCharacters);
    } catch (error) {
      this.tellStart(null, 1);
      return this.tellFailure(error);
    }
    for (let attempt = 1; ; attempt++) {
      this.tellStart(config, attempt);
      try {
        const value = await this.attempt(config, attempt);
        this.tell({
          type: 'step.finished',
          durationMs: this.now() - this.startedAt,
          value: recorded(value),
        });
        return null;
      } catch (error) {
        if (attempt >= node.retry.attempts || over.aborted) return this.tellFailure(error);
        const pause = this.pauseAfter(attempt, error);
        const failure = this.tellFailure(error, pause);
        const slept = await this.sleeps(pause);
        if (!slept) return failure;
      }
    }
  }

  private async attempt(config: unknown, attempt: number): Promise<JsonValue> {
    const { node, world, over } = this;
    if (over.aborted) throw this.tooLate();
    const own = new AbortController();
    const timeoutMs = Math.min(node.timeoutMs ?? world.ms, world.ms);
    const stopped = new Promise<never>((_, reject) => {
      over.addEventListener('abort', () => reject(this.tooLate()), { signal: own.signal });
      if (node.timeoutMs === null) return;
      const message = `Step "${node.key}" took longer than ${timeoutMs / 1000} s and was stopped.`;
      world.capabilities.sleep(timeoutMs, own.signal).then(
        () => reject(new StepError('TIMEOUT', message)),
        () => {
          // The attempt has ended before.
        },
      );
    });
    const step: RunningStep = {
      config,
      capabilities: this.capabilities,
      stepId: world.stepId(this.path),
      incoming: [],
      isWired: () => false,
      signalOf: () => own.signal,
      log: (level, text) => this.tell({ type: 'log', level, text }),
    };
    const context = new StepContext(this, step, { attempt, timeoutMs });
    try {
      const result = await Promise.race([
        stopped,
        Promise.resolve(context).then((given) => node.kind.run(given)),
      ]);
      if (result.suspend || result.each || result.stop) {
        const message = 'A step that takes another back can neither wait nor hold other steps.';
        throw new StepError('UNDO', message);
      }
      return result.value ?? null;
    } finally {
      own.abort();
    }
  }

  private tooLate(): StepError {
    return new StepError('TIMEOUT', `There were ${this.world.ms / 1000} s to take back what was done.`);
  }

  private scope(): Scope {
    const { input, steps, env, caller } = this;
    return {
      input,
      steps: { ...steps },
      env,
      run: this.world.facts,
      caller,
      now: () => this.capabilities.now(),
      random: () => this.capabilities.random(),
    };
  }

  private get capabilities(): Capabilities {
    const { worldOf, capabilities } = this.world;
    this.made ??= worldOf?.(capabilities, this.path) ?? capabilities;
    return this.made;
  }

  private pauseAfter(attempt: number, error: unknown): number {
    const { backoffMs } = this.node.retry;
    const asked = error instanceof StepError ? error : new StepError('INTERNAL', '');
    return pauseBefore(attempt, backoffMs, asked, () => this.world.capabilities.random());
  }

  /** False when the time was over first. */
  private sleeps(ms: number): Promise<boolean> {
    return this.world.capabilities.sleep(ms, this.over).then(
      () => true,
      () => false,
    );
  }

  private now(): number {
    return this.world.capabilities.now();
  }

  private tellStart(config: unknown, attempt: number): void {
    this.startedAt = this.now();
    const read = recorded((config ?? null) as JsonValue);
    this.tell({ type: 'step.started', attempt, config: read, undoes: this.effect.nodeId });
  }

  private tellFailure(error: unknown, retryInMs?: number): ErrorRecord {
    const { node, effect, world } = this;
    const failure = world.record(error, { node, iteration: effect.iteration });
    const durationMs = this.now() - this.startedAt;
    this.tell({
      type: 'step.failed',
      durationMs,
      error: failure,
      ...(retryInMs === undefined ? {} : { retryInMs }),
    });
    return failure;
  }

  private tell(event: StepNews): void {
    const { node, effect, world } = this;
    const { iteration } = effect;
    world.emit?.({
      at: this.now(),
      nodeId: node.id,
      key: node.key,
      ...(iteration ? { iteration } : {}),
      ...event,
    });
  }
}

type StepEvent = Extract<RunEvent, { nodeId: string }>;
/** An event without what is the same in all of a step. */
type StepNews = StepEvent extends infer Event
  ? Event extends StepEvent
    ? Omit<Event, 'at' | 'nodeId' | 'key' | 'iteration'>
    : never
  : never;

function nodesById(
  nodes: readonly Node[],
  found: Map<string, Node> = new Map<string, Node>(),
): Map<string, Node> {
  for (const node of nodes) {
    found.set(node.id, node);
    if (node.body) nodesById(node.body.nodes, found);
  }
  return found;
}
