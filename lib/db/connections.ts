import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { requireRole, requireSystem, scopeOf } from './access.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, orConflict, parse, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

export const CONNECTION_TYPES = ['bearer', 'basic', 'header', 'query', 'oauth2', 'postgres'] as const;
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

const address = z
  .url({ protocol: /^https?$/, error: 'an address that begins with https://' })
  .max(2000)
  .refine(
    (url) => url.startsWith('https:') || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname),
    'an address that begins with https://',
  );

/** What of an oauth2 connection is no secret. */
export const oauth2Settings = z.strictObject({
  /** Where a person lets us in. */
  authorizationUrl: address,
  /** Where tokens come from. */
  tokenUrl: address,
  clientId: z.string().min(1).max(1000),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,300}$/, 'a scope, without spaces'))
    .max(100)
    .default([]),
  /** How the client says who it is: in the body, as most providers take it, or in a header. */
  clientAuth: z.enum(['body', 'header']).default('body'),
  /** Further parameters of the authorization request: `audience`, `access_type` … */
  parameters: z.record(z.string().regex(/^[a-z_]{1,50}$/), z.string().max(500)).default({}),
});
export type OAuth2Settings = z.output<typeof oauth2Settings>;

/** Of a connection whose callers give a key of their own: where that key is put. */
const keyPlace = {
  header: z.strictObject({ header: z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'a header name') }),
  query: z.strictObject({ parameter: z.string().regex(/^[^\s&=#?]{1,100}$/, 'the name of a parameter') }),
};

/** What is known of a connection beside its secret, by its type. */
export const connectionSettings = z.union([oauth2Settings, keyPlace.header, keyPlace.query]);
export type ConnectionSettings = z.output<typeof connectionSettings>;

/** What is wrong with the settings of a connection of this type; null when they fit. */
export function fitsType(
  { type, perCaller }: { type: ConnectionType; perCaller: boolean },
  settings: ConnectionSettings | null,
): string | null {
  const wanted =
    type === 'oauth2'
      ? oauth2Settings
      : perCaller && (type === 'header' || type === 'query')
        ? keyPlace[type]
        : null;
  if (!wanted) return settings === null ? null : `a connection of type ${type} has none.`;
  const { success, error } = wanted.safeParse(settings);
  if (success) return null;
  const [issue] = error.issues;
  const names = Object.keys(wanted.shape).join(', ');
  return settings === null
    ? `a connection of type ${type} needs ${names}.`
    : `${issue!.path.join('.')}: ${issue!.message}`;
}

export interface Connection {
  id: string;
  name: string;
  type: ConnectionType;
  /** The only hosts its secret may be sent to. */
  hosts: string[];
  /** What is shown of the secret. */
  preview: string;
  /** Each caller connects an account of their own. */
  perCaller: boolean;
  /** Of oauth2; and where the keys of callers are put. */
  settings: ConnectionSettings | null;
  updatedAt: Date;
}

/** With the sealed secret, for whoever sends it. */
export interface SealedConnection extends Connection {
  organizationId: string;
  projectId: string;
  secret: string;
}

const patchSchema = z.object({
  name: text(120).min(1).optional(),
  type: z.enum(CONNECTION_TYPES).optional(),
  hosts: z.array(z.string().min(1).max(255)).max(100).optional(),
  secret: z.string().min(1).max(65_536).optional(),
  preview: text(120).optional(),
  settings: connectionSettings.optional(),
});

const newConnection = patchSchema.required().extend({
  id: z.uuid().optional(),
  perCaller: z.boolean().default(false),
  settings: connectionSettings.optional(),
});

/** Stored credentials. Secrets come sealed, are never listed, and leave only through `sealed`. */
export function connectionsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const taken = 'This project already has a connection of this name.';
  const whereOf = (projectId: string, id: string) => ({
    AND: [{ id: idOf(id, 'connection'), projectId: idOf(projectId, 'project') }, scope],
  });

  return {
    /** By name. */
    async list(projectId: string): Promise<Connection[]> {
      requireRole(principal, 'viewer');
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.connection.findMany({
        where: { AND: [{ projectId: known }, scope] },
        orderBy: { name: 'asc' },
        omit: { secret: true },
      });
      return rows.map(connectionOf);
    },

    async get(projectId: string, id: string): Promise<Connection | null> {
      requireRole(principal, 'viewer');
      if (idOrNull(projectId) === null || idOrNull(id) === null) return null;
      const row = await prisma.connection.findFirst({
        where: whereOf(projectId, id),
        omit: { secret: true },
      });
      return row && connectionOf(row);
    },

    /** The id may be chosen beforehand, as the seal binds it. Throws `conflict` when the name is taken. */
    async create(projectId: string, input: z.input<typeof newConnection>): Promise<Connection> {
      requireRole(principal, 'editor');
      const { id, hosts, settings = {}, ...data } = parse(newConnection, input);
      return orConflict(taken, () =>
        database.transaction(async (tx) => {
          const project = await projectIn(tx, scope, projectId);
          const row = await tx.connection.create({
            data: {
              ...data,
              id: id ?? randomUUID(),
              hosts: JSON.stringify(hosts),
              settings: JSON.stringify(settings),
              projectId: project.id,
              organizationId: project.organizationId,
            },
          });
          await appendAudit(database, tx, principal, project.organizationId, {
            action: 'connection.create',
            target: `connection:${row.id}`,
            details: { name: row.name, type: row.type, hosts, perCaller: row.perCaller },
          });
          return connectionOf(row);
        }),
      );
    },

    /** What is left out stays. */
    async update(projectId: string, id: string, input: z.input<typeof patchSchema>): Promise<Connection> {
      requireRole(principal, 'editor');
      const { hosts, settings, ...data } = parse(patchSchema, input);
      const patch = {
        ...Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)),
        ...(hosts === undefined ? {} : { hosts: JSON.stringify(hosts) }),
        ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }),
      };
      const where = whereOf(projectId, id);
      return orConflict(taken, () =>
        database.transaction(async (tx) => {
          const { count } = await tx.connection.updateMany({ where, data: patch });
          if (count === 0) notFound('connection');
          const row = await tx.connection.findFirstOrThrow({ where, omit: { secret: true } });
          await appendAudit(database, tx, principal, row.organizationId, {
            action: 'connection.update',
            target: `connection:${row.id}`,
            details: { name: row.name, fields: Object.keys(patch) },
          });
          return connectionOf(row);
        }),
      );
    },

    async remove(projectId: string, id: string): Promise<void> {
      requireRole(principal, 'editor');
      const where = whereOf(projectId, id);
      await database.transaction(async (tx) => {
        const row =
          (await tx.connection.findFirst({ where, omit: { secret: true } })) ?? notFound('connection');
        await tx.connection.deleteMany({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'connection.delete',
          target: `connection:${row.id}`,
          details: { name: row.name },
        });
      });
    },

    /** With its sealed secret. System only; the project is the one whose workflow asks. */
    async sealed(projectId: string, id: string): Promise<SealedConnection | null> {
      requireSystem(principal);
      if (idOrNull(projectId) === null || idOrNull(id) === null) return null;
      const row = await prisma.connection.findFirst({ where: whereOf(projectId, id) });
      return (
        row && {
          ...connectionOf(row),
          organizationId: row.organizationId,
          projectId: row.projectId,
          secret: row.secret,
        }
      );
    },

    /** Every sealed secret, for changing the key. System only. */
    async allSealed(): Promise<SealedConnection[]> {
      requireSystem(principal);
      const rows = await prisma.connection.findMany({ orderBy: { id: 'asc' } });
      return rows.map((row) => ({
        ...connectionOf(row),
        organizationId: row.organizationId,
        projectId: row.projectId,
        secret: row.secret,
      }));
    },
  };
}

interface ConnectionRow {
  id: string;
  name: string;
  type: string;
  hosts: string;
  preview: string;
  perCaller: boolean;
  settings: string;
  updatedAt: Date;
}

function connectionOf(row: ConnectionRow): Connection {
  return {
    id: row.id,
    name: row.name,
    type: row.type as ConnectionType,
    hosts: JSON.parse(row.hosts) as string[],
    preview: row.preview,
    perCaller: row.perCaller,
    settings: row.settings === '{}' ? null : (JSON.parse(row.settings) as ConnectionSettings),
    updatedAt: row.updatedAt,
  };
}
