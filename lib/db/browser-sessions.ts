import { requireSelf, requireSystem } from './access.ts';
import { appendAudit } from './audit.ts';
import { idOf, notFound } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';

/** A browser in which somebody is signed in. */
export interface BrowserSession {
  id: string;
  userAgent: string;
  ipAddress: string;
  /** password or sso */
  via: string;
  createdAt: Date;
  seenAt: Date;
}

/**
 * Which sessions of a person are meant: those that the same identity provider vouched for, or all for null. A session
 * that an organization's provider gave must not see or end those of elsewhere.
 */
export type SessionRange = string | null;

const rangeOf = (within: SessionRange) => (within === null ? {} : { ssoOrganizationId: within });

/** Sessions of people. Tokens are better-auth's matter; they are stored as hashes and never read here. */
export function browserSessionsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  /** Those that are good now. */
  const living = () => ({
    expiresAt: { gt: new Date() },
    OR: [{ endsAt: null }, { endsAt: { gt: new Date() } }],
  });

  return {
    /** One's own, the last seen first. */
    async list(userId: string, within: SessionRange): Promise<BrowserSession[]> {
      requireSelf(principal, userId);
      const rows = await prisma.session.findMany({
        where: { userId: idOf(userId, 'user'), ...rangeOf(within), ...living() },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      });
      return rows
        .map((row) => ({
          id: row.id,
          userAgent: row.userAgent ?? '',
          ipAddress: row.ipAddress ?? '',
          via: row.via,
          createdAt: row.createdAt,
          seenAt: row.seenAt ?? row.createdAt,
        }))
        .sort((a, b) => b.seenAt.getTime() - a.seenAt.getTime());
    },

    /** Ends one of one's own. Throws `not_found` for any other. */
    async end(userId: string, id: string, within: SessionRange): Promise<void> {
      requireSelf(principal, userId);
      const where = { id: idOf(id, 'session'), userId, ...rangeOf(within) };
      await database.transaction(async (tx) => {
        const { count } = await tx.session.deleteMany({ where });
        if (count === 0) notFound('session');
        if (principal.type !== 'user') return;
        await appendAudit(database, tx, principal, principal.organizationId, {
          action: 'session.end',
          target: `user:${userId}`,
          details: { session: id },
        });
      });
    },

    /** Ends all of one's own but this one. */
    async endOthers(userId: string, keep: string, within: SessionRange): Promise<void> {
      requireSelf(principal, userId);
      await database.transaction(async (tx) => {
        const where = { userId: idOf(userId, 'user'), id: { not: idOf(keep, 'session') } };
        const { count } = await tx.session.deleteMany({ where: { ...where, ...rangeOf(within) } });
        if (principal.type !== 'user') return;
        await appendAudit(database, tx, principal, principal.organizationId, {
          action: 'session.end_others',
          target: `user:${userId}`,
          details: { ended: count },
        });
      });
    },

    /** Whether it has not ended. System only. */
    async isLiving(id: string): Promise<boolean> {
      requireSystem(principal);
      return (await prisma.session.count({ where: { id: idOf(id, 'session'), ...living() } })) === 1;
    },

    /** Notes that it was used. System only. */
    async touch(id: string, at: Date): Promise<void> {
      requireSystem(principal);
      await prisma.session.updateMany({ where: { id: idOf(id, 'session') }, data: { seenAt: at } });
    },

    /**
     * Whether it is due for another token, and it is the caller who gives it: of several that ask at once one is told
     * so. The old one is good for `graceMs` more, for what is under way. System only.
     */
    async takeRenewal(id: string, graceMs: number): Promise<boolean> {
      requireSystem(principal);
      const { count } = await prisma.session.updateMany({
        where: { id: idOf(id, 'session'), renew: true },
        data: { renew: false, endsAt: new Date(Date.now() + graceMs) },
      });
      return count === 1;
    },

    /** Removes those that are over. System only. */
    async prune(): Promise<number> {
      requireSystem(principal);
      const now = new Date();
      const { count } = await prisma.session.deleteMany({
        where: { OR: [{ expiresAt: { lt: now } }, { endsAt: { lt: now } }] },
      });
      return count;
    },
  };
}

/** Inside a transaction that changes what a person may do: each of their sessions gets another token at its next use. */
export async function renewSessions(tx: Tx, userId: string): Promise<void> {
  await tx.session.updateMany({ where: { userId }, data: { renew: true } });
}
