import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { Trigger, TriggerType, WebhookSignature } from '#lib/db/triggers.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { nextTimes } from './cron.ts';
import { findProject } from './find-project.ts';
import type { LiveWorkflow } from './live.ts';
import { liveWorkflow } from './live-workflow.ts';
import { inputFaults } from './start-background-run.ts';

/** A trigger as people see it. Times are ISO 8601. */
export interface TriggerView {
  id: string;
  type: TriggerType;
  name: string;
  enabled: boolean;
  /** In all, the first included. */
  attempts: number;
  cron: string | null;
  timeZone: string | null;
  /** Arguments of a scheduled run. */
  input: JsonObject;
  signature: WebhookSignature | null;
  /** Where a webhook is sent. */
  url: string | null;
  nextAt: string | null;
  /** The next times of a schedule, five at most. */
  next: string[];
  lastAt: string | null;
  lastRunId: string | null;
  /** Why it starts nothing at the moment; null when it would. */
  problem: string | null;
}

const PREVIEW = 5;

/** Triggers of a workflow, by name. */
export async function listTriggers(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
): Promise<TriggerView[]> {
  const { id } = await findProject(app, principal, at.project);
  const repo = repository(app.db, principal);
  if (!(await repo.workflows.get(id, at.workflow)))
    throw new AppError('not_found', 'There is no such workflow.');
  const triggers = await repo.triggers.list(id, at.workflow);
  const live = await liveWorkflow(app, at.project, at.workflow);
  return triggers.map((trigger) => viewOf(app, trigger, live?.workflow ?? null));
}

/** What is shown of it after it was changed. */
export async function triggerView(app: App, slug: string, trigger: Trigger): Promise<TriggerView> {
  const live = await liveWorkflow(app, slug, trigger.workflowId);
  return viewOf(app, trigger, live?.workflow ?? null);
}

function viewOf(app: App, trigger: Trigger, live: LiveWorkflow | null): TriggerView {
  const { id, type, name, enabled, attempts, cron, timeZone, input, signature } = trigger;
  const { nextAt, lastAt, lastRunId } = trigger;
  const times = enabled && cron !== null && timeZone !== null;
  return {
    id,
    type,
    name,
    enabled,
    attempts,
    cron,
    timeZone,
    input,
    signature,
    url: type === 'webhook' ? `${app.env.publicUrl}/hooks/${id}` : null,
    nextAt: enabled ? (nextAt?.toISOString() ?? null) : null,
    next: times ? nextTimes({ cron, timeZone }, new Date(), PREVIEW).map((time) => time.toISOString()) : [],
    lastAt: lastAt?.toISOString() ?? null,
    lastRunId,
    problem: enabled ? problemOf(trigger, live) : null,
  };
}

/** Why an enabled trigger would start nothing. */
export function problemOf(trigger: Trigger, live: LiveWorkflow | null): string | null {
  if (!live) return 'The workflow is not published: its triggers start nothing until it is.';
  if (trigger.type === 'webhook') {
    return trigger.hasSecret ? null : 'It has no secret yet: make one, and give it to the sender.';
  }
  const faults = inputFaults(live, trigger.input);
  return faults && `Its arguments do not fit the published workflow: ${faults.slice(0, 3).join('; ')}.`;
}
