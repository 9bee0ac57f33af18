import * as z from 'zod';
import type { SealedPlace, Vault } from '#lib/auth/vault.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { ConnectionType, SealedConnection } from '#lib/db/connections.ts';

const shapes = {
  bearer: z.strictObject({ token: z.string().min(1).max(10_000) }),
  basic: z.strictObject({ username: z.string().min(1).max(1000), password: z.string().max(10_000) }),
  header: z.strictObject({
    header: z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'a header name'),
    value: z.string().min(1).max(10_000),
  }),
  query: z.strictObject({
    parameter: z.string().regex(/^[^\s&=#?]{1,100}$/, 'the name of a parameter'),
    value: z.string().min(1).max(10_000),
  }),
  postgres: z.strictObject({
    /** A name or an address; IPv6 without brackets. */
    host: z.string().regex(/^[A-Za-z0-9._:-]{1,253}$/, 'a host name or an address'),
    port: z.int().min(1).max(65_535).default(5432),
    database: z.string().min(1).max(63),
    user: z.string().min(1).max(63),
    password: z.string().max(10_000),
    tls: z.enum(['verify', 'require', 'off']).default('verify'),
  }),
} satisfies Record<ConnectionType, z.ZodType>;

/** What a connection of the type `postgres` holds. */
export type PostgresSecret = z.output<typeof shapes.postgres>;

/** What is sealed for a connection that was imported and has no secret yet. */
const UNBOUND = 'null';

type Place = { organizationId: string; id: string };

/** Seals a secret for its place, and says what may be shown of it, and the hosts where it names them itself. Throws `bad_request` when it is of another type. */
export async function sealConnection(
  vault: Vault,
  place: Place,
  { type, secret }: { type: ConnectionType; secret: unknown },
): Promise<{ secret: string; preview: string; hosts?: string[] }> {
  const parsed = shapes[type].safeParse(secret);
  if (!parsed.success) {
    const fields = Object.keys(shapes[type].shape).join(' and ');
    throw new AppError('bad_request', `secret: a connection of type ${type} has ${fields}.`);
  }
  const value = parsed.data;
  const sealed = await vault.seal(placeOf(place), JSON.stringify(value));
  if ('database' in value) {
    const { host, port, database, user } = value;
    const server = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    // Where it may be used is part of the secret: it is for that one server.
    return {
      secret: sealed,
      preview: `${user}@${server}/${database}`.slice(0, 120),
      hosts: [server.toLowerCase()],
    };
  }
  const shown = 'token' in value ? value.token : 'password' in value ? value.password : value.value;
  const preview = shown.length >= 12 ? `…${shown.slice(-4)}` : '…';
  const before =
    'username' in value
      ? `${value.username.slice(0, 60)}:`
      : 'header' in value
        ? `${value.header}: `
        : 'parameter' in value
          ? `${value.parameter}=`
          : '';
  return { secret: sealed, preview: `${before}${preview}` };
}

/** The sealed form of "none yet". */
export function sealUnbound(vault: Vault, place: Place): Promise<string> {
  return vault.seal(placeOf(place), UNBOUND);
}

/** How a credential goes along with a request. */
export interface Credential {
  headers: Record<string, string>;
  /** Of the address. */
  query: Record<string, string>;
}

/** What carries the credential; null while there is none, or when it is none for HTTP. */
export async function httpCredential(vault: Vault, connection: SealedConnection): Promise<Credential | null> {
  const text = await vault.open(placeOf(connection), connection.secret);
  if (text === UNBOUND) return null;
  if (connection.type !== 'query') {
    const headers = headersOf(connection.type, JSON.parse(text) as unknown);
    return headers && { headers, query: {} };
  }
  const { parameter, value } = shapes.query.parse(JSON.parse(text));
  return { headers: {}, query: { [parameter]: value } };
}

function headersOf(type: Exclude<ConnectionType, 'query'>, value: unknown): Record<string, string> | null {
  switch (type) {
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
    case 'postgres':
      return null;
  }
}

/** Whether the secret opens with the keys at hand. */
export async function opensSecret(vault: Vault, connection: SealedConnection): Promise<boolean> {
  try {
    await vault.open(placeOf(connection), connection.secret);
    return true;
  } catch {
    return false;
  }
}

/** What a connection of the type `postgres` holds; null while there is nothing. */
export async function postgresSecret(
  vault: Vault,
  connection: SealedConnection,
): Promise<PostgresSecret | null> {
  const text = await vault.open(placeOf(connection), connection.secret);
  return text === UNBOUND ? null : shapes.postgres.parse(JSON.parse(text));
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
function placeOf({ organizationId, id }: Place): SealedPlace {
  return { organizationId, id, field: 'connection.secret' };
}
