import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { requireRole, requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';

/** Whose account it is when it is the one of the project. */
export const PROJECT_ACCOUNT = '';

/** An account that is used in somebody's name. The secret is sealed. */
export interface ConnectedAccount {
  id: string;
  organizationId: string;
  connectionId: string;
  /** `PROJECT_ACCOUNT` for all callers alike. */
  userId: string;
  secret: string;
  preview: string;
  /** Of an access token. */
  expiresAt: Date | null;
}

/** What a person sees of an account that they connected. */
export interface OwnAccount {
  id: string;
  connection: { id: string; name: string };
  project: { slug: string; name: string };
  preview: string;
  createdAt: Date;
}

const newAccount = z.object({
  id: z.uuid(),
  organizationId: z.string(),
  connectionId: z.string(),
  userId: z.string().max(100),
  secret: z.string().min(1).max(65_536),
  preview: text(120),
  expiresAt: z.date().nullable(),
});

/** Accounts that people, or projects, connected. */
export function connectedAccountsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const ownId = (): string => {
    if (principal.type !== 'user') throw new AppError('forbidden', 'Only a member may do this.');
    return principal.userId;
  };

  return {
    /** System only: for whoever sends it. */
    async find(connectionId: string, userId: string): Promise<ConnectedAccount | null> {
      requireSystem(principal);
      if (idOrNull(connectionId) === null) return null;
      return prisma.connectedAccount.findUnique({
        where: { connectionId_userId: { connectionId, userId } },
        omit: { createdAt: true, updatedAt: true },
      });
    },

    /** The id an account is stored under, to which its seal is bound: that of the one before, or a new one. System only. */
    async idFor(connectionId: string, userId: string): Promise<string> {
      return (await this.find(connectionId, userId))?.id ?? randomUUID();
    },

    /** Puts an account in the place of the one before. System only; `by`: who connected it. */
    async save(account: z.input<typeof newAccount>, by: Principal): Promise<void> {
      requireSystem(principal);
      const { id, connectionId, userId, ...data } = parse(newAccount, account);
      await database.transaction(async (tx) => {
        const connection =
          (await tx.connection.findUnique({ where: { id: connectionId }, omit: { secret: true } })) ??
          notFound('connection');
        const row = await tx.connectedAccount.upsert({
          where: { connectionId_userId: { connectionId, userId } },
          create: { ...data, id, connectionId, userId },
          update: data,
        });
        // Another process was first: what was sealed for the other id would not open.
        if (row.id !== id)
          throw new AppError('conflict', 'The account is being connected already. Try again.');
        await appendAudit(database, tx, by, connection.organizationId, {
          action: 'account.connect',
          target: `connection:${connectionId}`,
          details: { name: connection.name, for: userId === PROJECT_ACCOUNT ? 'project' : userId },
        });
      });
    },

    /** Stores tokens that took the place of `before`; false when somebody else stored others meanwhile. System only. */
    async renew(
      { id, secret: before }: Pick<ConnectedAccount, 'id' | 'secret'>,
      data: Pick<ConnectedAccount, 'secret' | 'expiresAt'>,
    ): Promise<boolean> {
      requireSystem(principal);
      const { count } = await prisma.connectedAccount.updateMany({ where: { id, secret: before }, data });
      return count === 1;
    },

    /** The provider does not take it any more. System only. */
    async drop({ id, secret }: Pick<ConnectedAccount, 'id' | 'secret'>): Promise<void> {
      requireSystem(principal);
      await prisma.connectedAccount.deleteMany({ where: { id, secret } });
    },

    /** The principal's own, newest first. */
    async own(): Promise<OwnAccount[]> {
      requireRole(principal, 'viewer');
      const rows = await prisma.connectedAccount.findMany({
        where: { AND: [{ userId: ownId() }, organizationOf(principal)] },
        select: {
          id: true,
          preview: true,
          createdAt: true,
          connection: { select: { id: true, name: true, project: { select: { slug: true, name: true } } } },
        },
        orderBy: { createdAt: 'desc' },
      });
      return rows.map(({ connection: { project, ...connection }, ...row }) => ({
        ...row,
        connection,
        project,
      }));
    },

    /** Forgets one of the principal's own. */
    async removeOwn(id: string): Promise<void> {
      requireRole(principal, 'viewer');
      const where = { AND: [{ id: idOf(id, 'account'), userId: ownId() }, organizationOf(principal)] };
      await database.transaction(async (tx) => {
        const row =
          (await tx.connectedAccount.findFirst({
            where,
            include: { connection: { select: { name: true } } },
          })) ?? notFound('account');
        await tx.connectedAccount.deleteMany({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'account.disconnect',
          target: `connection:${row.connectionId}`,
          details: { name: row.connection.name },
        });
      });
    },

    /** How many the connections of a project have, by the connection's id. */
    async counts(projectId: string): Promise<Map<string, number>> {
      requireRole(principal, 'viewer');
      if (idOrNull(projectId) === null) return new Map();
      const rows = await prisma.connectedAccount.groupBy({
        by: ['connectionId'],
        where: { connection: { AND: [{ projectId }, scopeOf(principal)] } },
        _count: true,
      });
      return new Map(rows.map(({ connectionId, _count }) => [connectionId, _count]));
    },

    /** Forgets the accounts of a connection, as what they were good for has changed. Editors. */
    async removeAll(projectId: string, id: string): Promise<void> {
      requireRole(principal, 'editor');
      const where = {
        AND: [{ id: idOf(id, 'connection'), projectId: idOf(projectId, 'project') }, scopeOf(principal)],
      };
      await database.transaction(async (tx) => {
        const connection =
          (await tx.connection.findFirst({ where, omit: { secret: true } })) ?? notFound('connection');
        const { count } = await tx.connectedAccount.deleteMany({ where: { connectionId: connection.id } });
        if (count === 0) return;
        await appendAudit(database, tx, principal, connection.organizationId, {
          action: 'account.forget',
          target: `connection:${connection.id}`,
          details: { name: connection.name, accounts: count },
        });
      });
    },
  };
}

function organizationOf(principal: Principal): { organizationId?: string } {
  const { organizationId } = scopeOf(principal);
  return organizationId === undefined ? {} : { organizationId };
}
