import { setMaxListeners } from 'node:events';
import { answeredId } from './answered-id.ts';
import { takeResponse } from './client-response.ts';
import { classify, type ProtocolHeaders } from './era.ts';
import { Fault, faultJson, toFault } from './errors.ts';
import type { Caller, Method } from './exchange.ts';
import { takeCall } from './limits.ts';
import { completionComplete } from './methods/completion-complete.ts';
import { initialize } from './methods/initialize.ts';
import { loggingSetLevel } from './methods/logging-set-level.ts';
import { ping } from './methods/ping.ts';
import { promptsGet } from './methods/prompts-get.ts';
import { promptsList } from './methods/prompts-list.ts';
import { resourcesList } from './methods/resources-list.ts';
import { resourcesRead } from './methods/resources-read.ts';
import { resourcesSubscribe, resourcesUnsubscribe } from './methods/resources-subscribe.ts';
import { resourcesTemplatesList } from './methods/resources-templates-list.ts';
import { serverDiscover } from './methods/server-discover.ts';
import { tasksCancel } from './methods/tasks-cancel.ts';
import { tasksGet } from './methods/tasks-get.ts';
import { tasksUpdate } from './methods/tasks-update.ts';
import { toolsCall } from './methods/tools-call.ts';
import { toolsList } from './methods/tools-list.ts';
import { BATCH_VERSION, type Era, type RpcNotification, type RpcRequest } from './protocol.ts';
import { idJson, NO_STREAM, type Reply } from './reply.ts';

const BOTH: [string, Method][] = [
  ['tools/list', toolsList],
  ['tools/call', toolsCall],
  ['prompts/list', promptsList],
  ['prompts/get', promptsGet],
  ['resources/list', resourcesList],
  ['resources/templates/list', resourcesTemplatesList],
  ['resources/read', resourcesRead],
  ['completion/complete', completionComplete],
];

const METHODS: Record<Era, ReadonlyMap<string, Method>> = {
  modern: new Map([
    ['server/discover', serverDiscover],
    ['tasks/get', tasksGet],
    ['tasks/update', tasksUpdate],
    ['tasks/cancel', tasksCancel],
    ...BOTH,
  ]),
  legacy: new Map([
    ['initialize', initialize],
    ['ping', ping],
    ['logging/setLevel', loggingSetLevel],
    ...BOTH,
    ['resources/subscribe', resourcesSubscribe],
    ['resources/unsubscribe', resourcesUnsubscribe],
  ]),
};

/** What runs a workflow; all else only reads, `resources/read` as far as it reads what is stored. */
const RUNS: ReadonlySet<string> = new Set(['tools/call', 'prompts/get']);

/** Messages in one batch. */
const MAX_BATCH = 50;

/** The result of one request as JSON text. Throws Fault or AppError. */
export function answer(
  caller: Caller,
  era: Era,
  message: RpcRequest,
  reply: Reply,
): string | Promise<string> {
  const method = METHODS[era].get(message.method);
  if (!method) {
    const fault = era === 'modern' ? 'method_not_found' : 'method_not_found_legacy';
    throw new Fault(fault, `Method not found: ${message.method.slice(0, 100)}`);
  }
  const exchange = { caller, era, message, reply };
  const taken = takeCall(caller, !RUNS.has(message.method));
  return taken ? taken.then(() => method(exchange)) : method(exchange);
}

/** Tells other processes to look for a call that is not in this one: `{ identity, id }`. */
export const CALL_CANCELLED = 'call.cancelled';

/** Notifications need no answer; the one that is acted on takes a running call back. */
export function notified(caller: Caller, era: Era, message: RpcNotification): void {
  if (era !== 'legacy' || message.method !== 'notifications/cancelled') return;
  const id = message.params?.['requestId'];
  if (typeof id !== 'string' && typeof id !== 'number') return;
  const { calls, identity, session, app } = caller;
  const found = calls.cancel(identity, id);
  // Without a session a caller is known by its address, which another process may see differently.
  if (!found && session && String(id).length < 200) app.events.publish(CALL_CANCELLED, { identity, id });
}

/**
 * Answers a batch (2025-03-26 only): the answers as JSON text, or null when nothing in it wants one. Throws Fault
 * when the batch as a whole cannot be served.
 */
export async function answerBatch(
  caller: Caller,
  batch: unknown[],
  headers: ProtocolHeaders,
  unexpected: (error: unknown) => string,
): Promise<string | null> {
  if (headers.version !== undefined && headers.version !== BATCH_VERSION) {
    throw new Fault(
      'invalid_request',
      `Protocol version ${headers.version} has no batches: send one message.`,
    );
  }
  if (batch.length === 0) throw new Fault('invalid_request', 'The batch is empty.');
  if (batch.length > MAX_BATCH) {
    throw new Fault('invalid_request', `The batch has more than ${MAX_BATCH} messages.`);
  }
  // Each call of the batch listens for the end of the connection.
  setMaxListeners(MAX_BATCH, caller.signal);
  const answers = batch.map(async (body) => {
    try {
      const classified = classify(body, headers);
      if (classified.era === 'modern')
        throw new Fault('invalid_request', 'Protocol version 2026-07-28 has no batches.');
      if (classified.kind === 'response') {
        await takeResponse(caller, classified.message);
        return null;
      }
      if (classified.kind === 'notification') {
        notified(caller, classified.era, classified.message);
        return null;
      }
      const { message } = classified;
      const result = await answer(caller, classified.era, message, NO_STREAM);
      return `{"jsonrpc":"2.0","id":${idJson(message.id)},"result":${result}}`;
    } catch (error) {
      return faultJson(toFault(error, unexpected), answeredId(body, BATCH_VERSION));
    }
  });
  const given = (await Promise.all(answers)).filter((text) => text !== null);
  return given.length === 0 ? null : `[${given.join(',')}]`;
}
