import type * as z from 'zod';
import type { CallerFacts } from '#lib/workflow/caller.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import type { Capabilities } from './capabilities.ts';
import type { Question } from './question.ts';
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
  caller: CallerFacts;
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
  /** The question that `answer` answers. */
  asked: Question | undefined;
  /** The live ways that led here, in the order of the edges; with `join: 'first'` only the one that came first. */
  incoming: readonly { key: string; handle: string; value: JsonValue }[];
  /** Whether a way leads on from this handle: where none does, leaving by it would end the way in silence. */
  wired(handle: string): boolean;
  /** Names this step of this run, whenever and wherever it is tried: what outside services know a repetition by. */
  stepId: string;
}

/** What a node leaves behind. */
export interface NodeResult {
  value: JsonValue;
  /** The handle that is live; the others are dead. All are live when left out. */
  handle?: string;
  /** End kinds only: what the caller gets. */
  output?: RunOutput;
  /** Stop here until somebody answers this; the node is run again then, with the answer. */
  suspend?: Question;
  /** Containers only: run the body for each of these; `value` is then made by the engine. */
  each?: { items: readonly JsonValue[]; concurrency: number; onError: 'stop' | 'collect' };
  /** End what is under way around this step: the run (which succeeds), or the loop, after the items done so far. */
  stop?: 'run' | 'loop';
}

/** A kind of node, whole. One file in lib/nodes each. */
export interface NodeKind<Config extends z.ZodType = z.ZodType, Resolved = z.output<Config>>
  extends KindSpec<Config> {
  /** May answer synchronously: a trivial step then costs no turn of the event loop. Throws StepError. */
  run(context: NodeContext<Resolved>): NodeResult | Promise<NodeResult>;
}
