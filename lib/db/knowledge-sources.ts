import * as z from 'zod';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { requireRole, requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse, sha256, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import { addJob } from './jobs.ts';
import type { Principal } from './principal.ts';

export type SourceState = 'idle' | 'running' | 'failed';

/** Where documents of a knowledge base come from by themselves. */
export interface KnowledgeSource {
  id: string;
  organizationId: string;
  projectId: string;
  baseId: string;
  kind: string;
  name: string;
  /** By kind. */
  config: JsonObject;
  connectionId: string | null;
  /** Cron expression; null: it is read when somebody asks. */
  schedule: string | null;
  timeZone: string;
  nextRunAt: Date | null;
  state: SourceState;
  /** Why the last run failed. */
  error: string | null;
  /** What the last (or the current) run did. */
  report: JsonObject;
  /** Number of the last (or the current) run. */
  run: number;
  /** By kind: how the whole was at the end of the last complete run. */
  mark: JsonValue;
  lastRunAt: Date | null;
  documentCount: number;
}

/** With what is needed to read it. */
export interface StoredSource extends KnowledgeSource {
  /** Of the project. */
  slug: string;
}

/** How far a run is with a page, a file or an object. */
export type ItemState = 'waiting' | 'added' | 'changed' | 'unchanged' | 'left-out' | 'failed' | 'gone';

export interface SourceItem {
  /** Names it within its source. */
  path: string;
  /** Number of the last run that came upon it. */
  run: number;
  state: ItemState;
  error: string | null;
  /** By kind: where and how deep it was found. */
  place: JsonObject;
  /** By kind: how it was when it was read; null before. */
  mark: JsonValue;
}

/** A document that a source brought. */
export interface SourceDocument {
  id: string;
  path: string;
  name: string;
  mimeType: string;
  bytes: number;
  storageKey: string;
}

/** The kind of job that reads a source; its payload is `{ sourceId, run }`. */
export const SOURCE_JOB = 'knowledge.source';

const MOST_SOURCES = 50;
/** Rows of one statement: PostgreSQL counts its parameters in 16 bits. */
const ROWS = 500;

const fields = {
  name: text(120).min(1),
  config: z.record(z.string(), z.json()),
  connectionId: z.string().max(64).nullable(),
  schedule: text(120).min(1).nullable(),
  timeZone: text(64).min(1),
  nextRunAt: z.date().nullable(),
};
const newSource = z.strictObject({ kind: text(40).min(1), ...fields });
const sourcePatch = z.strictObject(fields).partial();

export type NewSource = z.input<typeof newSource>;
export type SourcePatch = z.input<typeof sourcePatch>;

/** Websites, repositories and buckets that a knowledge base is filled from. What a config may hold is checked by the operations. */
export function knowledgeSourcesOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const counted = { _count: { select: { documents: true } } } as const;
  const whereOf = (projectId: string, baseId: string, id: string) => ({
    AND: [
      {
        id: idOf(id, 'source'),
        projectId: idOf(projectId, 'project'),
        baseId: idOf(baseId, 'knowledge base'),
      },
      scope,
    ],
  });

  return {
    /** By name. */
    async list(projectId: string, baseId: string): Promise<KnowledgeSource[]> {
      requireRole(principal, 'viewer');
      const [project, base] = [idOrNull(projectId), idOrNull(baseId)];
      if (project === null || base === null) return [];
      const rows = await prisma.knowledgeSource.findMany({
        where: { AND: [{ projectId: project, baseId: base }, scope] },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        include: counted,
      });
      return rows.map(sourceOf);
    },

    async get(projectId: string, baseId: string, id: string): Promise<KnowledgeSource | null> {
      requireRole(principal, 'viewer');
      const row = await prisma.knowledgeSource.findFirst({
        where: whereOf(projectId, baseId, id),
        include: counted,
      });
      return row && sourceOf(row);
    },

    /** Throws `not_found` when the base or the connection is not theirs. */
    async create(projectId: string, baseId: string, input: NewSource): Promise<KnowledgeSource> {
      requireRole(principal, 'editor');
      const { config, ...data } = parse(newSource, input);
      return database.transaction(async (tx) => {
        const base =
          (await tx.knowledgeBase.findFirst({
            where: {
              AND: [{ id: idOf(baseId, 'knowledge base'), projectId: idOf(projectId, 'project') }, scope],
            },
          })) ?? notFound('knowledge base');
        await connectionIn(tx, base.projectId, data.connectionId);
        if ((await tx.knowledgeSource.count({ where: { baseId: base.id } })) >= MOST_SOURCES) {
          throw new AppError('conflict', `A knowledge base has at most ${MOST_SOURCES} sources.`);
        }
        const row = await tx.knowledgeSource.create({
          data: {
            ...data,
            config: JSON.stringify(config),
            baseId: base.id,
            projectId: base.projectId,
            organizationId: base.organizationId,
          },
          include: counted,
        });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'knowledge.source.create',
          target: `source:${row.id}`,
          projectId: row.projectId,
          details: { name: row.name, kind: row.kind, knowledge: row.baseId, schedule: row.schedule },
        });
        return sourceOf(row);
      });
    },

    /**
     * What is left out stays. With another config or connection nothing is known of what was read before, and it
     * cannot be changed while it is read (`conflict`).
     */
    async update(
      projectId: string,
      baseId: string,
      id: string,
      input: SourcePatch,
    ): Promise<KnowledgeSource> {
      requireRole(principal, 'editor');
      const { config, ...data } = parse(sourcePatch, input);
      const where = whereOf(projectId, baseId, id);
      const given = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
      return database.transaction(async (tx) => {
        const before = (await tx.knowledgeSource.findFirst({ where })) ?? notFound('source');
        const isOther =
          (config !== undefined && JSON.stringify(config) !== before.config) ||
          (data.connectionId !== undefined && data.connectionId !== before.connectionId);
        await connectionIn(tx, before.projectId, data.connectionId ?? null);
        const { count } = await tx.knowledgeSource.updateMany({
          where: { AND: [where, isOther ? { state: { not: 'running' } } : {}] },
          data: {
            ...given,
            ...(config !== undefined && { config: JSON.stringify(config) }),
            ...(isOther && { mark: null }),
          },
        });
        if (count === 0) {
          throw new AppError('conflict', 'The source is being read. Stop it first, then change it.');
        }
        if (isOther) await tx.knowledgeSourceItem.deleteMany({ where: { sourceId: before.id } });
        const row = await tx.knowledgeSource.findFirstOrThrow({ where, include: counted });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'knowledge.source.update',
          target: `source:${row.id}`,
          projectId: row.projectId,
          details: {
            name: row.name,
            fields: [...Object.keys(given), ...(config === undefined ? [] : ['config'])],
          },
        });
        return sourceOf(row);
      });
    },

    /**
     * Forgets a source; a run of it ends. With `keep` its documents stay, as if they had been uploaded; else there
     * must be none left, and false says that there are.
     */
    async remove(
      projectId: string,
      baseId: string,
      id: string,
      { keep }: { keep: boolean },
    ): Promise<boolean> {
      requireRole(principal, 'editor');
      const where = whereOf(projectId, baseId, id);
      return database.transaction(async (tx) => {
        const row = (await tx.knowledgeSource.findFirst({ where })) ?? notFound('source');
        await tx.knowledgeSource.updateMany({ where, data: { run: { increment: 1 }, state: 'idle' } });
        if (keep) await tx.document.updateMany({ where: { sourceId: row.id }, data: { sourceId: null } });
        else if ((await tx.document.count({ where: { sourceId: row.id } })) > 0) return false;
        await tx.knowledgeSource.deleteMany({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'knowledge.source.delete',
          target: `source:${row.id}`,
          projectId: row.projectId,
          details: { name: row.name, kind: row.kind, documents: keep ? 'keep' : 'remove' },
        });
        return true;
      });
    },

    /** Begins a run, and stores the job that does it. Throws `conflict` while one is under way. */
    async begin(projectId: string, baseId: string, id: string, report: JsonObject): Promise<KnowledgeSource> {
      requireRole(principal, 'editor');
      const where = whereOf(projectId, baseId, id);
      return database.transaction(async (tx) => {
        const row = (await tx.knowledgeSource.findFirst({ where })) ?? notFound('source');
        if (!(await start(tx, row.id, report))) {
          throw new AppError('conflict', 'The source is being read already.');
        }
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'knowledge.source.run',
          target: `source:${row.id}`,
          projectId: row.projectId,
          details: { name: row.name },
        });
        return sourceOf(await tx.knowledgeSource.findFirstOrThrow({ where, include: counted }));
      });
    },

    /** Ends the run that is under way, if there is one; whoever does it stops with its next word. */
    async stop(projectId: string, baseId: string, id: string, report: JsonObject): Promise<KnowledgeSource> {
      requireRole(principal, 'editor');
      const where = whereOf(projectId, baseId, id);
      return database.transaction(async (tx) => {
        const row = (await tx.knowledgeSource.findFirst({ where })) ?? notFound('source');
        const { count } = await tx.knowledgeSource.updateMany({
          where: { id: row.id, state: 'running' },
          data: {
            state: 'idle',
            run: { increment: 1 },
            error: null,
            lastRunAt: new Date(),
            report: JSON.stringify({ ...(JSON.parse(row.report) as JsonObject), ...report }),
          },
        });
        if (count > 0) {
          await appendAudit(database, tx, principal, row.organizationId, {
            action: 'knowledge.source.stop',
            target: `source:${row.id}`,
            projectId: row.projectId,
            details: { name: row.name },
          });
        }
        return sourceOf(await tx.knowledgeSource.findFirstOrThrow({ where, include: counted }));
      });
    },

    /** For who reads it; null when it was deleted. System only. */
    async stored(id: string): Promise<StoredSource | null> {
      requireSystem(principal);
      const known = idOrNull(id);
      if (known === null) return null;
      const row = await prisma.knowledgeSource.findUnique({
        where: { id: known },
        include: { ...counted, project: { select: { slug: true } } },
      });
      return row && storedOf(row);
    },

    /** All that its runs came upon. System only. */
    async items(id: string): Promise<SourceItem[]> {
      requireSystem(principal);
      const rows = await prisma.knowledgeSourceItem.findMany({
        where: { sourceId: idOf(id, 'source') },
        omit: { key: true, sourceId: true },
      });
      return rows.map(itemOf);
    },

    /** The documents that it brought. System only. */
    async documents(id: string): Promise<SourceDocument[]> {
      requireSystem(principal);
      return prisma.document.findMany({
        where: { sourceId: idOf(id, 'source') },
        select: { id: true, path: true, name: true, mimeType: true, bytes: true, storageKey: true },
      });
    },

    /**
     * Keeps how far a run is: its report, and these items as they are now. False when the run was ended by somebody,
     * who need not be asked then: it must end. System only.
     */
    async note(
      id: string,
      run: number,
      { report, items }: { report: JsonObject; items: readonly SourceItem[] },
    ): Promise<boolean> {
      requireSystem(principal);
      const sourceId = idOf(id, 'source');
      return database.transaction(async (tx) => {
        const { count } = await tx.knowledgeSource.updateMany({
          where: { id: sourceId, run, state: 'running' },
          data: { report: JSON.stringify(report) },
        });
        if (count === 0) return false;
        await store(tx, sourceId, items);
        return true;
      });
    },

    /** Ends a run; with what is left of its items, of which those of other runs are forgotten when it was complete. System only. */
    async finish(
      id: string,
      run: number,
      end: {
        report: JsonObject;
        items: readonly SourceItem[];
        error: string | null;
        /** Left out: stays as it is. */
        mark?: JsonValue;
        complete: boolean;
      },
    ): Promise<boolean> {
      requireSystem(principal);
      const sourceId = idOf(id, 'source');
      return database.transaction(async (tx) => {
        const { count } = await tx.knowledgeSource.updateMany({
          where: { id: sourceId, run, state: 'running' },
          data: {
            state: end.error === null ? 'idle' : 'failed',
            error: end.error?.slice(0, 2000) ?? null,
            report: JSON.stringify(end.report),
            lastRunAt: new Date(),
            ...(end.mark !== undefined && { mark: JSON.stringify(end.mark) }),
          },
        });
        if (count === 0) return false;
        await store(tx, sourceId, end.items);
        if (end.complete) {
          await tx.knowledgeSourceItem.deleteMany({
            where: { sourceId, OR: [{ run: { not: run } }, { state: 'gone' }] },
          });
        }
        return true;
      });
    },

    /** Those whose time has come, the longest overdue first. System only. */
    async due(now: Date, limit: number): Promise<StoredSource[]> {
      requireSystem(principal);
      const rows = await prisma.knowledgeSource.findMany({
        where: { nextRunAt: { lte: now } },
        orderBy: { nextRunAt: 'asc' },
        take: limit,
        include: { ...counted, project: { select: { slug: true } } },
      });
      return rows.map(storedOf);
    },

    /** When the next one is due; null when none is. System only. */
    async nextDue(): Promise<Date | null> {
      requireSystem(principal);
      const { _min } = await prisma.knowledgeSource.aggregate({ _min: { nextRunAt: true } });
      return _min.nextRunAt;
    },

    /**
     * Sets a due source to its next time and begins a run of it, together: of all replicas that see it due, one does.
     * While it is read this time passes. Answers whether a run was begun here. System only.
     */
    async tick(
      source: StoredSource,
      { nextRunAt, report }: { nextRunAt: Date | null; report: JsonObject },
    ): Promise<boolean> {
      requireSystem(principal);
      return database.transaction(async (tx) => {
        const { count } = await tx.knowledgeSource.updateMany({
          where: { id: source.id, nextRunAt: source.nextRunAt },
          data: { nextRunAt },
        });
        return count > 0 && start(tx, source.id, report);
      });
    },
  };
}

/** False when it runs already. */
async function start(tx: Tx, id: string, report: JsonObject): Promise<boolean> {
  const { count } = await tx.knowledgeSource.updateMany({
    where: { id, state: { not: 'running' } },
    data: { state: 'running', run: { increment: 1 }, error: null, report: JSON.stringify(report) },
  });
  if (count === 0) return false;
  const { run } = await tx.knowledgeSource.findUniqueOrThrow({ where: { id }, select: { run: true } });
  await addJob(tx, SOURCE_JOB, { sourceId: id, run });
  return true;
}

/** Throws `not_found` for a connection of another project. */
async function connectionIn(tx: Tx, projectId: string, id: string | null): Promise<void> {
  if (id === null) return;
  const known = await tx.connection.count({ where: { id: idOf(id, 'connection'), projectId } });
  if (known === 0) notFound('connection');
}

async function store(tx: Tx, sourceId: string, items: readonly SourceItem[]): Promise<void> {
  for (let start = 0; start < items.length; start += ROWS) {
    const rows = items.slice(start, start + ROWS).map(({ place, mark, ...item }) => ({
      ...item,
      sourceId,
      key: sha256(item.path),
      place: JSON.stringify(place),
      mark: mark === null ? null : JSON.stringify(mark),
    }));
    await tx.knowledgeSourceItem.deleteMany({ where: { sourceId, key: { in: rows.map(({ key }) => key) } } });
    await tx.knowledgeSourceItem.createMany({ data: rows });
  }
}

interface SourceRow {
  id: string;
  organizationId: string;
  projectId: string;
  baseId: string;
  kind: string;
  name: string;
  config: string;
  connectionId: string | null;
  schedule: string | null;
  timeZone: string;
  nextRunAt: Date | null;
  state: string;
  error: string | null;
  report: string;
  run: number;
  mark: string | null;
  lastRunAt: Date | null;
  _count: { documents: number };
}

function sourceOf(row: SourceRow): KnowledgeSource {
  return {
    id: row.id,
    organizationId: row.organizationId,
    projectId: row.projectId,
    baseId: row.baseId,
    kind: row.kind,
    name: row.name,
    config: JSON.parse(row.config) as JsonObject,
    connectionId: row.connectionId,
    schedule: row.schedule,
    timeZone: row.timeZone,
    nextRunAt: row.nextRunAt,
    state: row.state as SourceState,
    error: row.error,
    report: JSON.parse(row.report) as JsonObject,
    run: row.run,
    mark: row.mark === null ? null : (JSON.parse(row.mark) as JsonValue),
    lastRunAt: row.lastRunAt,
    documentCount: row._count.documents,
  };
}

function storedOf(row: SourceRow & { project: { slug: string } }): StoredSource {
  return { ...sourceOf(row), slug: row.project.slug };
}

function itemOf(row: {
  path: string;
  run: number;
  state: string;
  error: string | null;
  place: string;
  mark: string | null;
}): SourceItem {
  return {
    ...row,
    state: row.state as ItemState,
    place: JSON.parse(row.place) as JsonObject,
    mark: row.mark === null ? null : (JSON.parse(row.mark) as JsonValue),
  };
}
