import type { RunOutput } from '#lib/engine/run.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { Exchange } from './exchange.ts';

/** Why a call gets a text in place of an answer. */
export type Instead =
  /** Its arguments do not fit. */
  | 'arguments'
  /** The client cannot do what the workflow needs. */
  | 'client'
  /** The run failed; `refused`: by a Fail step, in its author's words. */
  | 'failed'
  | 'refused'
  /** The run waits for what this client cannot be asked. */
  | 'waiting';

/** What an answer is written for. */
export interface AnsweredCall {
  exchange: Exchange;
  workflow: LiveWorkflow;
}

/** How a method that runs a workflow writes its answer: the members of its result. Both may throw Fault. */
export interface AnswerForm {
  answer(call: AnsweredCall, output: RunOutput, runId: string): Promise<JsonObject>;
  /** For whoever called to read. */
  instead(why: Instead, text: string, workflow: LiveWorkflow): JsonObject;
}
