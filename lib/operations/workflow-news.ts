import { actorOf } from '#lib/db/access.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from './app.ts';

/** Told whenever a draft was saved, or something was done with the workflow. */
export const WORKFLOW_CHANGED = 'workflow.changed';

export interface WorkflowNews {
  workflowId: string;
  what: 'saved' | 'published' | 'rolled_back' | 'unpublished' | 'deleted';
  /** Id of the user; null for others than people. */
  by: string | null;
}

/** Tells everybody who has the workflow open, at every process. */
export function tellEditors(
  app: App,
  principal: Principal,
  workflowId: string,
  what: WorkflowNews['what'],
): void {
  const by = principal.type === 'user' ? actorOf(principal).actorId : null;
  void app.events.publish(WORKFLOW_CHANGED, { workflowId, what, by });
}
