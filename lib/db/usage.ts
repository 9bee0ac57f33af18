import { requireRole, requireSystem, scopeOf } from './access.ts';
import { idOf } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** How much of everything a project has. */
export interface Usage {
  workflows: number;
  /** Of them, those that clients are offered. */
  published: number;
  releases: number;
  tests: number;
  triggers: number;
  runs: number;
  /** Under way now, in the background or not. */
  running: number;
  /** Background runs among them, and those that wait for their turn. */
  runningInBackground: number;
  queued: number;
  bases: number;
  documents: number;
  documentBytes: number;
  /** That were not revoked. */
  keys: number;
  connections: number;
  storeEntries: number;
}

/** A workflow that names something. */
export interface Mention {
  id: string;
  name: string;
  /** In the version that clients are offered, and not only in the draft. */
  live: boolean;
}

/** Drafts read at once: a large one has a megabyte. */
const WORKFLOWS_PER_READ = 50;

/** How much there is, and what is used where. */
export function usageOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /** Throws `not_found` when the project is not theirs. */
    async of(projectId: string): Promise<Usage> {
      requireRole(principal, 'viewer');
      const project = await projectIn(prisma, scope, idOf(projectId, 'project'));
      const where = { projectId: project.id };
      const running = { ...where, status: 'running' };
      const [
        documents,
        workflows,
        published,
        releases,
        tests,
        triggers,
        runs,
        underway,
        runningInBackground,
        queued,
        bases,
        keys,
        connections,
        storeEntries,
      ] = await Promise.all([
        prisma.document.aggregate({ where, _count: true, _sum: { bytes: true } }),
        prisma.workflow.count({ where }),
        prisma.workflow.count({ where: { ...where, liveVersionId: { not: null } } }),
        prisma.release.count({ where }),
        prisma.workflowTest.count({ where }),
        prisma.trigger.count({ where }),
        prisma.run.count({ where }),
        prisma.run.count({ where: running }),
        prisma.run.count({ where: { ...running, background: true } }),
        prisma.run.count({ where: { ...where, status: 'queued' } }),
        prisma.knowledgeBase.count({ where }),
        prisma.apiKey.count({ where: { ...where, revokedAt: null } }),
        prisma.connection.count({ where }),
        prisma.storeEntry.count({ where }),
      ]);
      return {
        workflows,
        published,
        releases,
        tests,
        triggers,
        runs,
        running: underway,
        runningInBackground,
        queued,
        bases,
        documents: documents._count,
        documentBytes: documents._sum.bytes ?? 0,
        keys,
        connections,
        storeEntries,
      };
    },

    /** Which workflows hold each pattern in their draft or live version, by name. */
    async mentions(
      projectId: string,
      patterns: ReadonlyMap<string, RegExp>,
    ): Promise<Map<string, Mention[]>> {
      requireRole(principal, 'viewer');
      const project = await projectIn(prisma, scope, idOf(projectId, 'project'));
      const found = new Map([...patterns.keys()].map((name): [string, Mention[]] => [name, []]));
      if (patterns.size === 0) return found;
      for (let skip = 0; ; skip += WORKFLOWS_PER_READ) {
        const rows = await prisma.workflow.findMany({
          where: { projectId: project.id },
          orderBy: [{ name: 'asc' }, { id: 'asc' }],
          select: { id: true, name: true, draft: true, liveVersionId: true },
          skip,
          take: WORKFLOWS_PER_READ,
        });
        const ids = rows.flatMap(({ liveVersionId }) => (liveVersionId === null ? [] : [liveVersionId]));
        const versions = await prisma.version.findMany({
          where: { projectId: project.id, id: { in: ids } },
          select: { id: true, document: true },
        });
        const documents = new Map(versions.map(({ id, document }) => [id, document]));
        for (const { id, name, draft, liveVersionId } of rows) {
          const offered = (liveVersionId && documents.get(liveVersionId)) || '';
          for (const [thing, pattern] of patterns) {
            const live = pattern.test(offered);
            if (live || pattern.test(draft)) found.get(thing)?.push({ id, name, live });
          }
        }
        if (rows.length < WORKFLOWS_PER_READ) return found;
      }
    },

    /** Bytes of the database, and of all documents of knowledge bases. System only. */
    async storage(): Promise<{ databaseBytes: number; documentBytes: number }> {
      requireSystem(principal);
      const [[size], documents] = await Promise.all([
        database.version.startsWith('SQLite')
          ? prisma.$queryRaw<{ bytes: number | bigint }[]>`
              SELECT page_count * page_size AS "bytes" FROM pragma_page_count(), pragma_page_size()`
          : prisma.$queryRaw<{ bytes: number | bigint }[]>`
              SELECT pg_database_size(current_database()) AS "bytes"`,
        prisma.document.aggregate({ _sum: { bytes: true } }),
      ]);
      return { databaseBytes: Number(size?.bytes ?? 0), documentBytes: documents._sum.bytes ?? 0 };
    },
  };
}
