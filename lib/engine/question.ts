import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/**
 * What a suspended run waits for. Plain JSON: it is stored with the run, and whoever can get the answer (the
 * client, a page, a timer) reads it there. `expiresAt` is ms since the epoch; past it the answer is EXPIRED.
 */
export type Question =
  /** A form for the person at the client. `schema` is flat, as MCP's elicitation allows. Answer: FormAnswer. */
  | { type: 'form'; message: string; schema: JsonObject; expiresAt: number }
  /**
   * A page the person at the client is asked to open. Answer: FormAnswer without content. `connection`: its id, where
   * the page is the one on which a person connects an account of their own.
   */
  | { type: 'url'; message: string; url: string; expiresAt: number; connection?: string }
  /** Somebody's consent, kept as a record. `by: 'caller'` may be answered at the client. Answer: ApprovalAnswer. */
  | {
      type: 'approval';
      message: string;
      /** What is to be approved: shown beside the message. */
      details: JsonValue;
      by: 'caller' | 'team';
      expiresAt: number;
    }
  /** The client's model (MCP sampling): params of sampling/createMessage. Answer: its result, or ClientRefusal. */
  | { type: 'model'; params: JsonObject; expiresAt: number }
  /** The client's roots. Answer: `{ roots }`, or ClientRefusal. */
  | { type: 'roots'; expiresAt: number }
  /** Nobody: goes on at `until`, ms since the epoch. Answer: `{}`. */
  | { type: 'time'; until: number }
  /** A workflow that this one called, which waits itself. Answer: the answers by the keys of its questions. */
  | { type: 'workflow'; runId: string; questions: Record<string, Question> };

export type FormAnswer = { action: 'accept'; content: JsonObject } | { action: 'decline' | 'cancel' };

/** `at` is ms since the epoch. */
export type ApprovalAnswer = { approved: boolean; by: string; at: number; comment?: string };

/** The client refused to ask its model or to tell its roots, or cannot. */
export type ClientRefusal = { refused: string };

/** The answer to any question that nobody answered in time. */
export const EXPIRED: JsonObject = { expired: true };

/** A question of a suspended run. */
export interface Waiting {
  /** Names it within the run: the node's key; in a container `key.<index>`, the outermost index first. */
  key: string;
  nodeId: string;
  nodeKey: string;
  question: Question;
}
