import type { CallerFacts } from '#lib/workflow/caller.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Plan } from '#lib/workflow/plan.ts';
import type { Capabilities, FileHandle } from './capabilities.ts';
import type { ErrorRecord, RunEvent, RunStatus } from './events.ts';
import type { NodeKind } from './kind.ts';
import type { Waiting } from './question.ts';

/** A part of an answer. Files are handles; the gateway reads them when it answers. */
export type OutputPart = (
  | { type: 'text'; text: string }
  | { type: 'image' | 'audio'; file: FileHandle }
  /** Embedded: its text, or a file. */
  | { type: 'resource'; uri: string; mimeType: string; text: string }
  | { type: 'resource'; uri: string; mimeType: string; file: FileHandle }
  | { type: 'resource_link'; uri: string; name: string; mimeType?: string; description?: string }
) & {
  /** In a prompt: whose message it is; the user's when left out. */
  role?: 'user' | 'assistant';
};

/** What a workflow answers. */
export interface RunOutput {
  parts: OutputPart[];
  /** Present when the workflow has an output schema. */
  structured?: JsonValue;
}

/**
 * All there is to know about a run that has stopped: enough to go on in another process. Plain JSON, and the
 * engine's own: others read `waiting` and nothing else.
 */
export interface RunState {
  runId: string;
  startedAt: number;
  input: JsonObject;
  /** As in RunOptions. */
  caller?: CallerFacts;
  /** By node id. */
  nodes: Record<string, NodeState>;
  /** What the run waits for; empty or left out when it does not. */
  waiting?: Waiting[];
  /** Keys of those among them that were asked since the run last went on: no answer that is there yet is theirs. */
  fresh?: string[];
  steps: number;
  /** Items of loops that were taken on, and how many of them were told. */
  items?: number;
  told?: number;
  /** What was done that can be taken back, in the order in which it was done. */
  effects?: StoredEffect[];
  /** The run has failed, and what it did is being taken back. `again`: the `top` of what was, see StoredEffect. */
  ending?: { status: RunStatus; error: ErrorRecord; undone: Undone[]; again: string[] };
  /** How often what it did was taken back before it was tried again. */
  tries?: number;
}

export type NodeState =
  | { value: JsonValue; handle?: string; output?: RunOutput }
  /** On a path not taken. */
  | { dead: true }
  /** Under way, and begun by this of its incoming edges (`join: 'first'`). */
  | { first: number }
  /** A container whose items are under way. */
  | { loop: LoopState };

/** How far a container is. */
export interface LoopState {
  items: JsonValue[];
  concurrency: number;
  onError: 'stop' | 'collect';
  handle?: string;
  /** Index of the first item that was not begun. */
  next: number;
  /** Indexes of the items that are done, in the order in which they were, and what was collected of each. */
  done: number[];
  collected: JsonValue[];
  errors: { index: number; error: JsonObject }[];
  /** The items under way: their finished nodes by id. */
  walks: Record<string, Record<string, NodeState>>;
}

/** A finished step whose effect can be taken back. */
export interface StoredEffect {
  nodeId: string;
  /** Names the step within the run. */
  path: string;
  /** The node outside all containers that it is, or stands in. */
  top: string;
  iteration?: number[];
  /** Inside containers: the values that the steps outside them do not see. */
  own?: Record<string, JsonValue>;
}

/** A step that was taken back; with `error`, that could not be. `key` as in Waiting. */
export interface Undone {
  key: string;
  error?: ErrorRecord;
}

export interface RunOptions {
  runId: string;
  input: JsonObject;
  env: Record<string, string>;
  /** Who calls; left out where the plan does not read it. A run that goes on keeps the one it began with. */
  caller?: CallerFacts | undefined;
  capabilities: Capabilities;
  /** Aborted, the run is cancelled and what it did is taken back; with `Abandoned` as the reason it is left as it is. */
  signal: AbortSignal;
  onEvent?: (event: RunEvent) => void;
  /**
   * Called after every finished step; the next starts when it resolves. What finishes while a state is being stored
   * shares the next one. When it rejects the run ends as it is, and nothing is taken back: somebody else may have
   * gone on with it. With a StepError the state was refused: the run has failed as by any other. Left out: nothing is
   * stored.
   */
  checkpoint?: (state: RunState) => Promise<void>;
  /**
   * Go on from here; finished nodes are not run again. `answers` by the keys of what the run waits for: what has no
   * answer yet goes on waiting.
   */
  resume?: { state: RunState; answers?: Readonly<Record<string, JsonValue>> };
  /** Values that nodes leave behind without being run, by node id: pinned samples, or those of an earlier run. */
  given?: Readonly<Record<string, { value: JsonValue; handle?: string }>>;
  /** Somebody will try again from `state` when this fails with a `transient` error: then nothing is taken back yet. */
  mayRetry?: boolean;
  /**
   * Run no more than this node and what must come before it; the run then succeeds without an answer. By node id; in a
   * container, of the first item.
   */
  until?: string;
  /**
   * What one step reaches, made from what the run reaches: how a recording or a replay stands between a step and the
   * world. `path` names the step within the run, also across repetitions of it.
   */
  worldOf?: (capabilities: Capabilities, path: string) => Capabilities;
  /** Called with whatever was thrown that nobody meant to throw: a bug, to be logged whole. The result only names the run. */
  onUnexpected?: (error: unknown, at: { nodeId?: string; key?: string }) => void;
  /** Upper bounds; the defaults are in limits.ts. */
  limits?: Partial<RunLimits>;
}

export interface RunLimits {
  /** ms of the whole run. */
  wallMs: number;
  /** Of steps outside containers. */
  steps: number;
  /** Items of all containers together. */
  items: number;
  httpCalls: number;
  outputBytes: number;
  /** Characters of what one step reads, as JSON: a config whose expressions were evaluated. */
  configCharacters: number;
  /** Characters of what all steps left behind, as JSON; what two of them share counts twice. */
  valueCharacters: number;
}

export interface RunResult {
  status: RunStatus;
  output?: RunOutput;
  error?: ErrorRecord;
  /** When suspended; and of a run with `checkpoint` that failed or was stopped, so that it can be tried again. */
  state?: RunState;
  /** What was taken back after a failure, in that order, and what could not be. */
  undone?: Undone[];
}

/** Walks a plan to its end, its suspension or its failure. Never rejects. */
export type RunPlan = (plan: Plan<NodeKind>, options: RunOptions) => Promise<RunResult>;
