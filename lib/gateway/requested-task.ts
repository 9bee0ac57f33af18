import type { HeldRun } from '#lib/db/held-runs.ts';
import { taskRun } from '#lib/operations/task-run.ts';
import { takesTasks } from './client-abilities.ts';
import { Fault } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { TASKS_EXTENSION } from './protocol.ts';

/**
 * The task that a request is about. Throws Fault -32021 when its sender did not declare the extension, which comes
 * before all else; -32602 for a task that is not the caller's, or that is not there.
 */
export async function requestedTask({ caller, message }: Exchange): Promise<HeldRun> {
  if (!takesTasks(message)) {
    throw new Fault('missing_capability', `This needs a client that declares ${TASKS_EXTENSION}.`, {
      data: { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } },
    });
  }
  const taskId = message.params?.['taskId'];
  if (typeof taskId !== 'string')
    throw new Fault('invalid_params', 'params.taskId must be the id of a task.');
  return taskRun(caller.app, caller.principal, caller.project.id, taskId);
}
