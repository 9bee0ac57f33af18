import { completeResult } from '../call-result.ts';
import type { Method } from '../exchange.ts';
import { requestedTask } from '../requested-task.ts';
import { taskAnswer } from '../task-answer.ts';

/** `tasks/get`: how far a task is, what it asks, or how it ended. */
export const tasksGet: Method = async (exchange) =>
  completeResult(exchange, await taskAnswer(exchange, await requestedTask(exchange)));
