import * as z from 'zod';
import type { Secrets } from '#lib/auth/sealing.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { ConnectionType, SealedConnection } from '#lib/db/connections.ts';

const shapes = {
  bearer: z.strictObject({ token: z.string().min(1).max(10_000) }),
  basic: z.strictObject({ username: z.string().min(1).max(1000), password: z.string().max(10_000) }),
  header: z.strictObject({
    header: z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'a header name'),
    value: z.string().min(1).max(10_000),
  }),
} satisfies Record<ConnectionType, z.ZodType>;

/** What is sealed for a connection that was imported and has no secret yet. */
const UNBOUND = 'null';

type Place = { organizationId: string; id: string };

/** Seals a secret for its place, and says what may be shown of it. Throws `bad_request` when it is of another type. */
export function sealConnection(
  secrets: Secrets,
  place: Place,
  { type, secret }: { type: ConnectionType; secret: unknown },
): { secret: string; preview: string } {
  const parsed = shapes[type].safeParse(secret);
  if (!parsed.success) {
    const fields = Object.keys(shapes[type].shape).join(' and ');
    throw new AppError('bad_request', `secret: a connection of type ${type} has ${fields}.`);
  }
  const value = parsed.data;
  const shown = 'token' in value ? value.token : 'password' in value ? value.password : value.value;
  const preview = shown.length >= 12 ? `…${shown.slice(-4)}` : '…';
  const before =
    'username' in value ? `${value.username.slice(0, 60)}:` : 'header' in value ? `${value.header}: ` : '';
  return { secret: secrets.seal(JSON.stringify(value), contextOf(place)), preview: `${before}${preview}` };
}

/** The sealed form of "none yet". */
export function sealUnbound(secrets: Secrets, place: Place): string {
  return secrets.seal(UNBOUND, contextOf(place));
}

/** The request headers that carry the credential; null while there is none. */
export function credentialHeaders(
  secrets: Secrets,
  connection: SealedConnection,
): Record<string, string> | null {
  const text = secrets.open(connection.secret, contextOf(connection));
  if (text === UNBOUND) return null;
  const value: unknown = JSON.parse(text);
  switch (connection.type) {
    case 'bearer':
      return { authorization: `Bearer ${shapes.bearer.parse(value).token}` };
    case 'basic': {
      const { username, password } = shapes.basic.parse(value);
      return { authorization: `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}` };
    }
    case 'header': {
      const { header, value: content } = shapes.header.parse(value);
      return { [header]: content };
    }
  }
}

/**
 * Whether a credential may be sent to this address. An entry is a host (its scheme's own port), a host with a port,
 * or `*.` and a domain whose sub-domains are meant. Plain http only where the entry names a port.
 */
export function mayReceive(hosts: readonly string[], address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port } = new URL(address);
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  const actualPort = port || (protocol === 'https:' ? '443' : '80');
  return hosts.some((entry) => {
    const match = /^(.*?)(?::(\d{1,5}))?$/.exec(entry.toLowerCase());
    const [, host = '', wantedPort] = match ?? [];
    if (wantedPort === undefined ? protocol !== 'https:' || port !== '' : wantedPort !== actualPort)
      return false;
    return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
  });
}

/** A row that was copied to another place, or another organization, does not open there. */
function contextOf({ organizationId, id }: Place): string {
  return `connection|${organizationId}|${id}`;
}
