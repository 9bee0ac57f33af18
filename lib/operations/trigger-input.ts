import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import type { App } from './app.ts';
import { liveWorkflow } from './live-workflow.ts';
import { checkInput } from './start-background-run.ts';

/**
 * Checks the arguments of a schedule: against the published workflow, or against its draft as long as it is not
 * published. Throws `invalid` with `faults`, `not_found` when there is no such workflow.
 */
export async function checkTriggerInput(
  app: App,
  principal: Principal,
  at: { slug: string; projectId: string; workflowId: string },
  input: JsonObject,
): Promise<void> {
  const live = await liveWorkflow(app, at.slug, at.workflowId);
  if (live) return checkInput(live.workflow, input);
  const workflow = await repository(app.db, principal).workflows.get(at.projectId, at.workflowId);
  if (!workflow) throw new AppError('not_found', 'There is no such workflow.');
  const { contract } = compile(workflow.document as WorkflowDocument, kinds);
  // A draft with problems has no contract yet; what it asks for is checked when it runs.
  if (contract) checkInput({ validateInput: compileSchema(contract.inputSchema) }, input);
}
