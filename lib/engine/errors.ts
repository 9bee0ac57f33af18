import type { JsonValue } from '#lib/workflow/json.ts';
import type { Question } from './question.ts';

/**
 * A step failed. Written for whoever must act on it, who is often a model that called the tool.
 * Only what is in `message` and `details` ever leaves the process.
 */
export class StepError extends Error {
  override name = 'StepError';
  /** `TIMEOUT`, `HTTP_STATUS`, `EGRESS_BLOCKED`, `CODE_ERROR`, `FAIL` … */
  readonly code: string;
  /** Retrying may help: 429, 5xx, a broken connection. */
  readonly transient: boolean;
  /** ms the other side asked us to wait. */
  readonly retryAfterMs: number | undefined;
  /** Facts for the editor of the workflow: status, line and column, the field. */
  readonly details: Record<string, JsonValue>;

  constructor(
    code: string,
    message: string,
    options: {
      transient?: boolean;
      retryAfterMs?: number;
      details?: Record<string, JsonValue>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.transient = options.transient ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details ?? {};
  }
}

/**
 * A capability cannot do what the step asks before somebody has answered this: the run waits for the answer, and the
 * step is run again then. Where a step cannot wait (one that takes another back) it has failed with `message`.
 */
export class AskFirst extends StepError {
  override name = 'AskFirst';
  readonly question: Question;
  /** What the step fails with when the answer is no, or does not come. */
  readonly unanswered: StepError;

  constructor(code: string, message: string, asks: { question: Question; unanswered: StepError }) {
    super(code, message);
    this.question = asks.question;
    this.unanswered = asks.unanswered;
  }
}

/**
 * Abort a run with this as the reason when somebody else goes on with it, or will (a lost lease, a process that
 * stops): it ends as cancelled, and nothing of what it did is taken back.
 */
export class Abandoned extends Error {
  override name = 'Abandoned';
}
