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
  oauth2: z.strictObject({
    /** Empty for a client that has none. */
    clientSecret: z.string().max(10_000),
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

type HttpSecret = Exclude<z.output<(typeof shapes)[ConnectionType]>, PostgresSecret>;

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
  return { secret: sealed, preview: previewOf(value) };
}

/** What may be shown of a secret: its end, where it is long enough, and what is no secret. */
function previewOf(value: HttpSecret): string {
  const shown =
    'token' in value
      ? value.token
      : 'password' in value
        ? value.password
        : 'clientSecret' in value
          ? value.clientSecret
          : value.value;
  const preview = shown.length >= 12 ? `…${shown.slice(-4)}` : '…';
  const before =
    'username' in value
      ? `${value.username.slice(0, 60)}:`
      : 'header' in value
        ? `${value.header}: `
        : 'parameter' in value
          ? `${value.parameter}=`
          : '';
  return `${before}${preview}`;
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
  return credentialOf(connection.type, JSON.parse(text) as unknown);
}

/** What carries a secret of this type; null where it goes along with no request. */
function credentialOf(type: ConnectionType, secret: unknown): Credential | null {
  if (type !== 'query') {
    const headers = headersOf(type, secret);
    return headers && { headers, query: {} };
  }
  const { parameter, value } = shapes.query.parse(secret);
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
    case 'oauth2':
    case 'postgres':
      return null;
  }
}

/** What a client of an identity provider shows beside its id; null while there is nothing. */
export async function clientSecret(vault: Vault, connection: SealedConnection): Promise<string | null> {
  const text = await vault.open(placeOf(connection), connection.secret);
  return text === UNBOUND ? null : shapes.oauth2.parse(JSON.parse(text)).clientSecret;
}

/**
 * A secret that somebody gave for a connection of callers' own, as it is stored: with where it goes. Throws
 * `bad_request` when it does not fit the type.
 */
export function accountSecret(
  { type, settings }: Pick<SealedConnection, 'type' | 'settings'>,
  given: Record<string, string>,
): { text: string; preview: string } {
  const parsed = shapes[type].safeParse({ ...settings, ...given });
  if (!parsed.success || type === 'oauth2' || 'database' in parsed.data) {
    throw new AppError('bad_request', 'The key is missing, or it is longer than a key can be.');
  }
  return { text: JSON.stringify(parsed.data), preview: previewOf(parsed.data as HttpSecret) };
}

/** What carries the secret of an account that somebody connected, not by oauth2. */
export function accountKeyCredential(type: ConnectionType, text: string): Credential | null {
  return credentialOf(type, JSON.parse(text) as unknown);
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

/** What a connection of the type `basic` holds; null for any other, and while there is nothing. */
export async function basicSecret(
  vault: Vault,
  connection: SealedConnection,
): Promise<{ username: string; password: string } | null> {
  if (connection.type !== 'basic') return null;
  const text = await vault.open(placeOf(connection), connection.secret);
  return text === UNBOUND ? null : shapes.basic.parse(JSON.parse(text));
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
