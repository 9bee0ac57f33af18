import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { giveAnswers } from './answer-run.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { mayEdit } from './roles.ts';

export interface AnswerAsEditor {
  project: string;
  run: string;
  /** By the keys of the open questions. */
  answers: JsonObject;
  /** The name of the person who answers. */
  name: string;
}

/**
 * Answers a run that no client waits for: of a draft, of a schedule, a webhook or a job. It then goes on by itself.
 * Durable when it resolves. Throws as `giveAnswers`, and `forbidden` for a run whose client is the one to answer.
 */
export async function answerAsEditor(
  app: App,
  principal: Principal,
  { project, run: runId, answers, name }: AnswerAsEditor,
): Promise<void> {
  const { id } = await findProject(app, principal, project);
  const run = await repository(app.db, principal).runs.held(id, runId);
  if (!run) throw new AppError('not_found', 'There is no such run.');
  mayEdit(principal, 'answer a run');
  if (run.cause === 'call') {
    throw new AppError(
      'forbidden',
      'The person at the client answers this run. What the team decides is under Approvals.',
    );
  }
  await giveAnswers(app, run, { answers, by: { type: 'person', name }, next: new Date() });
  app.events.publish('run.answered', { runId });
}
