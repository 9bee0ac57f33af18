import * as z from 'zod';
import { projectScopeOf, requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { idOrNull, parse, sha256, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** URIs that one session may be told of. */
export const MAX_SUBSCRIPTIONS = 100;

/** Sessions in one read: databases take only so many values. */
const SESSIONS_AT_ONCE = 500;

const newSubscription = z.object({ session: z.string().min(1).max(200), uri: text(2000).min(1) });

/** What 2025 sessions asked to be told of, for as long as they last. */
export function resourceSubscriptionsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const where = (projectId: string, session: string) => ({
    projectId,
    session,
    project: projectScopeOf(principal),
  });

  return {
    /** Throws `not_found` for a project that is not the principal's, `too_many` past 100. */
    async add(projectId: string, input: { session: string; uri: string; expiresAt: Date }): Promise<void> {
      const { session, uri } = parse(newSubscription, input);
      const { expiresAt } = input;
      const project = await projectIn(prisma, scopeOf(principal), projectId);
      const key = { session, uriHash: sha256(uri) };
      const count = await prisma.resourceSubscription.count({
        where: { session, uriHash: { not: key.uriHash } },
      });
      if (count >= MAX_SUBSCRIPTIONS) {
        throw new AppError('too_many', `A session is subscribed to at most ${MAX_SUBSCRIPTIONS} resources.`);
      }
      await prisma.resourceSubscription.upsert({
        where: { session_uriHash: key },
        create: { ...key, projectId: project.id, uri, expiresAt },
        update: { expiresAt },
      });
    },

    /** Throws `not_found` as `add`. */
    async remove(projectId: string, session: string, uri: string): Promise<void> {
      const { id } = await projectIn(prisma, scopeOf(principal), projectId);
      await prisma.resourceSubscription.deleteMany({
        where: { ...where(id, session), uriHash: sha256(uri) },
      });
    },

    /** The URIs. */
    async list(projectId: string, session: string): Promise<string[]> {
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.resourceSubscription.findMany({
        where: { ...where(known, session), expiresAt: { gt: new Date() } },
        select: { uri: true },
      });
      return rows.map(({ uri }) => uri);
    },

    /** The URIs of each of these sessions. */
    async listOf(projectId: string, sessions: readonly string[]): Promise<Map<string, string[]>> {
      const known = idOrNull(projectId);
      const found = new Map<string, string[]>();
      for (let first = 0; known !== null && first < sessions.length; first += SESSIONS_AT_ONCE) {
        const rows = await prisma.resourceSubscription.findMany({
          where: {
            projectId: known,
            project: projectScopeOf(principal),
            session: { in: sessions.slice(first, first + SESSIONS_AT_ONCE) },
            expiresAt: { gt: new Date() },
          },
          select: { session: true, uri: true },
        });
        for (const { session, uri } of rows) found.set(session, [...(found.get(session) ?? []), uri]);
      }
      return found;
    },

    /** Deletes those of sessions that are over. System only. */
    async prune(): Promise<number> {
      requireSystem(principal);
      const { count } = await prisma.resourceSubscription.deleteMany({
        where: { expiresAt: { lt: new Date() } },
      });
      return count;
    },
  };
}
