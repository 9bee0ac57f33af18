import { EXPIRED, type Question, type Waiting } from '#lib/engine/question.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** A question that somebody or something outside can answer. */
export interface OpenQuestion extends Waiting {
  question: Exclude<Question, { type: 'workflow' }>;
}

/**
 * What a run waits for, with the questions of called workflows in the place of the call: `<key>.<key of theirs>`.
 */
export function openQuestions(waiting: readonly Waiting[]): OpenQuestion[] {
  return waiting.flatMap((one) => flat(one, one.key, one.question));
}

function flat(waiting: Waiting, key: string, question: Question): OpenQuestion[] {
  if (question.type !== 'workflow') return [{ ...waiting, key, question }];
  return Object.entries(question.questions).flatMap(([inner, theirs]) =>
    flat(waiting, `${key}.${inner}`, theirs),
  );
}

/** The answers as the engine takes them: those for called workflows together, under the key of the call. */
export function engineAnswers(waiting: readonly Waiting[], answers: JsonObject): JsonObject {
  const given: JsonObject = {};
  for (const { key, question } of waiting) {
    const answer = answersTo(question, key, answers);
    if (answer !== undefined) given[key] = answer;
  }
  return given;
}

function answersTo(question: Question, key: string, answers: JsonObject): JsonObject[string] | undefined {
  if (question.type !== 'workflow') return Object.hasOwn(answers, key) ? answers[key] : undefined;
  const inner: JsonObject = {};
  for (const [theirs, asked] of Object.entries(question.questions)) {
    const answer = answersTo(asked, `${key}.${theirs}`, answers);
    if (answer !== undefined) inner[theirs] = answer;
  }
  return Object.keys(inner).length === 0 ? undefined : inner;
}

/** Until when a question may be answered, or when its time has come; ms since the epoch. */
export function endOf(question: OpenQuestion['question']): number {
  return question.type === 'time' ? question.until : question.expiresAt;
}

/** The answers of those that nobody answered in time, by key. */
export function overdueAnswers(open: readonly OpenQuestion[], answers: JsonObject, now: number): JsonObject {
  const overdue: JsonObject = {};
  for (const { key, question } of open) {
    if (Object.hasOwn(answers, key) || endOf(question) > now) continue;
    overdue[key] = question.type === 'time' ? {} : EXPIRED;
  }
  return overdue;
}

/** When the first of them ends, ms since the epoch. */
export function firstEnd(open: readonly OpenQuestion[]): number {
  return Math.min(...open.map(({ question }) => endOf(question)));
}
