import * as z from 'zod';
import { requireSelf, requireSystem } from './access.ts';
import { type AuditEntry, appendAudit, NO_ORGANIZATION } from './audit.ts';
import { idOf, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';

/** Somebody who may sign in. */
export interface Person {
  userId: string;
  name: string;
  email: string;
  /** PHC string; null for who has no password. */
  password: string | null;
}

const PROVIDER = 'credential';
const emailSchema = z.string().max(200);

/** Passwords of people, as hashes. */
export function credentialsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const personWhere = async (where: { id: string } | { email: string }): Promise<Person | null> => {
    const row = await prisma.user.findUnique({
      where,
      include: { accounts: { where: { providerId: PROVIDER }, select: { password: true } } },
    });
    if (!row) return null;
    const { id, name, email } = row;
    return { userId: id, name, email, password: row.accounts[0]?.password ?? null };
  };

  /** Who is told: the organization in which it was done, or all of that person where nobody was signed in. */
  const toldOf = async (tx: Tx, userId: string): Promise<string[]> => {
    if (principal.type === 'user') return [principal.organizationId];
    const rows = await tx.member.findMany({ where: { userId }, select: { organizationId: true } });
    return rows.length > 0 ? rows.map(({ organizationId }) => organizationId) : [NO_ORGANIZATION];
  };

  return {
    /** Whose address this is. System only. */
    async byEmail(email: string): Promise<Person | null> {
      requireSystem(principal);
      const address = emailSchema.safeParse(email);
      return address.success ? personWhere({ email: address.data.trim().toLowerCase() }) : null;
    },

    /** One's own, or anybody's for the system. */
    async find(userId: string): Promise<Person | null> {
      requireSelf(principal, userId);
      return personWhere({ id: idOf(userId, 'user') });
    },

    /** The same password, hashed at the cost of today; unless it was changed meanwhile. System only. */
    async rehash(userId: string, from: string, to: string): Promise<void> {
      requireSystem(principal);
      await prisma.account.updateMany({
        where: { userId: idOf(userId, 'user'), providerId: PROVIDER, password: from },
        data: { password: to },
      });
    },

    /**
     * Sets the password, ends every session of that person, and forgets trusted browsers and links for a new password:
     * whatever was got by the old one is worth nothing.
     */
    async set(userId: string, hash: string, entry: AuditEntry): Promise<void> {
      requireSelf(principal, userId);
      const id = idOf(userId, 'user');
      const password = parse(text(500).min(1), hash);
      await database.transaction(async (tx) => {
        const where = { userId: id, providerId: PROVIDER };
        const { count } = await tx.account.updateMany({ where, data: { password } });
        if (count === 0) await tx.account.create({ data: { ...where, accountId: id, password } });
        await tx.session.deleteMany({ where: { userId: id } });
        await tx.trustedBrowser.deleteMany({ where: { userId: id } });
        await tx.signInTicket.deleteMany({ where: { userId: id } });
        for (const organizationId of await toldOf(tx, id)) {
          await appendAudit(database, tx, principal, organizationId, entry);
        }
      });
    },
  };
}
