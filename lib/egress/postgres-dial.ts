import { once } from 'node:events';
import { isIP, connect as openTcp, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';
import { StepError } from '#lib/engine/errors.ts';
import { blocked, type Lookup, permitted, TRIES } from './connector.ts';
import type { Policy } from './policy.ts';

/** `require` encrypts, without a look at the certificate; `verify` asks that it is the host's. */
export type PostgresTls = 'off' | 'require' | 'verify';

export interface PostgresPlace {
  host: string;
  port: number;
  tls: PostgresTls;
}

/** `SSLRequest`: its length, and the number that stands for it. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * A connection to a PostgreSQL server, encrypted where it is asked for, before the first word of the protocol. As for
 * HTTP the name is looked up here, every answer is checked, and a checked address is dialled. Throws StepError
 * `EGRESS_BLOCKED`, `NETWORK`, `SQL_TLS`, and the reason of `signal` when it aborts.
 */
export async function dialPostgres(
  place: PostgresPlace,
  { policy, lookup, signal }: { policy: Policy; lookup: Lookup; signal: AbortSignal },
): Promise<Socket> {
  const hostname = place.host.toLowerCase().replace(/\.$/, '');
  const addresses = await permitted(hostname, policy, lookup);
  let failure: unknown;
  for (const address of addresses.slice(0, TRIES)) {
    const socket = openTcp({ host: address, port: place.port, noDelay: true, signal });
    try {
      await once(socket, 'connect', { signal });
      if (!socket.remoteAddress || !policy.permits(socket.remoteAddress, hostname)) {
        throw blocked(hostname, `connected to ${socket.remoteAddress}`);
      }
      return place.tls === 'off' ? socket : await encrypted(socket, place, signal);
    } catch (error) {
      socket.on('error', ignore).destroy();
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure instanceof StepError ? failure : notReached(place, failure);
}

async function encrypted(socket: Socket, { host, tls }: PostgresPlace, signal: AbortSignal): Promise<Socket> {
  socket.write(SSL_REQUEST);
  const [answer] = (await once(socket, 'data', { signal })) as [Buffer];
  socket.pause();
  // More than the one letter was not encrypted, and would be taken for what comes after.
  if (answer.length !== 1 || answer[0] !== 'S'.charCodeAt(0)) {
    throw new StepError(
      'SQL_TLS',
      `The server at ${host} does not encrypt. Switch TLS on there, or off in the connection if the network is trusted.`,
    );
  }
  const secure = openTls({
    socket,
    host,
    ...(isIP(host) ? {} : { servername: host }),
    rejectUnauthorized: tls === 'verify',
  });
  try {
    await once(secure, 'secureConnect', { signal });
    return secure;
  } catch (error) {
    secure.on('error', ignore).destroy();
    signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StepError(
      'SQL_TLS',
      `The certificate of ${host} was not accepted${code ? ` (${code})` : ''}.`,
      { details: { reason: message }, cause: error },
    );
  }
}

function notReached({ host, port }: PostgresPlace, cause: unknown): StepError {
  const { code } = cause as NodeJS.ErrnoException;
  return new StepError('NETWORK', `The connection to ${host}:${port} failed${code ? ` (${code})` : ''}.`, {
    transient: true,
    details: { host, port },
    cause,
  });
}

function ignore(): void {
  // A socket that is thrown away may still fail; nobody is there to hear of it.
}
