import { AppError } from '#lib/db/app-error.ts';
import type { HeldRun } from '#lib/db/held-runs.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import type { App } from './app.ts';
import type { RunWorld } from './run-world.ts';

/**
 * What a stored run goes on with: the very document it began with, compiled again where it is not live any more. Throws
 * AppError `gone` when the project, the version or a kind it was made of is no longer there.
 */
export async function planOfRun(
  app: App,
  run: Pick<HeldRun, 'id' | 'projectId' | 'workflowId' | 'version' | 'versionId' | 'document' | 'parentId'>,
): Promise<Pick<RunWorld, 'plan' | 'env' | 'validateOutput' | 'guard' | 'depth'>> {
  const { projects, versions } = repository(app.db, { type: 'system' });
  const project = await projects.get(run.projectId);
  if (!project) throw gone();
  const { env, slug } = project;
  const depth = await depthOf(app, run);
  const live = await app.live.get(slug);
  const guard = run.parentId === null ? (live?.guard ?? null) : null;
  if (run.document === null) {
    for (const workflow of live?.workflows.values() ?? []) {
      if (workflow.versionId !== run.versionId) continue;
      return { plan: workflow.plan, env, validateOutput: workflow.validateOutput, guard, depth };
    }
  }
  const document =
    run.document ??
    (run.version === null
      ? null
      : (await versions.get(run.projectId, run.workflowId, run.version))?.document) ??
    null;
  if (document === null) throw gone();
  const { plan, contract } = compile(document, kinds);
  if (!plan || !contract) throw gone();
  const isDraft = run.document !== null;
  const validateOutput = isDraft || !contract.outputSchema ? null : compileSchema(contract.outputSchema);
  return { plan, env, validateOutput, guard, depth };
}

/** Workflows call workflows only so deep; the loop is bounded all the same. */
const MOST_PARENTS = 16;

async function depthOf(app: App, { parentId }: Pick<HeldRun, 'parentId'>): Promise<number> {
  const { runs } = repository(app.db, { type: 'system' });
  let depth = 0;
  for (let above = parentId; above !== null && depth < MOST_PARENTS; depth += 1) {
    above = (await runs.held(null, above))?.parentId ?? null;
  }
  return depth;
}

function gone(): AppError {
  return new AppError('gone', 'What this run was made from is no longer there: start a new one.');
}
