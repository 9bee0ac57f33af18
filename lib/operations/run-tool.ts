import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import { OTHER_CLIENTS } from '#lib/db/client-rules.ts';
import { credentialOf, type Principal, type Reach, type Role } from '#lib/db/principal.ts';
import { NOTHING, narrowest, READING, reaches, WHOLE } from '#lib/db/reach.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { isAudited } from '#lib/workflow/audit-calls.ts';
import { onlyReads } from '#lib/workflow/contract.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { carryRun } from './carry-run.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';
import { runCaller } from './run-caller.ts';
import type { ToolRun } from './run-world.ts';

export interface ToolCall {
  project: LiveProject;
  workflow: LiveWorkflow;
  /** Already checked against the contract. */
  args: JsonObject;
  /** Aborted when the caller no longer waits: the run is cancelled. */
  signal: AbortSignal;
  /** Name and version the caller gave itself. */
  client: string | null;
  onEvent?: (event: RunEvent) => void;
}

export type { ToolRun } from './run-world.ts';

/**
 * Runs a published workflow once and records it. A run that fails is a result, not an error; one that has to wait
 * (`suspended`) is stored, with all it needs to go on, before this resolves.
 * Throws AppError: `not_found` when the principal may not call it, `unavailable` when runs cannot be recorded.
 */
export async function runTool(app: App, principal: Principal, call: ToolCall): Promise<ToolRun> {
  const { project, workflow, args, signal, onEvent } = call;
  if (!mayCall(principal, project, workflow.contract.name)) {
    throw new AppError('not_found', `There is no tool "${workflow.contract.name}".`);
  }
  const audit = isAudited(project.auditCalls, workflow.contract);
  if (app.recorder.full || (audit && app.callAudit.full)) {
    throw new AppError('unavailable', 'Runs cannot be recorded at the moment. Try again later.', {
      retryAfterMs: 5000,
    });
  }
  const { plan, validateOutput } = workflow;
  return carryRun(app, {
    opening: {
      runId: randomUUID(),
      organizationId: project.organizationId,
      projectId: project.id,
      workflowId: workflow.workflowId,
      workflowName: workflow.contract.name,
      versionId: workflow.versionId,
      version: workflow.version,
      client: call.client,
      keyId: credentialOf(principal),
      cause: 'call',
      parentId: null,
    },
    plan,
    input: args,
    env: project.env,
    release: project.pin,
    caller: runCaller(principal, call.client),
    validateOutput,
    guard: project.guard,
    signal,
    onEvent,
    ...(audit && { audit }),
  }).result;
}

/**
 * A key or a grant sees its project, or the part of it that it was made for; the public sees public projects; people
 * who only view what the project lets them.
 */
export function mayCall(principal: Principal, project: LiveProject, tool: string): boolean {
  switch (principal.type) {
    case 'system':
      return true;
    case 'user':
      return (
        principal.organizationId === project.organizationId &&
        isWithin(reachOfRole(principal.role, project), project, tool)
      );
    case 'key':
    case 'grant':
      return principal.projectId === project.id && isWithin(principal, project, tool);
    case 'public':
      return principal.projectId === project.id && project.access === 'public';
  }
}

/** What a member of this role may call of the project. */
export function reachOfRole(role: Role, { viewerCalls }: Pick<LiveProject, 'viewerCalls'>): Reach {
  if (role !== 'viewer' || viewerCalls === 'all') return WHOLE;
  return viewerCalls === 'reads' ? READING : NOTHING;
}

/** What a member of this role may call of the project through this OAuth client. */
export function reachOfPerson({ role, client }: { role: Role; client: string }, project: LiveProject): Reach {
  const rules = project.clientRules;
  const rule =
    rules.find((one) => one.client === client) ?? rules.find((one) => one.client === OTHER_CLIENTS);
  const own = reachOfRole(role, project);
  return rule ? narrowest(own, rule) : own;
}

/** Whether a live workflow of the project is within reach. */
export function isWithin(reach: Reach, project: LiveProject, tool: string): boolean {
  const contract = project.workflows.get(tool)?.contract;
  return contract !== undefined && reaches(reach, { name: tool, reads: onlyReads(contract) });
}
