import type { CallerFacts } from '#lib/workflow/caller.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { PlanNode, Scope } from '#lib/workflow/plan.ts';
import type { Capabilities } from './capabilities.ts';
import { StepError } from './errors.ts';
import { isLive } from './frontier.ts';
import { jsonLength } from './json-size.ts';
import type { NodeContext, NodeKind } from './kind.ts';
import { MAX_TOLD_ITEMS } from './limits.ts';
import type { NodeState } from './run.ts';
import type { RunControl } from './run-control.ts';
import { asStepError } from './step-config.ts';
import type { StepWorld } from './step-context.ts';

type Node = PlanNode<NodeKind>;
export type Finished = Extract<NodeState, { value: JsonValue }>;

/** What is different from one walk to the next. */
export interface WalkPlace {
  nodes: readonly Node[];
  starts: readonly number[];
  /** Of a stored run: what is known of its nodes. */
  known: Record<string, NodeState> | undefined;
  /** The container it is an item of. */
  around: { walk: WalkScope; node: Node; item: JsonObject; index: number } | null;
}

/** What the steps of one walk see and leave behind, and how they are named. */
export class WalkScope implements StepWorld {
  readonly run: RunControl;
  readonly env: Readonly<Record<string, string>>;
  readonly place: WalkPlace;
  /** Which item of its container it is; outside all containers 0. */
  readonly index: number;
  readonly iteration: readonly number[] | undefined;
  /** Whether its steps are told as events; failures and questions always are. */
  readonly told: boolean;
  /** Values by key, also those of the steps around the container. */
  readonly steps: Record<string, JsonValue>;
  /** By node id. */
  readonly nodes: Map<string, NodeState>;
  private readonly path: string;
  private readonly scope: Scope;
  /** Characters of what its steps left behind. */
  private used = 0;
  /** Its values are needed to take back what its steps did. */
  private hasEffects = false;
  /** The step, or the item, whose expressions are being evaluated. */
  private evaluating: { readonly capabilities: Capabilities } | null = null;

  constructor(run: RunControl, place: WalkPlace) {
    const { around, known } = place;
    this.run = run;
    this.place = place;
    this.env = run.env;
    this.index = around?.index ?? 0;
    this.path = around ? `${around.walk.path}${around.node.id}[${around.index}]/` : '';
    this.iteration = around ? [...(around.walk.iteration ?? []), around.index] : undefined;
    this.told = around ? around.walk.told && (known !== undefined || run.told++ < MAX_TOLD_ITEMS) : true;
    this.steps = around ? { ...around.walk.steps, [around.node.key]: around.item } : {};
    this.nodes = new Map(known && Object.entries(known));
    this.scope = {
      input: run.input,
      steps: this.steps,
      env: run.env,
      run: run.facts,
      caller: run.caller,
      now: () => (this.evaluating?.capabilities ?? run.capabilities).now(),
      random: () => (this.evaluating?.capabilities ?? run.capabilities).random(),
    };
  }

  get input(): JsonObject {
    return this.run.input;
  }

  get caller(): CallerFacts {
    return this.run.caller;
  }

  progress(done: number, total?: number, message?: string): void {
    this.run.progress(done, total, message);
  }

  /** Names a step within the run. */
  pathOf(node: Node): string {
    return this.path + node.id;
  }

  /** What a question of this step is known by. */
  keyOf(node: Node): string {
    return this.iteration ? [node.key, ...this.iteration].join('.') : node.key;
  }

  /** What an event says about whose it is. */
  of(node: Node): { nodeId: string; key: string; iteration?: number[] } {
    const facts = { nodeId: node.id, key: node.key };
    return this.iteration ? { ...facts, iteration: [...this.iteration] } : facts;
  }

  /** What the expressions of a step see. */
  scopeOf(step: { readonly capabilities: Capabilities }): Scope {
    this.evaluating = step;
    return this.scope;
  }

  /** The live ways that led to a step. */
  incomingOf(node: Node): NodeContext<unknown>['incoming'] {
    const { around, nodes, starts } = this.place;
    const begun = this.nodes.get(node.id);
    const only = begun && 'first' in begun ? begun.first : null;
    const ways = node.incoming.flatMap(({ from, handle }, edge) => {
      const { id, key } = nodes[from]!;
      const state = this.nodes.get(id);
      if (!state || !('value' in state) || (only !== null && only !== edge)) return [];
      return isLive(handle, state.handle) ? [{ key, handle, value: state.value }] : [];
    });
    if (!around || !starts.includes(node.index) || (only ?? -1) >= 0) return ways;
    const { key, kind } = around.node;
    return [{ key, handle: kind.body?.handle ?? 'each', value: around.item }, ...ways];
  }

  /** Puts the values of a stored run back, without going on. */
  recall(): void {
    for (const node of this.place.nodes) {
      const known = this.nodes.get(node.id);
      if (known && 'value' in known) this.remember(node, known);
    }
  }

  remember(node: Node, finished: Finished): void {
    const { run } = this;
    const { value } = finished;
    this.steps[node.key] = value;
    this.nodes.set(node.id, finished);
    if (!this.place.around && node.index === run.plan.start && isJsonObject(value)) {
      run.input = value;
      this.scope.input = value;
    }
  }

  /** What is kept of the item that this walk is for. */
  collect(): JsonValue {
    const { run } = this;
    const { node } = this.place.around!;
    if (run.part?.around.has(node.id)) return null;
    const path = this.path.slice(0, -1);
    const item = {
      get capabilities() {
        return run.worldAt(path);
      },
    };
    try {
      return node.body!.collect(this.scopeOf(item)) ?? null;
    } catch (error) {
      throw asStepError(error);
    }
  }

  /** What a step did can be taken back from now on, with all the values that it could see itself. */
  recordEffect(node: Node, value: JsonValue): void {
    const path = this.pathOf(node);
    const { around } = this.place;
    if (!around) {
      this.run.effects.push({ nodeId: node.id, path, top: node.id });
      return;
    }
    const own: Record<string, JsonValue> = {};
    let top = around.node.id;
    for (let walk: WalkScope = this; walk.place.around; walk = walk.place.around.walk) {
      walk.hasEffects = true;
      top = walk.place.around.node.id;
      const keys = [walk.place.around.node.key, ...walk.place.nodes.map(({ key }) => key)];
      for (const key of keys) if (Object.hasOwn(this.steps, key)) own[key] = this.steps[key]!;
    }
    own[node.key] = value;
    this.run.effects.push({ nodeId: node.id, path, top, iteration: [...this.iteration!], own });
  }

  /** Counts characters that are left behind, until the walk is dropped; fewer, with a minus. */
  charge(characters: number): void {
    this.run.room -= characters;
    this.used += characters;
  }

  /** Counts a value, and says how long it is. Throws StepError `TOO_LARGE` when there is no room for it. */
  hold(value: JsonValue): number {
    const length = jsonLength(value, this.run.room);
    if (length > this.run.room) {
      const most = `${Math.floor(this.run.limits.valueCharacters / 1024 / 1024)} MiB`;
      throw new StepError(
        'TOO_LARGE',
        `The steps of this run left more than ${most} of data behind. Let them return only what later steps read.`,
      );
    }
    this.charge(length);
    return length;
  }

  /** Gives back the room of its values, unless they are needed to take back what its steps did. */
  letGo(): void {
    if (!this.hasEffects) this.run.room += this.used;
    this.used = 0;
  }
}
