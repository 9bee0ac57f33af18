import { AppError } from '#lib/db/app-error.ts';
import type { Decision } from '#lib/db/approvals.ts';
import type { ApprovalAnswer } from '#lib/engine/question.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { checkDepth } from './json-depth.ts';
import type { OpenQuestion } from './open-questions.ts';

/** Who answers. */
export type Answering =
  /** The client that called, with the name it gave itself. */
  | { type: 'client'; name: string | null }
  /** Whoever has the link. */
  | { type: 'link' }
  /** A signed-in person. */
  | { type: 'person'; name: string };

const MOST_CHARACTERS = 1024 * 1024;
const MOST_COMMENT = 2000;

/**
 * An answer as the step that asked will read it; of an approval also the decision to keep. Throws AppError `invalid`
 * with `faults` when it does not fit the question, `forbidden` when it is not for this one to answer.
 */
export function checkAnswer(
  question: OpenQuestion['question'],
  given: JsonValue,
  by: Answering,
  now: number,
): { answer: JsonValue; decision?: Decision } {
  if (!isJsonObject(given)) throw unfit(['it must be an object']);
  const tooDeep = checkDepth(given);
  if (tooDeep) throw unfit([tooDeep]);
  if (JSON.stringify(given).length > MOST_CHARACTERS) throw unfit(['it is larger than 1 MiB']);
  switch (question.type) {
    case 'form':
      return { answer: formAnswer(given, question.schema) };
    case 'url':
      return { answer: { action: actionOf(given) } };
    case 'approval':
      return decisionOf(given, question.by, by, now);
    case 'roots':
      if (isRootList(given['roots']) || isRefusal(given)) return { answer: given };
      throw unfit(['roots must be a list of objects with uri']);
    case 'model':
      if (isMessage(given) || isRefusal(given)) return { answer: given };
      throw unfit(['it must have role and content']);
    case 'time':
      throw new AppError('bad_request', 'The run waits for its time to come; nobody can answer that.');
  }
}

function formAnswer(given: JsonObject, schema: JsonObject): JsonObject {
  const action = actionOf(given);
  if (action !== 'accept') return { action };
  const content = given['content'] ?? {};
  if (!isJsonObject(content)) throw unfit(['content must be an object']);
  const faults = compileSchema(schema)(content);
  if (faults) throw unfit(faults);
  return { action, content };
}

function actionOf({ action }: JsonObject): 'accept' | 'decline' | 'cancel' {
  if (action === 'accept' || action === 'decline' || action === 'cancel') return action;
  throw unfit(['action must be accept, decline or cancel']);
}

/** Who decided and when is said here, not by whoever answers. */
function decisionOf(
  given: JsonObject,
  who: 'caller' | 'team',
  by: Answering,
  now: number,
): { answer: JsonObject; decision: Decision } {
  if (who === 'team' && by.type !== 'person') {
    throw new AppError('forbidden', 'The team decides this, on the approvals page of the project.');
  }
  const { approved, comment } = given;
  if (typeof approved !== 'boolean') throw unfit(['approved must be true or false']);
  const words = typeof comment === 'string' && comment.trim() !== '' ? plainText(comment) : null;
  const name = nameOf(by);
  const answer: ApprovalAnswer = { approved, by: name, at: now, ...(words !== null && { comment: words }) };
  return { answer: { ...answer }, decision: { approved, comment: words, name, at: new Date(now) } };
}

function nameOf(by: Answering): string {
  switch (by.type) {
    case 'client':
      return by.name ?? 'the client';
    case 'link':
      return 'whoever had the link';
    case 'person':
      return by.name;
  }
}

function plainText(text: string): string {
  return text.trim().slice(0, MOST_COMMENT).toWellFormed().replaceAll('\0', '\uFFFD');
}

function isRootList(roots: JsonValue | undefined): boolean {
  return Array.isArray(roots) && roots.every((root) => isJsonObject(root) && typeof root['uri'] === 'string');
}

/** The content of a message is one block, or since 2025-11-25 a list of them. */
function isMessage({ role, content }: JsonObject): boolean {
  const blocks = Array.isArray(content) ? content : [content];
  const good = blocks.every((block) => isJsonObject(block) && typeof block['type'] === 'string');
  return typeof role === 'string' && blocks.length > 0 && good;
}

function isRefusal({ refused }: JsonObject): boolean {
  return typeof refused === 'string';
}

function unfit(faults: string[]): AppError {
  return new AppError('invalid', `The answer does not fit: ${faults.slice(0, 5).join('; ')}`, { faults });
}
