import type * as z from 'zod';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import type { Capabilities } from './capabilities.ts';
import type { RunOutput } from './run.ts';

/** What a running node can reach. */
export interface NodeContext<Config> {
  /** The config with every expression evaluated. */
  config: Config;
  /** The arguments of the call. */
  input: JsonObject;
  /** Values of finished upstream nodes, by key. */
  steps: Readonly<Record<string, JsonValue>>;
  env: Readonly<Record<string, string>>;
  /** Aborts on cancellation, on the node's time-out and on the run's. */
  signal: AbortSignal;
  /** 1 for the first try. */
  attempt: number;
  /** ms this attempt may still take. */
  timeoutMs: number;
  capabilities: Capabilities;
  progress(done: number, total?: number, message?: string): void;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void;
  /** What the outside answered, when the node was suspended and the run is resumed; else undefined. */
  answer: JsonValue | undefined;
}

/** What a node leaves behind. */
export interface NodeResult {
  value: JsonValue;
  /** The handle that is live; the others are dead. All are live when left out. */
  handle?: string;
  /** End kinds only: what the caller gets. */
  output?: RunOutput;
  /** Stop here and store the run until somebody answers this question. */
  suspend?: JsonObject;
}

/** A kind of node, whole. One file in lib/nodes each. */
export interface NodeKind<Config extends z.ZodType = z.ZodType, Resolved = z.output<Config>>
  extends KindSpec<Config> {
  /** May answer synchronously: a trivial step then costs no turn of the event loop. Throws StepError. */
  run(context: NodeContext<Resolved>): NodeResult | Promise<NodeResult>;
}
