import { clientAddress } from '#lib/auth/client-address.ts';
import { AppError } from '#lib/db/app-error.ts';
import { createRate } from '#lib/operations/rate.ts';
import { receiveWebhook } from '#lib/operations/receive-webhook.ts';
import { router } from './router.ts';

const MOST_BODY_BYTES = 1024 * 1024;

/** From one address in a minute: to one webhook, and to all of them. A flood from elsewhere takes no sender's share. */
const PER_TRIGGER = 300;
const PER_ADDRESS = 1200;
const MINUTE = 60_000;

/**
 * `POST /hooks/<trigger>`: where senders of webhooks knock. Neither a session nor an Origin counts here, nor may a page
 * of another site read the answer; the signature decides.
 */
export function hookRoutes() {
  const perTrigger = createRate(PER_TRIGGER, MINUTE);
  const perAddress = createRate(PER_ADDRESS, MINUTE);
  const hooks = router();

  hooks.post('/hooks/:trigger', async (c) => {
    const { app } = c.var;
    const trigger = c.req.param('trigger');
    const address = clientAddress(c.env.incoming, app.env.publicUrl);
    perAddress.take(address);
    perTrigger.take(`${trigger.slice(0, 64)} ${address}`);
    const body = await bodyOf(c.req.raw);
    const { runId, existing } = await receiveWebhook(app, { trigger, headers: c.req.raw.headers, body });
    if (runId === null) return c.json({ status: 'ok' }, 200);
    return c.json({ runId, existing }, 202);
  });
  hooks.all('/hooks/:trigger', () => {
    throw new AppError('bad_request', 'A webhook is sent with POST.');
  });
  return hooks;
}

/** All of it, as it came. Throws `too_large` as soon as it is. */
async function bodyOf(request: Request): Promise<Buffer> {
  const tooLarge = new AppError('too_large', 'The body is larger than 1 MiB.');
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BODY_BYTES) throw tooLarge;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > MOST_BODY_BYTES) throw tooLarge;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
