import type { App } from './app.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';

/** The version of a workflow that is live, by the workflow's id; null when none is. */
export async function liveWorkflow(
  app: Pick<App, 'live'>,
  slug: string,
  workflowId: string,
): Promise<{ project: LiveProject; workflow: LiveWorkflow } | null> {
  const project = await app.live.get(slug);
  for (const workflow of project?.workflows.values() ?? []) {
    if (workflow.workflowId === workflowId) return { project: project!, workflow };
  }
  return null;
}
