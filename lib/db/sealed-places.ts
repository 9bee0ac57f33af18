import { requireSystem } from './access.ts';
import type { Database } from './database.ts';
import type { PrismaClient } from './gen/sqlite/client.ts';
import type { Principal } from './principal.ts';

/** A sealed value where it is stored. */
export interface SealedValue {
  /** Of the row. */
  id: string;
  organizationId: string;
  sealed: string;
}

interface SealedColumn {
  /** Rows after `after` whose value does not begin with `prefix`, by id. */
  stale(prisma: PrismaClient, at: StaleAfter): Promise<SealedValue[]>;
  /** How many rows were changed: none where the value is another one by now. */
  replace(prisma: PrismaClient, value: SealedValue, sealed: string): Promise<{ count: number }>;
}

interface StaleAfter {
  prefix: string;
  after: string;
  limit: number;
}

/**
 * Every column that holds what `Vault.seal` made, under the name that binds the value to it. Who adds a column adds a
 * line here: a change of the master key finds all there is to seal anew in this list, and what is not in it is lost
 * when the old key is thrown away. The names are part of the seal and stay as they are.
 *
 * Not in it, as they are never stored or come from the root key, which a change of the master key keeps: hashes of API
 * keys, ids of sessions, links, request states, and secrets of second factors, which belong to a person.
 */
const COLUMNS = {
  'connection.secret': {
    async stale(prisma, { prefix, after, limit }) {
      const rows = await prisma.connection.findMany({
        where: { id: { gt: after }, NOT: { secret: { startsWith: prefix } } },
        select: { id: true, organizationId: true, secret: true },
        orderBy: { id: 'asc' },
        take: limit,
      });
      return rows.map(({ secret, ...row }) => ({ ...row, sealed: secret }));
    },
    replace: (prisma, { id, sealed: secret }, sealed) =>
      prisma.connection.updateMany({ where: { id, secret }, data: { secret: sealed } }),
  },
  'trigger.secret': {
    async stale(prisma, { prefix, after, limit }) {
      const rows = await prisma.trigger.findMany({
        where: { id: { gt: after }, secret: { not: null }, NOT: { secret: { startsWith: prefix } } },
        select: { id: true, organizationId: true, secret: true },
        orderBy: { id: 'asc' },
        take: limit,
      });
      return rows.map(({ secret, ...row }) => ({ ...row, sealed: secret! }));
    },
    replace: (prisma, { id, sealed: secret }, sealed) =>
      prisma.trigger.updateMany({ where: { id, secret }, data: { secret: sealed } }),
  },
  'single_sign_on.secret': {
    async stale(prisma, { prefix, after, limit }) {
      const rows = await prisma.singleSignOn.findMany({
        where: { organizationId: { gt: after }, NOT: { clientSecret: { startsWith: prefix } } },
        select: { organizationId: true, clientSecret: true },
        orderBy: { organizationId: 'asc' },
        take: limit,
      });
      return rows.map(({ organizationId, clientSecret }) => ({
        id: organizationId,
        organizationId,
        sealed: clientSecret,
      }));
    },
    replace: (prisma, { id: organizationId, sealed: clientSecret }, sealed) =>
      prisma.singleSignOn.updateMany({
        where: { organizationId, clientSecret },
        data: { clientSecret: sealed },
      }),
  },
  'connected_account.secret': {
    async stale(prisma, { prefix, after, limit }) {
      const rows = await prisma.connectedAccount.findMany({
        where: { id: { gt: after }, NOT: { secret: { startsWith: prefix } } },
        select: { id: true, organizationId: true, secret: true },
        orderBy: { id: 'asc' },
        take: limit,
      });
      return rows.map(({ secret, ...row }) => ({ ...row, sealed: secret }));
    },
    replace: (prisma, { id, sealed: secret }, sealed) =>
      prisma.connectedAccount.updateMany({ where: { id, secret }, data: { secret: sealed } }),
  },
} satisfies Record<string, SealedColumn>;

/** What a sealed value is: part of the seal. */
export type SealedField = keyof typeof COLUMNS;

export const SEALED_FIELDS = Object.keys(COLUMNS) as SealedField[];

/** All that is sealed, whoever it belongs to. System only. */
export function sealedPlacesOf(database: Database, principal: Principal) {
  requireSystem(principal);
  const column = (field: SealedField): SealedColumn => COLUMNS[field];

  return {
    /** Values that do not begin with `prefix`, by the id of their row; those after `after`. */
    stale: (field: SealedField, at: StaleAfter): Promise<SealedValue[]> =>
      column(field).stale(database.prisma, at),

    /** False where the value was changed meanwhile, or is gone. */
    async replace(field: SealedField, value: SealedValue, sealed: string): Promise<boolean> {
      const { count } = await column(field).replace(database.prisma, value, sealed);
      return count === 1;
    },
  };
}
