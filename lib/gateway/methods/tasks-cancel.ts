import { cancelTask } from '#lib/operations/task-run.ts';
import { completeResult } from '../call-result.ts';
import type { Method } from '../exchange.ts';
import { requestedTask } from '../requested-task.ts';

/** `tasks/cancel`: acknowledged at once; the run stops soon, and what it can take back is taken back. */
export const tasksCancel: Method = async (exchange) => {
  await cancelTask(exchange.caller.app, await requestedTask(exchange));
  return completeResult(exchange, {});
};
