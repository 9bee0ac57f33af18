import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { Trigger, TriggerPatch } from '#lib/db/triggers.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { nextTime } from './cron.ts';
import { findProject } from './find-project.ts';
import { type TriggerView, triggerView } from './read-triggers.ts';
import { mayEdit } from './roles.ts';
import { SCHEDULES_CHANGED } from './schedules.ts';
import { checkTriggerInput } from './trigger-input.ts';
import { makeTriggerSecret } from './trigger-secret.ts';

export interface UpdateTrigger {
  name?: string | undefined;
  enabled?: boolean | undefined;
  attempts?: number | undefined;
  cron?: string | undefined;
  timeZone?: string | undefined;
  input?: JsonObject | undefined;
  /** Of a webhook: makes a new one; the old is no longer good. */
  newSecret?: true | undefined;
}

interface TriggerPlace {
  project: string;
  workflow: string;
  trigger: string;
}

/**
 * Changes what is given. `secret` is there when a new one was asked for, and is shown this once. A schedule that is
 * switched on again does not make up for the time it was off. Throws as `createTrigger`.
 */
export async function updateTrigger(
  app: App,
  principal: Principal,
  at: TriggerPlace,
  input: UpdateTrigger,
): Promise<TriggerView & { secret: string | null }> {
  mayEdit(principal, 'change a trigger');
  const project = await findProject(app, principal, at.project);
  const { triggers } = repository(app.db, principal);
  const trigger = await triggers.get(project.id, at.workflow, at.trigger);
  if (!trigger) throw new AppError('not_found', 'There is no such trigger.');

  const { newSecret, ...given } = input;
  const patch: TriggerPatch = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  let secret: string | null = null;
  if (trigger.type === 'schedule') {
    refuse(newSecret, 'A schedule has no secret.');
    const isTimed = [input.cron, input.timeZone, input.enabled].some((value) => value !== undefined);
    if (isTimed) patch.nextAt = nextOf(trigger, input);
    if (input.input !== undefined) {
      const place = { slug: at.project, projectId: project.id, workflowId: at.workflow };
      await checkTriggerInput(app, principal, place, input.input);
    }
  } else {
    refuse(
      input.cron ?? input.timeZone ?? input.input,
      'A webhook has no times and no arguments of its own.',
    );
    if (newSecret) {
      const made = await makeTriggerSecret(app.vault, trigger, trigger.signature ?? 'standard');
      secret = made.secret;
      patch.secret = made.sealed;
    } else if (input.enabled && !trigger.hasSecret) {
      throw new AppError('conflict', 'This webhook has no secret yet: make one first (newSecret).');
    }
  }
  const changed = await triggers.update(project.id, at.workflow, trigger.id, patch);
  app.events.publish(SCHEDULES_CHANGED, null);
  return { ...(await triggerView(app, at.project, changed)), secret };
}

function nextOf(trigger: Trigger, input: UpdateTrigger): Date {
  const cron = input.cron ?? trigger.cron ?? '';
  const timeZone = input.timeZone ?? trigger.timeZone ?? 'UTC';
  return nextTime({ cron, timeZone }, new Date());
}

function refuse(given: unknown, message: string): void {
  if (given !== undefined) throw new AppError('bad_request', message);
}
