import { AppError } from '#lib/db/app-error.ts';
import type { HeldRun } from '#lib/db/held-runs.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { giveAnswers } from './answer-run.ts';
import type { App } from './app.ts';
import { endOf, type OpenQuestion } from './open-questions.ts';
import { type LinkedQuestion, noSuchLink, openLink } from './question-link.ts';
import { openOf } from './run-state.ts';

/** What whoever has a link is shown. */
export interface LinkView {
  /** Names in words. */
  project: string;
  workflow: string;
  /** null when it cannot be answered any more. */
  question: Answerable | null;
  status: 'open' | 'answered' | 'expired';
}

/** Questions that a person answers on a page. */
export type Answerable = Extract<OpenQuestion['question'], { type: 'form' | 'url' | 'approval' }>;

/** Where tries with wrong links come from. */
export interface LinkOrigin {
  address: string;
}

/** What a link asks. Throws `not_found`, the same for every link that is not good, and `too_many`. */
export async function readLink(app: App, token: string, from: LinkOrigin): Promise<LinkView> {
  const { run, link } = await follow(app, token, from);
  const project = await repository(app.db, { type: 'system' }).projects.get(run.projectId);
  if (!project) throw noSuchLink();
  const shown = { project: project.name, workflow: run.workflowName };
  const question = openAt(run, link);
  if (question) return { ...shown, question, status: 'open' };
  return { ...shown, question: null, status: wasAnswered(run, link) ? 'answered' : 'expired' };
}

/**
 * Answers by a link; the run then goes on by itself. Durable when it resolves. Throws as `readLink`, `invalid` with
 * `faults` when the answer does not fit, `conflict` when somebody was first.
 */
export async function answerByLink(
  app: App,
  token: string,
  answer: JsonObject,
  from: LinkOrigin,
): Promise<void> {
  const { run, link } = await follow(app, token, from);
  if (!openAt(run, link)) {
    if (wasAnswered(run, link)) throw new AppError('conflict', 'This was answered already.');
    throw noSuchLink();
  }
  await giveAnswers(app, run, {
    answers: { [link.key]: answer },
    by: { type: 'link' },
    next: new Date(),
  });
  app.events.publish('run.answered', { runId: run.id });
}

async function follow(
  app: App,
  token: string,
  { address }: LinkOrigin,
): Promise<{ run: HeldRun; link: LinkedQuestion }> {
  const names = [`link ${address}`];
  app.attempts.check(names);
  try {
    const link = openLink(app, token);
    const run = await repository(app.db, { type: 'system' }).runs.held(null, link.runId);
    if (!run) throw noSuchLink();
    return { run, link };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') app.attempts.failed(names);
    throw error;
  }
}

function openAt(run: HeldRun, { key, expiresAt }: LinkedQuestion): Answerable | null {
  if (run.status !== 'suspended' && run.status !== 'running') return null;
  if (Object.hasOwn(run.answers, key) || expiresAt <= Date.now()) return null;
  const question = openOf(run).find((one) => one.key === key)?.question;
  if (!question || endOf(question) !== expiresAt) return null;
  if (question.type === 'form' || question.type === 'url') return question;
  return question.type === 'approval' && question.by === 'caller' ? question : null;
}

/** A question that is gone before its time was answered, unless the run was ended from outside. */
function wasAnswered(run: HeldRun, { key, expiresAt }: LinkedQuestion): boolean {
  if (run.status === 'cancelled' || run.status === 'crashed') return false;
  const asked = openOf(run).some((one) => one.key === key && endOf(one.question) === expiresAt);
  return asked ? Object.hasOwn(run.answers, key) : expiresAt > Date.now();
}
