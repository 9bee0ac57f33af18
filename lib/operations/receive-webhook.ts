import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import type { StoredTrigger } from '#lib/db/triggers.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { liveWorkflow } from './live-workflow.ts';
import { startBackgroundRun } from './start-background-run.ts';
import { openTriggerSecret } from './trigger-secret.ts';
import { verifyDelivery } from './webhook-signature.ts';

export interface WebhookRequest {
  /** Of the trigger, as the address says. */
  trigger: string;
  headers: Headers;
  /** As it came: the signature is over these bytes. */
  body: Buffer;
}

/** A signature is checked against it where there is no webhook, so that this takes as long. */
const NOBODY = `whsec_${randomBytes(32).toString('base64')}`;

/** What of an idempotency key a sender's own id may take; a longer one is known by its hash. */
const MOST_ID = 200;

/**
 * Starts the run that a webhook asks for; a delivery that was there before gives the same run. `runId` is null for a
 * ping. Throws `not_found` for an unknown or disabled webhook and for a wrong, stale or missing signature alike,
 * `invalid` with `faults` for a body that does not fit the workflow, `conflict` when the workflow is not published.
 */
export async function receiveWebhook(
  app: App,
  request: WebhookRequest,
): Promise<{ runId: string | null; existing: boolean }> {
  const { triggers } = repository(app.db, { type: 'system' });
  const found = await triggers.webhook(request.trigger);
  const trigger = found?.enabled && found.secret !== null ? found : null;
  const delivery = verifyDelivery(
    trigger?.signature ?? 'standard',
    (trigger && (await secretOf(app, trigger))) ?? NOBODY,
    request,
  );
  if (!trigger || !delivery) {
    throw new AppError(
      'not_found',
      'There is no webhook at this address, or this was not signed with its secret, or more than five minutes ago.',
    );
  }
  if (delivery.isPing) return { runId: null, existing: false };

  const input = inputOf(request.body);
  const live = await liveWorkflow(app, trigger.slug, trigger.workflowId);
  if (!live) throw new AppError('conflict', 'The workflow of this webhook is not published.');
  const started = await startBackgroundRun(
    app,
    { type: 'system' },
    {
      ...live,
      input,
      cause: 'webhook',
      triggerId: trigger.id,
      idempotencyKey: `webhook:${trigger.id}:${shortId(delivery.id)}`,
      attempts: trigger.attempts,
    },
  );
  if (!started.existing) await triggers.started(trigger.id, new Date(), started.runId);
  return started;
}

/** Null where it cannot be opened: the webhook answers as one that is not there, and the log says why. */
async function secretOf(app: App, trigger: StoredTrigger): Promise<string | null> {
  try {
    return await openTriggerSecret(app.vault, trigger, trigger.secret ?? '');
  } catch (error) {
    app.log.error({ err: error, trigger: trigger.id }, 'the secret of a webhook cannot be opened');
    return null;
  }
}

/** The body as arguments. It is signed: what is wrong with it may be told. */
function inputOf(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new AppError('invalid', 'The body is not JSON.', { faults: ['the body is not JSON'] });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid', 'The body must be a JSON object: the arguments of the workflow.', {
      faults: ['the body is not a JSON object'],
    });
  }
  return value as JsonObject;
}

function shortId(id: string): string {
  return id.length <= MOST_ID ? id : createHash('sha256').update(id).digest('hex');
}
