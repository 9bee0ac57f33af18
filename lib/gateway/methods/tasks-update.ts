import { answerTask } from '#lib/operations/task-run.ts';
import { isJsonObject } from '#lib/workflow/json.ts';
import { isAnswered, read } from '../ask-back.ts';
import { completeResult } from '../call-result.ts';
import { Fault } from '../errors.ts';
import type { Method } from '../exchange.ts';
import { clientName } from '../protocol.ts';
import { requestedTask } from '../requested-task.ts';
import { openForClient } from '../task-answer.ts';

/**
 * `tasks/update`: answers questions of a task. Those that fit are taken, whatever becomes of the others; keys that
 * nothing is asked under are ignored. Throws Fault -32602 that says what does not fit: it is still asked.
 */
export const tasksUpdate: Method = async (exchange) => {
  const task = await requestedTask(exchange);
  const { caller, message } = exchange;
  const responses = message.params?.['inputResponses'];
  if (!isJsonObject(responses)) {
    throw new Fault(
      'invalid_params',
      'params.inputResponses must be an object, by the keys of inputRequests.',
    );
  }
  const client = clientName(message, caller.headers['user-agent']);
  const reading = read(openForClient(task), { responses, client });
  if (isAnswered(reading)) {
    await answerTask(caller.app, task, { answers: reading.answers, by: { type: 'client', name: client } });
  }
  if (reading.complaints.size > 0) {
    const faults = Object.fromEntries(reading.complaints);
    const told = Object.entries(faults).map(([key, complaint]) => `${key}: ${complaint}`);
    throw new Fault('invalid_params', `Answers that do not fit are still asked for. ${told.join(' ')}`, {
      data: { faults },
    });
  }
  return completeResult(exchange, {});
};
