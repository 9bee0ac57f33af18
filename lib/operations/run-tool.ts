import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { ErrorRecord, RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import type { RunResult } from '#lib/engine/run.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';

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

export interface ToolRun extends RunResult {
  runId: string;
}

/**
 * Runs a published workflow once and records it. A run that fails is a result, not an error.
 * Throws AppError: `not_found` when the principal may not call it, `unavailable` when runs cannot be recorded.
 */
export async function runTool(app: App, principal: Principal, call: ToolCall): Promise<ToolRun> {
  const { project, workflow, args, signal } = call;
  if (!mayCall(principal, project, workflow.contract.name)) {
    throw new AppError('not_found', `There is no tool "${workflow.contract.name}".`);
  }
  if (app.recorder.full) {
    throw new AppError('unavailable', 'Runs cannot be recorded at the moment. Try again later.', {
      retryAfterMs: 5000,
    });
  }
  const { plan, validateOutput } = workflow;
  const runId = randomUUID();
  const abort = new AbortController();
  const cancel = () => abort.abort(new Error('cancelled'));
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  const recording = app.recorder.open(
    {
      runId,
      organizationId: project.organizationId,
      projectId: project.id,
      workflowId: workflow.workflowId,
      workflowName: workflow.contract.name,
      versionId: workflow.versionId,
      version: workflow.version,
      client: call.client,
      keyId: principal.type === 'key' ? principal.keyId : null,
    },
    cancel,
  );
  let lastStep: { nodeId: string; key: string } | undefined;
  let outputError: ErrorRecord | undefined;
  const onEvent = (given: RunEvent): void => {
    let event = given;
    if (event.type === 'step.finished') lastStep = event;
    else if (event.type === 'run.finished' && event.status === 'succeeded' && validateOutput) {
      const faults = validateOutput(event.output?.structured);
      if (faults) {
        outputError = outputFault(faults, lastStep);
        event = { ...event, status: 'failed', error: outputError };
      }
    }
    app.recorder.add(recording, event);
    call.onEvent?.(event);
  };
  try {
    const result = await execute(plan, {
      runId,
      input: args,
      env: project.env,
      capabilities: app.capabilities({
        organizationId: project.organizationId,
        projectId: project.id,
        versionKey: workflow.versionId,
      }),
      signal: abort.signal,
      onEvent,
      onUnexpected: (error, at) => app.log.error({ err: error, runId, ...at }, 'a step failed unexpectedly'),
    });
    return outputError ? { runId, status: 'failed', error: outputError } : { ...result, runId };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** A key sees its project, or the part of it that it was made for; the public sees public projects. */
export function mayCall(principal: Principal, project: LiveProject, tool: string): boolean {
  switch (principal.type) {
    case 'system':
      return true;
    case 'user':
      return principal.organizationId === project.organizationId && principal.role !== 'viewer';
    case 'key':
      return principal.projectId === project.id && (principal.tools?.includes(tool) ?? true);
    case 'public':
      return principal.projectId === project.id && project.access === 'public';
  }
}

/** The contract promised another shape than the workflow made: the author's fault, and said so. */
function outputFault(faults: string[], step: { nodeId: string; key: string } | undefined): ErrorRecord {
  return {
    code: 'OUTPUT_INVALID',
    message: `The answer does not fit the output schema: ${faults.slice(0, 5).join('; ')}. Correct the structured value or its schema.`,
    ...(step && { nodeId: step.nodeId, key: step.key }),
  };
}
