import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Plan } from '#lib/workflow/plan.ts';
import type { Capabilities, FileHandle } from './capabilities.ts';
import type { ErrorRecord, RunEvent, RunStatus } from './events.ts';
import type { NodeKind } from './kind.ts';

/** A part of an answer. Files are handles; the gateway reads them when it answers. */
export type OutputPart =
  | { type: 'text'; text: string }
  | { type: 'image' | 'audio'; file: FileHandle }
  | { type: 'resource_link'; uri: string; name: string; mimeType?: string; description?: string };

/** What a workflow answers. */
export interface RunOutput {
  parts: OutputPart[];
  /** Present when the workflow has an output schema. */
  structured?: JsonValue;
}

/** All there is to know about a run that has stopped: enough to go on in another process. Plain JSON. */
export interface RunState {
  runId: string;
  startedAt: number;
  input: JsonObject;
  /** By node id. `dead` marks a node on a path not taken. */
  nodes: Record<string, { value: JsonValue; handle?: string; output?: RunOutput } | { dead: true }>;
  /** The node that asked, and its question. */
  waiting?: { nodeId: string; question: JsonObject };
  steps: number;
}

export interface RunOptions {
  runId: string;
  input: JsonObject;
  env: Record<string, string>;
  capabilities: Capabilities;
  signal: AbortSignal;
  onEvent?: (event: RunEvent) => void;
  /** Called after every finished step; the next starts when it resolves. Left out: nothing is stored. */
  checkpoint?: (state: RunState) => Promise<void>;
  /** Go on from here; finished nodes are not run again. */
  resume?: { state: RunState; answer?: JsonValue };
  /** Called with whatever was thrown that nobody meant to throw: a bug, to be logged whole. The result only names the run. */
  onUnexpected?: (error: unknown, at: { nodeId?: string; key?: string }) => void;
  /** Upper bounds; the defaults are in execute.ts. */
  limits?: Partial<RunLimits>;
}

export interface RunLimits {
  /** ms of the whole run. */
  wallMs: number;
  steps: number;
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
  /** When suspended. */
  state?: RunState;
}

/** Walks a plan to its end, its suspension or its failure. Never rejects. */
export type RunPlan = (plan: Plan<NodeKind>, options: RunOptions) => Promise<RunResult>;
