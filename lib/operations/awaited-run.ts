import { createHash } from 'node:crypto';
import { callerName, type Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { canonical } from '#lib/workflow/same-json.ts';
import type { App } from './app.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';
import { endedRun, waitingAgain } from './resume-run.ts';
import type { ToolRun } from './run-world.ts';

/** A call, as it is made again to fetch its result. */
export interface AwaitedCall {
  project: LiveProject;
  workflow: LiveWorkflow;
  args: JsonObject;
  /** As far as callers of one key, or of a public project, can be told apart: address, program. */
  identity: string;
}

/** What became of a call that was answered with a link. */
export type Awaited =
  | { status: 'waiting'; run: ToolRun }
  /** It goes on by itself just now. */
  | { status: 'running'; runId: string }
  | { status: 'ended'; run: ToolRun };

/** From now on the same call does not begin another run: it fetches the result of this one, once. */
export async function awaitRun(
  app: App,
  principal: Principal,
  call: AwaitedCall,
  runId: string,
): Promise<void> {
  await repository(app.db, { type: 'system' }).runs.setAwaited(runId, hashOf(principal, call));
}

/** The run that this call waits for; null when there is none. One that has ended is handed out once. */
export async function findAwaited(
  app: App,
  principal: Principal,
  call: AwaitedCall,
): Promise<Awaited | null> {
  const { runs } = repository(app.db, { type: 'system' });
  const hash = hashOf(principal, call);
  for (;;) {
    const run = await runs.findAwaited(call.project.id, hash);
    if (!run) return null;
    if (run.status === 'suspended') return { status: 'waiting', run: waitingAgain(run) };
    if (run.status === 'running' || run.status === 'queued') return { status: 'running', runId: run.id };
    // Of two calls at once one gets it; the other looks again.
    if (await runs.setAwaited(run.id, null, hash)) return { status: 'ended', run: endedRun(run) };
  }
}

/** The caller got the result another way: the same call begins another run again. */
export async function forgetAwaited(
  app: App,
  principal: Principal,
  call: AwaitedCall,
  runId: string,
): Promise<void> {
  await repository(app.db, { type: 'system' }).runs.setAwaited(runId, null, hashOf(principal, call));
}

function hashOf(principal: Principal, { project, workflow, args, identity }: AwaitedCall): string {
  const at = project.pin === undefined ? project.id : `${project.id}@${project.pin}`;
  const call = [at, callerName(principal), identity, workflow.workflowId, canonical(args)];
  return createHash('sha256').update(JSON.stringify(call)).digest('base64url');
}
