import type { HttpResponse } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { retryAfterMs } from '#lib/engine/retry-after.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { oneLine } from '#lib/workflow/text.ts';
import { type ModelReply, objectOf, textOf } from './protocol.ts';

/** Servers that know the protocol and not this part of it say so with 400 or 422, each in words of its own. */
export function refusesSchema({ status, body }: HttpResponse): boolean {
  if (status !== 400 && status !== 422 && status !== 501) return false;
  return /response_format|json_schema|tool_choice|input_schema|\btools?\b/i.test(
    new TextDecoder().decode(body.subarray(0, 8192)),
  );
}

/** What the author can do about it. A provider's own trouble (5xx) and what it says about keys is kept from the model. */
export function providerError(
  response: HttpResponse,
  { body, text, host, now }: { body: JsonObject; text: string; host: string; now: number },
): StepError {
  const error = body['error'];
  const told = typeof error === 'string' ? error : textOf(objectOf(error)['message']);
  const { code } = objectOf(error);
  // Some gateways answer 200 and put the status of the provider behind them here.
  const status = response.status === 200 && typeof code === 'number' ? code : response.status;
  const details: JsonObject = { status, body: text.slice(0, 2000) };
  const said = told === '' ? '' : `: ${oneLine(told, 300)}`;
  if (status === 401 || status === 403) {
    return new StepError(
      'MODEL_ERROR',
      `${host} did not accept the key (${status}): check the connection of this step.`,
      { details },
    );
  }
  if (code === 'insufficient_quota') {
    return new StepError('MODEL_ERROR', `The account at ${host} has no credit left.`, { details });
  }
  if (status === 429 || status >= 500) {
    const words = status === 429 ? 'takes no more questions for the moment' : 'is in trouble';
    return new StepError('MODEL_ERROR', `${host} ${words} (${status}). Try again later.`, {
      transient: true,
      retryAfterMs: retryAfterMs(response.headers['retry-after'], now),
      details,
    });
  }
  const hint = status === 404 ? ' Check the base URL and the name of the model.' : '';
  return new StepError('MODEL_ERROR', `${host} answered ${status}${said || '.'}${hint}`, { details });
}

/** An answer that ends in the middle and is of no use. */
export function cutOff(reply: ModelReply): StepError {
  const after = reply.usage.outputTokens === null ? '' : ` after ${reply.usage.outputTokens} tokens`;
  return new StepError(
    'MODEL_LENGTH',
    `The model’s answer was cut${after}, before it was complete: allow a longer answer, or ask for less.`,
    { details: { answer: reply.text.slice(0, 4000), stopReason: reply.stopReason } },
  );
}
