import { StepError } from '#lib/engine/errors.ts';
import type { OwnAnswer } from './own-server.ts';

/** One thing that was looked at. */
export interface Hop {
  id: string;
  title: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was seen, in words. */
  seen: string;
  /** What to change; null when all is well. */
  todo: string | null;
  ms: number;
}

/** What a look found. */
export type Finding = Pick<Hop, 'status' | 'seen' | 'todo'>;

export const ok = (seen: string): Finding => ({ status: 'ok', seen, todo: null });
export const warning = (seen: string, todo: string): Finding => ({ status: 'warning', seen, todo });
export const failed = (seen: string, todo: string): Finding => ({ status: 'failed', seen, todo });
export const skipped = (seen: string): Finding => ({ status: 'skipped', seen, todo: null });

/** Looks, with the time it takes; an exchange that does not come about is a finding too. */
export async function hop(id: string, title: string, look: () => Promise<Finding>): Promise<Hop> {
  const start = performance.now();
  const finding = await look().catch((error: unknown) => {
    if (error instanceof StepError && error.code !== 'CANCELLED') return unreachable(error);
    throw error;
  });
  return { id, title, ...finding, ms: Math.round(performance.now() - start) };
}

/** Why an address could not be reached, and what that usually is. */
function unreachable({ code, message, details }: StepError): Finding {
  const reason = String(details?.['reason'] ?? '');
  const cause = String(details?.['cause'] ?? '');
  if (reason.includes('does not resolve') || reason === 'no address') {
    return failed(
      'The name of PUBLIC_URL does not resolve.',
      'Add a DNS record for it, or set PUBLIC_URL to the name that has one. This looks from the server itself: give it the same DNS.',
    );
  }
  if (message.includes('certificate')) {
    return failed(
      `The certificate is not trusted (${cause}).`,
      'Clients will refuse it too. Install a certificate for this name, with its intermediate certificates, from an authority that clients know.',
    );
  }
  if (cause === 'ECONNREFUSED') {
    return failed(
      'Nothing listens there: the connection was refused.',
      'Look whether the server (or the proxy in front of it) runs, and on which port. PORT and HOST say where Patchbay listens, PUBLIC_URL where it is reached.',
    );
  }
  if (code === 'TIMEOUT') {
    return failed(
      `No answer came in time: ${message}`,
      'A firewall that drops packets does this, and a proxy that holds answers back. From inside a network the public address may not be reachable (no hairpin NAT): then ask from outside.',
    );
  }
  if (code === 'EGRESS_BLOCKED')
    return failed(`The address may not be called: ${reason || message}.`, 'Correct PUBLIC_URL.');
  return failed(message, 'Look whether PUBLIC_URL names the right scheme (http or https), host and port.');
}

/** An answer that Patchbay did not give, in a few words. */
export function strange({ status, headers, text }: OwnAnswer): string {
  const location = headers['location'];
  if (location !== undefined) return `It was sent on (HTTP ${status}) to ${location.slice(0, 200)}.`;
  const type = headers['content-type'] ?? 'no content type';
  const server = headers['server'] === undefined ? '' : ` from ${headers['server'].slice(0, 60)}`;
  const start = text.replace(/\s+/g, ' ').trim().slice(0, 120);
  return `HTTP ${status}${server}, ${type}${start === '' ? '' : `: ${start}`}`;
}
