import type { Database } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import { StepError } from '#lib/engine/errors.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';
import type { LiveProjects } from './live-projects.ts';
import { addressOf } from './pinned-address.ts';

export type CallableWorkflow = LiveWorkflow;

export interface CallableWorkflows {
  /**
   * A workflow of the project by its id or its name, in its live version, or that of the release, or in the one of that
   * number. Throws StepError `WORKFLOW_MISSING`.
   */
  find(
    at: { projectId: string; release: number | undefined },
    workflow: string,
    version: number | null,
  ): Promise<{ project: LiveProject; called: CallableWorkflow }>;
}

/** Compiled versions that are kept beside those that are live; those not used the longest go first. */
const KEPT = 200;

/** What workflows may call: what is live, and any version of it that was ever published. */
export function createCallableWorkflows({
  db,
  live,
}: {
  db: Database;
  live: Pick<LiveProjects, 'get'>;
}): CallableWorkflows {
  const { projects, versions } = repository(db, { type: 'system' });
  const slugs = new Map<string, string>();
  const pinned = new Map<string, CallableWorkflow>();

  async function projectOf(projectId: string, release: number | undefined): Promise<LiveProject | null> {
    const slug = slugs.get(projectId);
    const known = slug === undefined ? null : await live.get(addressOf({ slug, pin: release }));
    if (known?.id === projectId) return known;
    const stored = await projects.get(projectId);
    if (!stored) return null;
    slugs.delete(projectId);
    slugs.set(projectId, stored.slug);
    if (slugs.size > KEPT) slugs.delete(slugs.keys().next().value!);
    return live.get(addressOf({ slug: stored.slug, pin: release }));
  }

  async function pinnedVersion(projectId: string, current: LiveWorkflow, number: number) {
    if (current.version === number) return current;
    const key = `${projectId} ${current.workflowId} ${number}`;
    const known = pinned.get(key) ?? (await compiled(projectId, current.workflowId, number));
    if (!known) return null;
    pinned.delete(key);
    pinned.set(key, known);
    if (pinned.size > KEPT) pinned.delete(pinned.keys().next().value!);
    return known;
  }

  async function compiled(
    projectId: string,
    workflowId: string,
    number: number,
  ): Promise<CallableWorkflow | null> {
    const stored = await versions.get(projectId, workflowId, number);
    if (!stored) return null;
    const { id: versionId, contract, document } = stored;
    const { plan } = compile(document, kinds);
    if (!plan) return null;
    return {
      workflowId,
      versionId,
      version: number,
      contract,
      plan,
      validateInput: compileSchema(contract.inputSchema),
      validateOutput: contract.outputSchema && compileSchema(contract.outputSchema),
    };
  }

  return {
    async find({ projectId, release }, workflow, version) {
      const project = await projectOf(projectId, release);
      const current =
        project?.workflows.get(workflow) ??
        [...(project?.workflows.values() ?? [])].find(({ workflowId }) => workflowId === workflow);
      if (!project || !current) {
        throw new StepError(
          'WORKFLOW_MISSING',
          'The workflow of this step is not published. Publish it, or choose another one.',
        );
      }
      if (version === null) return { project, called: current };
      const called = await pinnedVersion(projectId, current, version);
      if (called) return { project, called };
      throw new StepError(
        'WORKFLOW_MISSING',
        `The workflow "${current.contract.name}" has no version ${version} that can run here.`,
      );
    },
  };
}
