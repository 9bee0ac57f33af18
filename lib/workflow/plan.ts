import type { CallerFacts } from './caller.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { KindSpec } from './kind.ts';

/** What an expression can name. */
export interface Scope {
  /** The arguments of the call. */
  input: JsonObject;
  /** Values of finished nodes, by key. */
  steps: Record<string, JsonValue>;
  /** Environment values of the project (not secret). */
  env: Record<string, string>;
  run: { id: string; startedAt: string };
  caller: CallerFacts;
  /** What the function library's impure members read (injected, so that a run replays). */
  now: () => number;
  random: () => number;
}

/** A node, ready to run. */
export interface PlanNode<K extends KindSpec = KindSpec> {
  /** Position in `Plan.nodes` or `Body.nodes`, which is a topological order; -1 of an undo, which stands in neither. */
  index: number;
  id: string;
  key: string;
  kind: K;
  /** Evaluates every expression of the config. Throws ExpressionError with the field's path. */
  resolve(scope: Scope): unknown;
  incoming: readonly { from: number; handle: string }[];
  outgoing: readonly { to: number; handle: string }[];
  timeoutMs: number | null;
  retry: { attempts: number; backoffMs: number };
  onError: 'fail' | 'continue' | 'handle';
  disabled: boolean;
  /** `all`: runs when every incoming edge is decided and one is live. `first`: as soon as one is live. */
  join: 'all' | 'first';
  /** Of a container: what runs once for each item. */
  body: Body<K> | null;
  /** The node that takes the effect of this one back. It stands on no way, and runs only for that. */
  undo: PlanNode<K> | null;
}

/** The steps inside a container. `index`, `incoming` and `outgoing` of its nodes count within it. */
export interface Body<K extends KindSpec = KindSpec> {
  nodes: readonly PlanNode<K>[];
  /**
   * Indexes of the nodes that the container's edge leads to: to each of them one way is live from the beginning.
   * Those without `incoming` begin; others wait for their incoming edges too, as `join` says.
   */
  starts: readonly number[];
  /** What is collected of an item, in the scope of its steps when they are done. Throws ExpressionError. */
  collect(scope: Scope): JsonValue;
}

/** A compiled workflow: closures over validated config. Made again from the document on every process; never stored. */
export interface Plan<K extends KindSpec = KindSpec> {
  nodes: readonly PlanNode<K>[];
  /** Index of the start node. */
  start: number;
  timeoutMs: number;
  /** Something in it reads who calls. */
  readsCaller: boolean;
}
