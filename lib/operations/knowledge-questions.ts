import { AppError } from '#lib/db/app-error.ts';
import { type ExpectedPlace, type KnowledgeQuestion, MOST_QUESTIONS } from '#lib/db/knowledge-questions.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { foldedWords } from '#lib/knowledge/measure.ts';
import { type ProposedQuestion, proposeQuestions } from '#lib/knowledge/propose-questions.ts';
import type { App } from './app.ts';
import { type QuestionModel, questionsByModel } from './questions-by-model.ts';
import { findBase } from './read-knowledge.ts';
import { readQuestions } from './read-questions.ts';
import { mayEdit } from './roles.ts';

type At = { project: string; base: string };

export interface QuestionView extends Omit<KnowledgeQuestion, 'createdAt'> {
  createdAt: string;
}

interface NewQuestion {
  text: string;
  expected: ExpectedPlace[];
}

/** Documents that proposals are made from, and passages of each. */
const SAMPLE = { documents: 200, each: 12 };

/** What a knowledge base should find, in the order in which it was added. */
export async function listQuestions(app: App, principal: Principal, at: At): Promise<QuestionView[]> {
  const { projectId, base } = await findBase(app, principal, at);
  return (await repository(app.db, principal).questions.list(projectId, base.id)).map(view);
}

/** Throws `too_many` past 500. */
export async function addQuestion(
  app: App,
  principal: Principal,
  at: At,
  question: NewQuestion,
): Promise<QuestionView> {
  mayEdit(principal, 'add questions');
  const { projectId, base } = await findBase(app, principal, at);
  const [added] = await repository(app.db, principal).questions.add(projectId, base.id, [question]);
  return view(added!);
}

/** What is left out stays; `origin: "user"` accepts a proposal. */
export async function updateQuestion(
  app: App,
  principal: Principal,
  { question, ...at }: At & { question: string },
  change: Partial<NewQuestion> & { origin?: 'user' | undefined },
): Promise<QuestionView> {
  mayEdit(principal, 'change questions');
  const { projectId, base } = await findBase(app, principal, at);
  return view(await repository(app.db, principal).questions.update(projectId, base.id, question, change));
}

export async function deleteQuestion(
  app: App,
  principal: Principal,
  { question, ...at }: At & { question: string },
): Promise<void> {
  mayEdit(principal, 'delete questions');
  const { projectId, base } = await findBase(app, principal, at);
  await repository(app.db, principal).questions.remove(projectId, base.id, question);
}

/**
 * Adds what a table (CSV) or a list (JSON) has: question, document, and where there is one heading or quote. Lines with
 * the same question are one. Throws `invalid` with the line that cannot be read, `too_many` past 500.
 */
export async function importQuestions(
  app: App,
  principal: Principal,
  at: At,
  content: string,
): Promise<QuestionView[]> {
  mayEdit(principal, 'import questions');
  const { projectId, base } = await findBase(app, principal, at);
  const { questions } = repository(app.db, principal);
  const fresh = await newOnes(app, principal, { projectId, baseId: base.id }, await readQuestions(content));
  return (await questions.add(projectId, base.id, fresh)).map(view);
}

/**
 * Adds questions that the documents seem to answer, marked as proposed until somebody accepts them: read off headings,
 * definitions, tables and sentences that ask, or by a model that is named. As many as are new, `count` at most. Throws
 * `invalid` where nothing can be read yet, `unavailable` when the model does not answer.
 */
export async function proposeForBase(
  app: App,
  principal: Principal,
  at: At,
  { count, model }: { count: number; model?: QuestionModel | undefined },
  signal: AbortSignal,
): Promise<QuestionView[]> {
  mayEdit(principal, 'propose questions');
  const { projectId, base } = await findBase(app, principal, at);
  const { questions } = repository(app.db, principal);
  const passages = await questions.samples(projectId, base.id, SAMPLE);
  if (passages.length === 0) {
    throw new AppError('invalid', 'No document of this knowledge base can be searched yet: add one first.');
  }
  const place = { projectId, baseId: base.id };
  const proposed = model
    ? await questionsByModel(app, principal, { projectId, passages, count, model }, signal)
    : proposeQuestions(passages, MOST_QUESTIONS);
  const fresh = (await newOnes(app, principal, place, proposed)).slice(0, count);
  const marked = fresh.map((one) => ({ ...one, origin: 'proposed' as const }));
  return (await questions.add(projectId, base.id, marked)).map(view);
}

/** Those whose text the base does not have already. */
async function newOnes<Question extends ProposedQuestion | NewQuestion>(
  app: App,
  principal: Principal,
  { projectId, baseId }: { projectId: string; baseId: string },
  given: readonly Question[],
): Promise<Question[]> {
  const known = await repository(app.db, principal).questions.list(projectId, baseId);
  const taken = new Set(known.map(({ text }) => foldedWords(text)));
  return given.filter(({ text }) => {
    const key = foldedWords(text);
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  });
}

function view({ createdAt, ...question }: KnowledgeQuestion): QuestionView {
  return { ...question, createdAt: createdAt.toISOString() };
}
