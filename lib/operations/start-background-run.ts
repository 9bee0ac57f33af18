import { AppError } from '#lib/db/app-error.ts';
import type { NewBackgroundRun } from '#lib/db/background-runs.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import { credentialOf, type Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { isAudited } from '#lib/workflow/audit-calls.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { checkDepth } from './json-depth.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';
import { runCaller } from './run-caller.ts';
import { mayCall } from './run-tool.ts';

export interface StartBackgroundRun {
  project: LiveProject;
  workflow: LiveWorkflow;
  input: JsonObject;
  cause: NewBackgroundRun['cause'];
  /** Name and version the caller gave itself. */
  client?: string | null;
  triggerId?: string;
  /** One run for each key of a project. Prefix it with where it comes from: `api:…`, `webhook:<trigger>:…`. */
  idempotencyKey?: string;
  /** In all, the first included; 3 unless said. */
  attempts?: number;
}

/** Attempts of a run, in all, unless somebody says otherwise. */
export const DEFAULT_ATTEMPTS = 3;

/** Characters of a run's input, as JSON: what a call of a tool may send. */
const MOST_INPUT = 1024 * 1024;

/**
 * Starts a run that nobody waits for, of the live version. Durable before it answers: from then on it is run, by any
 * process, at least once per step. Throws `invalid` with `faults` when the input does not fit, `conflict` when the key
 * was used for another input, `not_found` when the principal may not call it.
 */
export async function startBackgroundRun(
  app: App,
  principal: Principal,
  request: StartBackgroundRun,
): Promise<{ runId: string; existing: boolean }> {
  const { project, workflow, input, cause, client, triggerId, idempotencyKey, attempts } = request;
  const { name } = workflow.contract;
  if (!mayCall(principal, project, name)) throw new AppError('not_found', `There is no tool "${name}".`);
  checkInput(workflow, input);
  const started = await repository(app.db, { type: 'system' }).background.start(project.id, {
    workflowId: workflow.workflowId,
    workflowName: name,
    versionId: workflow.versionId,
    version: workflow.version,
    input,
    cause,
    client: client ?? null,
    keyId: credentialOf(principal),
    ...(triggerId === undefined ? {} : { triggerId }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    attempts: attempts ?? DEFAULT_ATTEMPTS,
    state: {
      part: {
        caller: runCaller(principal, client ?? null),
        ...(project.pin !== undefined && { release: project.pin }),
        ...(isAudited(project.auditCalls, workflow.contract) && { audit: true }),
      },
    },
  });
  if (!started.existing) app.events.publish(JOB_ADDED, null);
  return started;
}

/** Throws `invalid` with `faults` when the arguments do not fit the workflow. */
export function checkInput(workflow: Pick<LiveWorkflow, 'validateInput'>, input: JsonObject): void {
  const faults = inputFaults(workflow, input);
  if (faults) {
    throw new AppError('invalid', `The input does not fit: ${faults.slice(0, 5).join('; ')}`, { faults });
  }
}

/** What is wrong with arguments, one sentence each; null when they fit. */
export function inputFaults(
  { validateInput }: Pick<LiveWorkflow, 'validateInput'>,
  input: JsonObject,
): string[] | null {
  const tooDeep = checkDepth(input);
  if (tooDeep) return [tooDeep];
  if (JSON.stringify(input).length > MOST_INPUT) return ['it is larger than 1 MiB'];
  return validateInput(input);
}
