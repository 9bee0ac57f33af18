import { requireSystem } from './access.ts';
import { appendAudit, NO_ORGANIZATION } from './audit.ts';
import { isUniqueViolation } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';

/** The key that all derived keys come from: of the installation, not of an organization. */
export const ROOT_KEY = 'root';

/** A key that seals stored secrets, itself sealed by a master key. */
export interface SealingKey {
  id: string;
  /** Null for the root. */
  organizationId: string | null;
  /** Id of the master key in whose time it was made. */
  generation: string;
  /** Id of the master key that seals it now. */
  masterKey: string;
  wrapped: string;
}

/** Keys of keys. System only. */
export function sealingKeysOf(database: Database, principal: Principal) {
  const { prisma } = database;
  requireSystem(principal);

  return {
    async root(): Promise<SealingKey | null> {
      return prisma.sealingKey.findUnique({ where: { id: ROOT_KEY } });
    },

    /** Null as well where it is the key of another organization. */
    async get(id: string, organizationId: string): Promise<SealingKey | null> {
      return prisma.sealingKey.findFirst({ where: { id, organizationId } });
    },

    async ofGeneration(organizationId: string, generation: string): Promise<SealingKey | null> {
      return prisma.sealingKey.findUnique({
        where: { organizationId_generation: { organizationId, generation } },
      });
    },

    /** False where another process was first. */
    async add(key: SealingKey): Promise<boolean> {
      try {
        await prisma.sealingKey.create({ data: key });
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },

    /** Keys that another master key than this one seals, the root left out. */
    async notUnder(masterKey: string, limit: number): Promise<SealingKey[]> {
      return prisma.sealingKey.findMany({
        where: { masterKey: { not: masterKey }, id: { not: ROOT_KEY } },
        orderBy: { id: 'asc' },
        take: limit,
      });
    },

    /** Puts the key under another master key; false where somebody else did. */
    async rewrap(
      { id, wrapped: before }: SealingKey,
      { masterKey, wrapped }: Pick<SealingKey, 'masterKey' | 'wrapped'>,
    ): Promise<boolean> {
      const { count } = await prisma.sealingKey.updateMany({
        where: { id, wrapped: before },
        data: { masterKey, wrapped },
      });
      return count === 1;
    },

    /** Puts the root under another master key, which begins its time; false where somebody else did. */
    async rewrapRoot(
      before: SealingKey,
      { masterKey, wrapped }: Pick<SealingKey, 'masterKey' | 'wrapped'>,
    ): Promise<boolean> {
      return database.transaction(async (tx) => {
        const { count } = await tx.sealingKey.updateMany({
          where: { id: ROOT_KEY, wrapped: before.wrapped },
          data: { masterKey, wrapped, generation: masterKey },
        });
        if (count === 0) return false;
        await appendAudit(database, tx, principal, NO_ORGANIZATION, {
          action: 'encryption.rotate',
          details: { from: before.masterKey, to: masterKey },
        });
        return true;
      });
    },

    /** Whether nothing is stored yet that a key was needed for. */
    async isNew(): Promise<boolean> {
      const counts = [prisma.user.count(), prisma.apiKey.count(), prisma.connection.count()];
      return (await Promise.all(counts)).every((count) => count === 0);
    },
  };
}
