import { isIP } from 'node:net';
import type { buildConnector } from 'undici';
import { StepError } from '#lib/engine/errors.ts';
import type { Policy } from './policy.ts';

/** All addresses of a name. */
export type Lookup = (hostname: string) => Promise<{ address: string; family: number }[]>;

/** Addresses of one name that are tried, one after the other. */
export const TRIES = 3;

/**
 * The only place that dials for HTTP (`postgres-dial.ts` is the other one). It looks the name up itself, refuses it when any answer is forbidden, and dials
 * the checked address, so that no second look-up can give another one; `Host` and SNI stay the name's.
 * Literals come this way too (Node skips `lookup` for them). Fails with StepError `EGRESS_BLOCKED`.
 */
export function guardedConnector(options: {
  policy: Policy;
  lookup: Lookup;
  dial: buildConnector.connector;
}): buildConnector.connector {
  const { policy, lookup, dial } = options;

  async function open(target: buildConnector.Options): Promise<Parameters<buildConnector.Callback>> {
    const hostname = target.hostname.toLowerCase();
    const addresses = await permitted(hostname, policy, lookup);
    let failure: Error = blocked(hostname, 'no address');
    for (const address of addresses.slice(0, TRIES)) {
      const outcome = await dialled(address, target);
      if (outcome instanceof Error) failure = outcome;
      else if (!outcome.remoteAddress || !policy.permits(outcome.remoteAddress, hostname)) {
        outcome.on('error', ignore).destroy();
        failure = blocked(hostname, `connected to ${outcome.remoteAddress}`);
      } else return [null, outcome];
    }
    return [failure, null];
  }

  function dialled(address: string, target: buildConnector.Options) {
    const servername = target.protocol === 'https:' && !isIP(target.hostname) ? target.hostname : undefined;
    type Socket = NonNullable<Parameters<buildConnector.Callback>[1]>;
    return new Promise<Socket | Error>((resolve) => {
      dial({ ...target, hostname: address, servername }, (...[error, socket]) => resolve(error ?? socket));
    });
  }

  return (target, callback) => {
    open(target).then(
      (outcome) => callback(...outcome),
      (error: Error) => callback(error, null),
    );
  };
}

/** The addresses of a host, IPv4 first, if all of them may be dialled. Throws StepError `EGRESS_BLOCKED`. */
export async function permitted(hostname: string, policy: Policy, lookup: Lookup): Promise<string[]> {
  const found = isIP(hostname) ? [hostname] : await resolved(hostname, lookup);
  if (found.length === 0) throw blocked(hostname, 'no address');
  const refused = found.find((address) => !policy.permits(address, hostname));
  if (refused !== undefined) throw blocked(hostname, `${refused} is not permitted`);
  return found.sort((a, b) => isIP(a) - isIP(b));
}

async function resolved(hostname: string, lookup: Lookup): Promise<string[]> {
  try {
    return (await lookup(hostname)).map(({ address }) => address);
  } catch (cause) {
    throw blocked(hostname, 'the name does not resolve', cause);
  }
}

/** The same words whether refused or unknown, so that a caller cannot map the inner network; why is for the editor. */
export function blocked(host: string, reason: string, cause?: unknown): StepError {
  return new StepError('EGRESS_BLOCKED', 'Blocked by egress policy (address).', {
    details: { host, reason },
    cause,
  });
}

function ignore(): void {
  // A socket that is thrown away may still fail; nobody is there to hear of it.
}
