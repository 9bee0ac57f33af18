import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { NewTrigger, WebhookSignature } from '#lib/db/triggers.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { nextTime } from './cron.ts';
import { findProject } from './find-project.ts';
import { type TriggerView, triggerView } from './read-triggers.ts';
import { mayEdit } from './roles.ts';
import { SCHEDULES_CHANGED } from './schedules.ts';
import { DEFAULT_ATTEMPTS } from './start-background-run.ts';
import { checkTriggerInput } from './trigger-input.ts';
import { makeTriggerSecret } from './trigger-secret.ts';

export type CreateTrigger = {
  name: string;
  enabled?: boolean | undefined;
  attempts?: number | undefined;
} & (
  | { type: 'schedule'; cron: string; timeZone: string; input?: JsonObject | undefined }
  | { type: 'webhook'; signature: WebhookSignature }
);

/**
 * Makes a schedule or a webhook. The secret of a webhook is in this answer and nowhere else. Throws `bad_request` for
 * times that cannot be read, `invalid` with `faults` when a schedule's arguments do not fit.
 */
export async function createTrigger(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
  input: CreateTrigger,
): Promise<TriggerView & { secret: string | null }> {
  mayEdit(principal, 'make a trigger');
  const project = await findProject(app, principal, at.project);
  const repo = repository(app.db, principal);
  if (!(await repo.workflows.get(project.id, at.workflow))) {
    throw new AppError('not_found', 'There is no such workflow.');
  }
  const id = randomUUID();
  const { name, enabled = true, attempts = DEFAULT_ATTEMPTS } = input;
  const base = { id, name, enabled, attempts };
  let secret: string | null = null;
  let row: NewTrigger;
  if (input.type === 'schedule') {
    const { cron, timeZone, input: args = {} } = input;
    const nextAt = nextTime({ cron, timeZone }, new Date());
    await checkTriggerInput(
      app,
      principal,
      { slug: at.project, projectId: project.id, workflowId: at.workflow },
      args,
    );
    row = { ...base, type: 'schedule', cron, timeZone, input: args, nextAt, signature: null, secret: null };
  } else {
    const { signature } = input;
    const made = await makeTriggerSecret(
      app.vault,
      { organizationId: project.organizationId, id },
      signature,
    );
    secret = made.secret;
    const times = { cron: null, timeZone: null, nextAt: null };
    row = { ...base, ...times, type: 'webhook', signature, input: {}, secret: made.sealed };
  }
  const trigger = await repo.triggers.create(project.id, at.workflow, row);
  app.events.publish(SCHEDULES_CHANGED, null);
  return { ...(await triggerView(app, at.project, trigger)), secret };
}
