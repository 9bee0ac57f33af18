import { requireSelf, requireSystem } from './access.ts';
import { AppError } from './app-error.ts';
import { type AuditEntry, appendAudit } from './audit.ts';
import { idOf, notFound } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';

export interface StoredTwoFactor {
  /** Sealed. */
  secret: string;
  enabledAt: Date | null;
  lastStep: number;
}

/** A browser that is not asked for a second factor. */
export interface TrustedBrowser {
  id: string;
  userAgent: string;
  ipAddress: string;
  createdAt: Date;
  expiresAt: Date;
}

/** Second factors of people. Each is its owner's alone; the system reads it on the way to a session. */
export function twoFactorOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const note = async (tx: Tx, entry: AuditEntry) => {
    if (principal.type !== 'user') return;
    await appendAudit(database, tx, principal, principal.organizationId, entry);
  };
  const replaceCodes = async (tx: Tx, userId: string, hashes: readonly string[]) => {
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await tx.recoveryCode.createMany({ data: hashes.map((hash) => ({ userId, hash })) });
  };

  return {
    /** Null for who began none. */
    async find(userId: string): Promise<StoredTwoFactor | null> {
      requireSelf(principal, userId);
      return prisma.twoFactor.findUnique({
        where: { userId: idOf(userId, 'user') },
        select: { secret: true, enabledAt: true, lastStep: true },
      });
    },

    /** How many recovery codes are left. */
    async codesLeft(userId: string): Promise<number> {
      requireSelf(principal, userId);
      return prisma.recoveryCode.count({ where: { userId: idOf(userId, 'user'), usedAt: null } });
    },

    /** Keeps a secret that no code has proved yet. Throws `conflict` when one is in use already. */
    async begin(userId: string, secret: string): Promise<void> {
      requireSelf(principal, userId);
      const id = idOf(userId, 'user');
      await database.transaction(async (tx) => {
        await database.lock(tx, `two-factor:${id}`);
        const { count } = await tx.twoFactor.deleteMany({ where: { userId: id, enabledAt: null } });
        if (count === 0 && (await tx.twoFactor.count({ where: { userId: id } })) > 0) {
          throw new AppError('conflict', 'Two-factor is on already. Turn it off first.');
        }
        await tx.twoFactor.create({ data: { userId: id, secret } });
      });
    },

    /** From now on it is asked for. False when it was on already. */
    async enable(userId: string, step: number, codes: readonly string[]): Promise<boolean> {
      requireSelf(principal, userId);
      const id = idOf(userId, 'user');
      return database.transaction(async (tx) => {
        const { count } = await tx.twoFactor.updateMany({
          where: { userId: id, enabledAt: null },
          data: { enabledAt: new Date(), lastStep: step },
        });
        if (count === 0) return false;
        await replaceCodes(tx, id, codes);
        await note(tx, { action: 'account.two_factor_on', target: `user:${id}` });
        return true;
      });
    },

    async renewCodes(userId: string, codes: readonly string[]): Promise<void> {
      requireSelf(principal, userId);
      const id = idOf(userId, 'user');
      await database.transaction(async (tx) => {
        await replaceCodes(tx, id, codes);
        await note(tx, { action: 'account.recovery_codes', target: `user:${id}` });
      });
    },

    /** Removes secret, recovery codes and trusted browsers. */
    async disable(userId: string): Promise<void> {
      requireSelf(principal, userId);
      const where = { userId: idOf(userId, 'user') };
      await database.transaction(async (tx) => {
        await tx.twoFactor.deleteMany({ where });
        await tx.recoveryCode.deleteMany({ where });
        await tx.trustedBrowser.deleteMany({ where });
        await note(tx, { action: 'account.two_factor_off', target: `user:${userId}` });
      });
    },

    /** Uses a code of the app up: no code of this half minute or an earlier one is taken again. */
    async spendStep(userId: string, step: number): Promise<boolean> {
      requireSelf(principal, userId);
      const { count } = await prisma.twoFactor.updateMany({
        where: { userId: idOf(userId, 'user'), enabledAt: { not: null }, lastStep: { lt: step } },
        data: { lastStep: step },
      });
      return count === 1;
    },

    /** Uses a recovery code up. Of many that try at once, one is told true. */
    async spendCode(userId: string, hash: string): Promise<boolean> {
      requireSelf(principal, userId);
      const { count } = await prisma.recoveryCode.updateMany({
        where: { userId: idOf(userId, 'user'), hash, usedAt: null },
        data: { usedAt: new Date() },
      });
      return count === 1;
    },

    /** Asks this browser no more until it expires. System only. */
    async trust(
      userId: string,
      browser: { hash: string; userAgent: string; ipAddress: string; expiresAt: Date },
    ): Promise<void> {
      requireSystem(principal);
      await prisma.trustedBrowser.create({ data: { userId: idOf(userId, 'user'), ...browser } });
    },

    /** Whether a browser is not to be asked. System only. */
    async isTrusted(userId: string, hash: string): Promise<boolean> {
      requireSystem(principal);
      const where = { userId: idOf(userId, 'user'), hash, expiresAt: { gt: new Date() } };
      return (await prisma.trustedBrowser.count({ where })) === 1;
    },

    /** One's own trusted browsers, newest first. */
    async browsers(userId: string): Promise<TrustedBrowser[]> {
      requireSelf(principal, userId);
      return prisma.trustedBrowser.findMany({
        where: { userId: idOf(userId, 'user'), expiresAt: { gt: new Date() } },
        orderBy: { createdAt: 'desc' },
        select: { id: true, userAgent: true, ipAddress: true, createdAt: true, expiresAt: true },
      });
    },

    /** Asks this browser again. Throws `not_found` for one that is not one's own. */
    async forgetBrowser(userId: string, id: string): Promise<void> {
      requireSelf(principal, userId);
      await database.transaction(async (tx) => {
        const where = { id: idOf(id, 'browser'), userId: idOf(userId, 'user') };
        const { count } = await tx.trustedBrowser.deleteMany({ where });
        if (count === 0) notFound('browser');
        await note(tx, { action: 'account.forget_browser', target: `user:${userId}` });
      });
    },

    /** Removes trusted browsers that have expired. System only. */
    async prune(): Promise<number> {
      requireSystem(principal);
      const { count } = await prisma.trustedBrowser.deleteMany({ where: { expiresAt: { lt: new Date() } } });
      return count;
    },
  };
}
