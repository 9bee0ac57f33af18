import { AppError } from '#lib/db/app-error.ts';
import type { ClientRefusal } from '#lib/engine/question.ts';
import type { Answering } from '#lib/operations/answer-run.ts';
import { checkAnswer } from '#lib/operations/check-answer.ts';
import type { OpenQuestion } from '#lib/operations/open-questions.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';

/** What became of a client's answer. */
export type Taken =
  /** In the form the run takes it. */
  | { answer: JsonValue }
  /** Not an answer to this question: it is asked again, with the reason. */
  | { complaint: string }
  /** The person closed the form without deciding, or could not be asked: not asked again in this call. */
  | 'put-off'
  /** The person went to the page; what was decided there comes another way. */
  | 'opened';

/** Reads what a client answered to a question. */
export function takeAnswer(question: OpenQuestion['question'], given: JsonValue, by: Answering): Taken {
  const answer =
    question.type === 'approval'
      ? decisionOf(question.by, given)
      : question.type === 'url' && question.connection !== undefined
        ? visitOf(given)
        : given;
  if (answer === 'put-off' || answer === 'opened') return answer;
  try {
    checkAnswer(question, answer, by, Date.now());
    return { answer };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { complaint: error.message };
  }
}

/** Consent is asked for with a form, and comes as what was done with the form. */
function decisionOf(who: 'caller' | 'team', given: JsonValue): JsonValue | 'put-off' | 'opened' {
  const { action, content } = isJsonObject(given) ? given : {};
  // Esc is no decision.
  if (action === 'cancel') return 'put-off';
  // A client can say whether somebody went to look, not what the team decided.
  if (who === 'team') return action === 'accept' ? 'opened' : 'put-off';
  if (action === 'decline') return { approved: false };
  return action === 'accept' && content !== undefined ? content : null;
}

/** A client says whether somebody went to connect an account; that it is connected is heard from the page. */
function visitOf(given: JsonValue): JsonValue | 'put-off' | 'opened' {
  const { action } = isJsonObject(given) ? given : {};
  if (action === 'accept') return 'opened';
  return action === 'cancel' ? 'put-off' : given;
}

/**
 * Reads a JSON-RPC error in the place of an answer. A client whose model or roots were refused says so to the step; a
 * person who refused has declined; whom nothing could be shown was not asked.
 */
export function takeError(question: OpenQuestion['question'], error: JsonObject): Taken {
  const message =
    typeof error['message'] === 'string' ? error['message'].slice(0, 500) : 'no reason was given';
  if (question.type === 'model' || question.type === 'roots') {
    const refusal: ClientRefusal = { refused: message };
    return { answer: refusal };
  }
  const declined = error['code'] === USER_REJECTED && question.type !== 'approval';
  return declined ? { answer: { action: 'decline' } } : 'put-off';
}

/** What clients answer when their user said no (sampling, 2025-11-25). */
const USER_REJECTED = -1;
