import * as z from 'zod';
import { projectScopeOf, requireSystem, scopeOf } from './access.ts';
import { idOrNull, parse } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

const sessionSchema = z.object({ name: z.string().regex(/^[\w-]{1,64}$/), expiresAt: z.date() });

/** Of one project: to change sessions costs whoever may call it nothing. */
const MOST_OF_PROJECT = 100_000;

/** Which session, and when its id is no longer good. */
export interface SessionMark {
  name: string;
  expiresAt: Date;
}

/** What changed of a session since it began. */
export interface ChangedSession {
  /** The least urgent level of log messages that it wants; null when it did not say. */
  logLevel: string | null;
  endedAt: Date | null;
}

/** Sessions of 2025 clients that changed something, for as long as their ids are good. */
export function mcpSessionsOf(database: Database, principal: Principal) {
  const { prisma } = database;

  return {
    /** Null for a session that changed nothing, or is not of this project. */
    async find(projectId: string, name: string): Promise<ChangedSession | null> {
      const [known, session] = [idOrNull(projectId), idOrNull(name)];
      if (known === null || session === null) return null;
      return prisma.mcpSession.findFirst({
        where: { name: session, projectId: known, project: projectScopeOf(principal) },
        select: { logLevel: true, endedAt: true },
      });
    },

    /** Throws `not_found` for a project that is not the principal's. */
    async setLogLevel(projectId: string, mark: SessionMark, logLevel: string): Promise<void> {
      const { name, expiresAt } = parse(sessionSchema, mark);
      const { id } = await projectIn(prisma, scopeOf(principal), projectId);
      await prisma.mcpSession.upsert({
        where: { name, projectId: id },
        create: { name, projectId: id, expiresAt, logLevel },
        update: { logLevel },
      });
    },

    /** Ends it, and what it was subscribed to. Throws `not_found` as `setLogLevel`. */
    async end(projectId: string, mark: SessionMark): Promise<void> {
      const { name, expiresAt } = parse(sessionSchema, mark);
      const { id } = await projectIn(prisma, scopeOf(principal), projectId);
      const endedAt = new Date();
      await prisma.$transaction([
        prisma.mcpSession.upsert({
          where: { name, projectId: id },
          create: { name, projectId: id, expiresAt, endedAt },
          update: { endedAt },
        }),
        prisma.resourceSubscription.deleteMany({ where: { projectId: id, session: name } }),
      ]);
    },

    /** Deletes those whose ids are no longer good, and the oldest of a project that has too many. System only. */
    async prune(most = MOST_OF_PROJECT): Promise<number> {
      requireSystem(principal);
      const old = await prisma.mcpSession.deleteMany({ where: { expiresAt: { lt: new Date() } } });
      let count = old.count;
      const full = await prisma.mcpSession.groupBy({
        by: ['projectId'],
        having: { name: { _count: { gt: most } } },
      });
      for (const { projectId } of full) {
        const first = await prisma.mcpSession.findFirst({
          where: { projectId },
          orderBy: { expiresAt: 'desc' },
          skip: most,
          select: { expiresAt: true },
        });
        if (!first) continue;
        const where = { projectId, expiresAt: { lte: first.expiresAt } };
        count += (await prisma.mcpSession.deleteMany({ where })).count;
      }
      return count;
    },
  };
}
