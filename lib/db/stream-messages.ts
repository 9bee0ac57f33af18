import { projectScopeOf, requireSystem, scopeOf } from './access.ts';
import { idOrNull } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** A message of an event stream. */
export interface StreamMessage {
  /** Its place in the stream, from 1. */
  number: number;
  json: string;
  /** Nothing comes after it. */
  last: boolean;
}

/** Messages in one read. */
const MAX_READ = 50;

/** Messages of event streams that their clients lost, until they ask for them. */
export function streamMessagesOf(database: Database, principal: Principal) {
  const { prisma } = database;

  return {
    /** Throws `not_found` for a project that is not the principal's. The numbers must be new ones. */
    async add(
      projectId: string,
      stream: string,
      messages: readonly StreamMessage[],
      expiresAt: Date,
    ): Promise<void> {
      const { id } = await projectIn(prisma, scopeOf(principal), projectId);
      await prisma.streamMessage.createMany({
        data: messages.map(({ number, json, last }) => ({
          stream,
          number,
          projectId: id,
          json,
          last,
          expiresAt,
        })),
      });
    },

    /** The next few messages behind this one. */
    async list(projectId: string, stream: string, after: number): Promise<StreamMessage[]> {
      const project = idOrNull(projectId);
      const known = idOrNull(stream);
      if (project === null || known === null) return [];
      return prisma.streamMessage.findMany({
        where: {
          projectId: project,
          project: projectScopeOf(principal),
          stream: known,
          number: { gt: after },
          expiresAt: { gt: new Date() },
        },
        orderBy: { number: 'asc' },
        take: MAX_READ,
        select: { number: true, json: true, last: true },
      });
    },

    /** Deletes those that are kept no longer. System only. */
    async prune(): Promise<number> {
      requireSystem(principal);
      const { count } = await prisma.streamMessage.deleteMany({ where: { expiresAt: { lt: new Date() } } });
      return count;
    },
  };
}
