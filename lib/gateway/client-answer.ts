import type { ApprovalAnswer, FormAnswer, Question } from '#lib/engine/question.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { isObject } from './protocol.ts';

/** What became of a client's answer. */
export type Taken =
  | { answer: JsonValue }
  /** Not an answer to this question: it is asked again, with the reason. */
  | { complaint: string }
  /** The person closed the form without deciding: the question stays open, and is not asked here again. */
  | 'put-off'
  /** The person went to the page; what was decided there comes another way. */
  | 'opened';

/** Who answered, for records that name somebody. */
export interface Answering {
  /** The client's name. */
  by: string;
  /** ms since the epoch */
  at: number;
}

/** Reads what a client answered to a question. */
export function takeAnswer(question: Question, given: JsonValue | undefined, answering: Answering): Taken {
  if (!isObject(given)) return { complaint: 'there was no answer' };
  switch (question.type) {
    case 'form':
      return takeForm(question.schema, given);
    case 'url':
      return takeAction(given, (action) => ({ action }));
    case 'approval':
      return question.by === 'caller' ? takeDecision(given, answering) : takeVisit(given);
    case 'model':
      return takeMessage(given);
    case 'roots':
      return takeRoots(given);
    default:
      return { complaint: 'this is nothing the client can answer' };
  }
}

const ACTIONS = ['accept', 'decline', 'cancel'] as const;
type Action = (typeof ACTIONS)[number];

function takeAction(given: JsonObject, take: (action: Action) => JsonObject): Taken {
  const action = ACTIONS.find((name) => name === given['action']);
  return action ? { answer: take(action) } : badAction();
}

function badAction(): Taken {
  return { complaint: `action must be one of ${ACTIONS.join(', ')}` };
}

function takeForm(schema: JsonObject, given: JsonObject): Taken {
  if (given['action'] !== 'accept') return takeAction(given, (action) => ({ action }));
  const content = given['content'] ?? {};
  if (!isObject(content)) return { complaint: 'content must be an object' };
  const faults = compileSchema(schema)(content);
  if (faults) return { complaint: faults.join('; ') };
  return { answer: { action: 'accept', content } satisfies FormAnswer };
}

function takeDecision(given: JsonObject, { by, at }: Answering): Taken {
  const decision = (approved: boolean, comment: JsonValue | undefined): Taken => ({
    answer: {
      approved,
      by,
      at,
      ...(typeof comment === 'string' && comment.trim() !== '' && { comment: comment.trim().slice(0, 2000) }),
    } satisfies ApprovalAnswer,
  });
  if (given['action'] === 'decline') return decision(false, undefined);
  // Esc is no decision.
  if (given['action'] === 'cancel') return 'put-off';
  if (given['action'] !== 'accept') return badAction();
  const content = given['content'];
  if (!isObject(content) || typeof content['approved'] !== 'boolean') {
    return { complaint: '/approved must be true or false' };
  }
  return decision(content['approved'], content['comment']);
}

/** To an approval of the team the client can only say whether somebody went to look. */
function takeVisit(given: JsonObject): Taken {
  if (given['action'] === 'accept') return 'opened';
  return given['action'] === 'decline' || given['action'] === 'cancel' ? 'put-off' : badAction();
}

/** A result of sampling/createMessage, as far as nodes read it. */
function takeMessage(given: JsonObject): Taken {
  const { role, content, model } = given;
  const blocks = Array.isArray(content) ? content : [content];
  const good = blocks.every((block) => isObject(block) && typeof block['type'] === 'string');
  if (typeof role !== 'string' || !good || blocks.length === 0) {
    return { complaint: 'it must have role and content' };
  }
  if (model !== undefined && typeof model !== 'string') return { complaint: 'model must be a text' };
  return { answer: given };
}

function takeRoots({ roots }: JsonObject): Taken {
  const good =
    Array.isArray(roots) && roots.every((root) => isObject(root) && typeof root['uri'] === 'string');
  return good ? { answer: { roots } } : { complaint: 'roots must be a list of objects with uri' };
}
