import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import type { App } from './app.ts';
import { carryRun } from './carry-run.ts';
import { parseDraft } from './draft-document.ts';
import { type GivenValues, givenBefore, givenByPins } from './draft-given.ts';
import { findProject } from './find-project.ts';
import { checkDepth } from './json-depth.ts';
import { mayEdit } from './roles.ts';
import { runCaller } from './run-caller.ts';

export interface RunDraft {
  project: string;
  workflow: string;
  input: JsonObject;
  /** A draft that is not saved yet; the saved one when left out. */
  document?: unknown;
  /** Id of the last step to run. */
  until?: string | undefined;
  /** The first step to run; those before it give what they left behind in an earlier run of this workflow. */
  from?: { node: string; run: string } | undefined;
}

/**
 * Starts a run of a draft, or of a part of it; it goes on without the caller. Steps with a pinned sample give that
 * instead of running. It is stored as running before this answers, and what it does can be watched with `watchRun`.
 * Throws `invalid` with `problems` (of the draft) or `faults` (of the input), or when a step cannot be left out.
 */
export async function runDraft(
  app: App,
  principal: Principal,
  request: RunDraft,
): Promise<{ runId: string }> {
  mayEdit(principal, 'run a draft');
  const { project: slug, workflow: workflowId, input, until, from } = request;
  const project = await findProject(app, principal, slug);
  const workflow = await repository(app.db, principal).workflows.get(project.id, workflowId);
  if (!workflow) throw new AppError('not_found', 'There is no such workflow.');
  const document =
    request.document === undefined ? (workflow.document as WorkflowDocument) : parseDraft(request.document);

  const { plan, contract, problems } = compile(document, kinds);
  if (!plan || !contract) {
    const first = problems.find((problem) => problem.severity === 'error');
    throw new AppError('invalid', `This draft cannot run yet: ${first?.message}`, { problems });
  }
  const tooDeep = checkDepth(input);
  const faults = tooDeep ? [tooDeep] : compileSchema(contract.inputSchema)(input);
  if (faults)
    throw new AppError('invalid', `The input does not fit: ${faults.slice(0, 5).join('; ')}`, { faults });
  if (until !== undefined && !document.nodes.some((node) => node.id === until)) {
    throw new AppError('invalid', 'The draft has no step to run to: it may have been deleted.');
  }
  const given = await givenValues(app, principal, { project: project.id, workflow, document, from });
  if (app.recorder.full) {
    throw new AppError('unavailable', 'Runs cannot be recorded at the moment. Try again later.', {
      retryAfterMs: 5000,
    });
  }

  const runId = randomUUID();
  const { recording, result } = carryRun(app, {
    opening: {
      runId,
      organizationId: project.organizationId,
      projectId: project.id,
      workflowId: workflow.id,
      workflowName: document.name,
      versionId: null,
      version: null,
      client: null,
      keyId: null,
      cause: 'draft',
      parentId: null,
      document: document as unknown as JsonValue,
    },
    plan,
    input,
    env: project.env,
    validateOutput: null,
    guard: (await app.live.get(project.slug))?.guard ?? null,
    signal: new AbortController().signal,
    caller: runCaller(principal, null),
    ...(Object.keys(given).length > 0 && { given }),
    ...(until !== undefined && { until }),
  });
  app.background.add(result, () => recording.cancel());
  // After the start, so that the record has the input; a run that has ended already is on its way to the database.
  if (!recording.finished) await app.recorder.announce(recording);
  return { runId };
}

async function givenValues(
  app: App,
  principal: Principal,
  {
    project,
    workflow,
    document,
    from,
  }: { project: string; workflow: { id: string }; document: WorkflowDocument; from: RunDraft['from'] },
): Promise<GivenValues> {
  const repo = repository(app.db, principal);
  const pins = (await repo.workflows.pins(project, workflow.id)) ?? {};
  if (!from) return givenByPins(document, pins);
  const earlier = await repo.runs.get(project, from.run);
  if (earlier?.workflowId !== workflow.id) {
    throw new AppError('not_found', 'There is no such run of this workflow.');
  }
  const { [from.node]: _, ...others } = givenByPins(document, pins);
  return { ...givenBefore(document, from.node, earlier), ...others };
}
