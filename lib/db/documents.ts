import * as z from 'zod';
import { requireRole, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse, sha256, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import {
  type DocumentRow,
  type DocumentStatus,
  documentOf,
  fitsSettings,
  type KnowledgeDocument,
  settingsOf,
  UNDER_WAY,
  type VersionState,
  withVersions,
} from './document-rows.ts';
import { dropVersion, lockBase, PASSAGES_TIMEOUT_MS, releaseFiles, thinOut } from './drop-version.ts';
import type { Prisma } from './gen/sqlite/client.ts';
import { addIngestJob } from './ingest-turns.ts';
import type { Principal } from './principal.ts';

/** Where the file of a document lies. */
export interface StoredFile {
  name: string;
  mimeType: string;
  bytes: number;
  storageKey: string;
}

/** A version as people see it. */
export interface VersionFacts {
  version: number;
  state: VersionState;
  progress: number;
  error: string | null;
  notes: string[];
  bytes: number;
  mimeType: string;
  hash: string;
  title: string | null;
  language: string | null;
  chunkCount: number;
  createdAt: Date;
  liveAt: Date | null;
}

export interface DocumentPage {
  items: KnowledgeDocument[];
  nextCursor: string | null;
  /** Of the whole base, whatever is asked for. */
  counts: Record<DocumentStatus, number>;
}

export interface DocumentPassage {
  ordinal: number;
  headings: string[];
  page: number | null;
  text: string;
}

/** Name by which a filter finds it: at most so many, of plain letters (see `filterOf`). */
const documentMetadata = z
  .record(z.string().regex(/^[\w .-]{1,64}$/, 'a name has letters, digits, space, _ . -'), z.json())
  .refine((metadata) => Object.keys(metadata).length <= 50, 'at most 50 entries')
  .refine((metadata) => JSON.stringify(metadata).length <= 20_000, 'at most 20,000 characters')
  .refine((metadata) => {
    const json = JSON.stringify(metadata);
    return !json.includes('\\u0000') && json.isWellFormed();
  }, 'contains characters that are not text');

const newDocument = z.object({
  path: text(1000).min(1),
  name: text(255).min(1),
  uri: text(2000).nullable().default(null),
  sourceId: z.string().nullable().default(null),
  // Browsers leave it empty for what they do not know.
  mimeType: text(255).transform((type) => type || 'application/octet-stream'),
  bytes: z.int32().min(0),
  /** SHA-256 of the bytes, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  storageKey: z.string().min(1).max(255),
  metadata: documentMetadata.optional(),
});

const patch = z.object({ name: text(255).min(1).optional(), metadata: documentMetadata.optional() });

/** What a list of documents can be sorted by. */
const SORTED_BY = { added: 'createdAt', name: 'name', passages: 'chunkCount', size: 'bytes' } as const;
type SortName = keyof typeof SORTED_BY;
export const DOCUMENT_SORTS = Object.keys(SORTED_BY).flatMap((name) => [name, `-${name}`]) as [
  `${'' | '-'}${SortName}`,
];

const query = z.object({
  status: z.enum(['pending', 'ready', 'failed']).optional(),
  /** Id of a source; `none`: of no source. */
  source: z.string().max(64).optional(),
  q: text(200).optional(),
  /** With `-` before it: downwards. */
  sort: z.enum(DOCUMENT_SORTS).default('-added'),
  cursor: z.string().max(1000).optional(),
  limit: z.int().min(1).max(200).default(50),
});

const PAGE_OF_PASSAGES = 50;
/** Documents that are changed in one transaction: others wait meanwhile on SQLite. */
const DOCUMENTS_PER_TRANSACTION = 20;

/** Documents of knowledge bases and what they hold. Those with credentials read; editors write. */
export function documentsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const baseWhere = (projectId: string, id: string) => ({
    AND: [{ id: idOf(id, 'knowledge base'), projectId: idOf(projectId, 'project') }, scope],
  });
  const inBase = (projectId: string, baseId: string) => ({
    AND: [{ projectId: idOf(projectId, 'project'), baseId: idOf(baseId, 'knowledge base') }, scope],
  });
  const documentWhere = (projectId: string, baseId: string, id: string) => ({
    AND: [{ id: idOf(id, 'document') }, inBase(projectId, baseId)],
  });
  const contains = (words: string) =>
    database.provider === 'postgresql'
      ? ({ contains: words.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' } as const)
      : { contains: words };

  /** The document that a path of a source names; one of before paths were kept is known by its name. */
  async function ofPath(
    client: Tx,
    baseId: string,
    { sourceId, path, name }: { sourceId: string | null; path: string; name: string },
  ): Promise<DocumentRow | null> {
    const key = keyOf(sourceId, path);
    const known = await client.document.findUnique({
      where: { baseId_key: { baseId, key } },
      include: withVersions,
    });
    if (known || sourceId !== null) return known;
    return client.document.findFirst({
      where: { baseId, key: null, name },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      include: withVersions,
    });
  }

  return {
    /** Newest first, some at a time. Throws `not_found` where there is no such base. */
    async list(projectId: string, baseId: string, input: z.input<typeof query> = {}): Promise<DocumentPage> {
      const { status, source, q, sort, cursor, limit } = parse(query, input);
      const down = sort.startsWith('-');
      const by = SORTED_BY[sort.replace(/^-/, '') as SortName];
      if ((await prisma.knowledgeBase.count({ where: baseWhere(projectId, baseId) })) === 0) {
        notFound('knowledge base');
      }
      const where = inBase(projectId, baseId);
      const [rows, groups] = await Promise.all([
        prisma.document.findMany({
          where: {
            AND: [
              where,
              status === undefined ? {} : { status },
              source === undefined ? {} : { sourceId: source === 'none' ? null : idOf(source, 'source') },
              q === undefined || q.trim() === ''
                ? {}
                : { OR: [{ name: contains(q.trim()) }, { path: contains(q.trim()) }] },
              cursor === undefined ? {} : afterCursor(cursor, by, down),
            ],
          },
          orderBy: [{ [by]: down ? 'desc' : 'asc' }, { id: 'asc' }],
          take: limit + 1,
          include: withVersions,
        }),
        prisma.document.groupBy({ by: ['status'], where, _count: true }),
      ]);
      const counts: DocumentPage['counts'] = { pending: 0, ready: 0, failed: 0 };
      for (const group of groups) counts[group.status as DocumentStatus] = group._count;
      const items = rows.slice(0, limit).map(documentOf);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last ? cursorOf(last, by) : null, counts };
    },

    async get(projectId: string, baseId: string, id: string): Promise<KnowledgeDocument | null> {
      if ([projectId, baseId, id].some((one) => idOrNull(one) === null)) return null;
      const row = await prisma.document.findFirst({
        where: documentWhere(projectId, baseId, id),
        include: withVersions,
      });
      return row && documentOf(row);
    },

    /** Where the file lies that is searched, or, before there is one, the newest. For editors, and who reads for them. */
    async file(projectId: string, baseId: string, id: string): Promise<StoredFile | null> {
      requireRole(principal, 'viewer');
      if ([projectId, baseId, id].some((one) => idOrNull(one) === null)) return null;
      return prisma.document.findFirst({
        where: documentWhere(projectId, baseId, id),
        select: { name: true, mimeType: true, bytes: true, storageKey: true },
      });
    },

    /** The document that has these bytes at this path already, and waits for nothing else; null when there is none. */
    async unchanged(
      projectId: string,
      baseId: string,
      given: { sourceId: string | null; path: string; name: string; hash: string },
    ): Promise<KnowledgeDocument | null> {
      requireRole(principal, 'editor');
      const base = await prisma.knowledgeBase.findFirst({ where: baseWhere(projectId, baseId) });
      if (!base) notFound('knowledge base');
      const row = await ofPath(prisma, base.id, given);
      return row && holds(row, given, await newestOf(prisma, row.id), settingsOf(base))
        ? documentOf(row)
        : null;
    },

    /**
     * Stores what a path of a source holds, and the job that will read it, both or neither: a new document, the next
     * version of one, or nothing when it holds that already. `freed` are files of the store that nothing refers to
     * any more, the caller's to delete; the given one when nothing was stored.
     */
    async put(
      projectId: string,
      baseId: string,
      input: z.input<typeof newDocument>,
    ): Promise<{
      document: KnowledgeDocument;
      outcome: 'added' | 'changed' | 'unchanged';
      freed: string[];
    }> {
      requireRole(principal, 'editor');
      const { metadata, hash, ...given } = parse(newDocument, input);
      const where = baseWhere(projectId, baseId);
      return database.transaction(async (tx) => {
        const base = (await tx.knowledgeBase.findFirst({ where })) ?? notFound('knowledge base');
        await lockBase(database, tx, base.id);
        const { sourceId } = given;
        if (sourceId !== null) {
          const source = { id: idOf(sourceId, 'source'), baseId: base.id };
          if ((await tx.knowledgeSource.count({ where: source })) === 0) notFound('source');
        }
        const known = await ofPath(tx, base.id, given);
        const newest = known && (await newestOf(tx, known.id));
        const about = {
          ...{ key: keyOf(sourceId, given.path), path: given.path, name: given.name, uri: given.uri },
          ...(metadata && { metadata: JSON.stringify(metadata) }),
        };
        const isSame = known !== null && holds(known, { sourceId, hash }, newest, settingsOf(base));
        if (known && isSame) {
          const row = await tx.document.update({
            where: { id: known.id },
            data: about,
            include: withVersions,
          });
          if (row.metadata !== known.metadata || row.name !== known.name) {
            await tx.knowledgeBase.update({ where: { id: base.id }, data: { revision: { increment: 1 } } });
          }
          return { document: documentOf(row), outcome: 'unchanged', freed: [given.storageKey] } as const;
        }
        const file = { mimeType: given.mimeType, bytes: given.bytes, storageKey: given.storageKey };
        const ids = { organizationId: base.organizationId, projectId: base.projectId, baseId: base.id };
        const document = known
          ? await tx.document.update({
              where: { id: known.id },
              data: {
                ...about,
                ...{ status: 'pending', error: null },
                // Until there is one that is searched, it is told of the newest.
                ...(known.liveVersionId === null && file),
              },
            })
          : await tx.document.create({ data: { ...about, ...ids, ...file, sourceId } });
        const freed = known ? await supersede(database, tx, known.id) : [];
        const version = await tx.documentVersion.create({
          data: { ...ids, ...file, hash, documentId: document.id, number: (newest?.number ?? 0) + 1 },
        });
        await tx.knowledgeBase.update({ where: { id: base.id }, data: { updatedAt: new Date() } });
        await addIngestJob(database, tx, version);
        const row = await tx.document.findUniqueOrThrow({
          where: { id: document.id },
          include: withVersions,
        });
        return { document: documentOf(row), outcome: known ? 'changed' : 'added', freed } as const;
      });
    },

    /** Name and metadata; what is left out stays. */
    async update(
      projectId: string,
      baseId: string,
      id: string,
      input: z.input<typeof patch>,
    ): Promise<KnowledgeDocument> {
      requireRole(principal, 'editor');
      const { name, metadata } = parse(patch, input);
      const where = documentWhere(projectId, baseId, id);
      return database.transaction(async (tx) => {
        const known = (await tx.document.findFirst({ where })) ?? notFound('document');
        const row = await tx.document.update({
          where: { id: known.id },
          data: {
            ...(name !== undefined && { name }),
            ...(metadata && { metadata: JSON.stringify(metadata) }),
          },
          include: withVersions,
        });
        await tx.knowledgeBase.update({
          where: { id: row.baseId },
          data: { revision: { increment: 1 }, updatedAt: new Date() },
        });
        return documentOf(row);
      });
    },

    /**
     * Deletes those of the documents that are there, some at a time; answers which those were, and the keys of their
     * files, which are the caller's to delete.
     */
    async remove(
      projectId: string,
      baseId: string,
      ids: readonly string[],
    ): Promise<{ removed: string[]; freed: string[] }> {
      requireRole(principal, 'editor');
      const base = await prisma.knowledgeBase.findFirst({ where: baseWhere(projectId, baseId) });
      if (!base) notFound('knowledge base');
      const known = ids.filter((id) => idOrNull(id) !== null);
      const removed: string[] = [];
      const freed: string[] = [];
      for (let start = 0; start < known.length; start += DOCUMENTS_PER_TRANSACTION) {
        const some = known.slice(start, start + DOCUMENTS_PER_TRANSACTION);
        const where = { AND: [{ id: { in: some } }, inBase(projectId, base.id)] };
        await thinOut(database, { document: where });
        const done = await database.transaction(
          async (tx) => {
            await lockBase(database, tx, base.id);
            return removeDocuments(database, tx, principal, where);
          },
          { timeoutMs: PASSAGES_TIMEOUT_MS },
        );
        removed.push(...done.removed);
        freed.push(...done.freed);
      }
      return { removed, freed };
    },

    /** Reads a document again: the version that failed, or what is searched, as a new version. Throws `conflict` while it is read. */
    async retry(projectId: string, baseId: string, id: string): Promise<KnowledgeDocument> {
      requireRole(principal, 'editor');
      const where = documentWhere(projectId, baseId, id);
      return database.transaction(async (tx) => {
        const found = (await tx.document.findFirst({ where })) ?? notFound('document');
        await lockBase(database, tx, found.baseId);
        if (!(await readAgain(database, tx, found.id))) {
          throw new AppError('conflict', 'This document is being read.');
        }
        const row = await tx.document.findUniqueOrThrow({ where: { id: found.id }, include: withVersions });
        return documentOf(row);
      });
    },

    /** Reads all documents of a base again that could not be read; answers how many. */
    async retryFailed(projectId: string, baseId: string): Promise<number> {
      requireRole(principal, 'editor');
      const base = await prisma.knowledgeBase.findFirst({ where: baseWhere(projectId, baseId) });
      if (!base) notFound('knowledge base');
      let count = 0;
      for (;;) {
        const some = await prisma.document.findMany({
          where: { baseId: base.id, status: 'failed' },
          orderBy: { createdAt: 'asc' },
          take: DOCUMENTS_PER_TRANSACTION,
          select: { id: true },
        });
        if (some.length === 0) return count;
        count += await database.transaction(async (tx) => {
          await lockBase(database, tx, base.id);
          let again = 0;
          for (const { id } of some) if (await readAgain(database, tx, id)) again += 1;
          return again;
        });
      }
    },

    /** Newest first. */
    async versions(projectId: string, baseId: string, id: string): Promise<VersionFacts[]> {
      const where = documentWhere(projectId, baseId, id);
      if ((await prisma.document.count({ where })) === 0) notFound('document');
      const rows = await prisma.documentVersion.findMany({
        where: { documentId: id },
        orderBy: { number: 'desc' },
        take: 100,
      });
      return rows.map((row) => ({
        version: row.number,
        state: row.state as VersionState,
        progress: row.progress,
        error: row.error,
        notes: JSON.parse(row.notes) as string[],
        bytes: row.bytes,
        mimeType: row.mimeType,
        hash: row.hash,
        title: row.title,
        language: row.language,
        chunkCount: row.chunkCount,
        createdAt: row.createdAt,
        liveAt: row.liveAt,
      }));
    },

    /** The passages that are searched, in their order, from this ordinal on; `next`: null after the last. */
    async passages(
      projectId: string,
      baseId: string,
      id: string,
      from = 0,
    ): Promise<{ items: DocumentPassage[]; next: number | null }> {
      const row = await prisma.document.findFirst({ where: documentWhere(projectId, baseId, id) });
      if (!row) notFound('document');
      if (row.liveVersionId === null) return { items: [], next: null };
      const rows = await prisma.chunk.findMany({
        where: { versionId: row.liveVersionId, ordinal: { gte: from } },
        orderBy: { ordinal: 'asc' },
        take: PAGE_OF_PASSAGES + 1,
        select: { ordinal: true, headings: true, page: true, text: true },
      });
      const items = rows.slice(0, PAGE_OF_PASSAGES).map((chunk) => ({
        ...chunk,
        headings: JSON.parse(chunk.headings) as string[],
      }));
      return { items, next: rows[PAGE_OF_PASSAGES]?.ordinal ?? null };
    },

    /** What a source brought: its documents by id, path and the hash of the newest version. */
    async ofSource(
      projectId: string,
      baseId: string,
      sourceId: string,
    ): Promise<
      { id: string; path: string; name: string; uri: string | null; hash: string; status: DocumentStatus }[]
    > {
      const rows = await prisma.document.findMany({
        where: { AND: [{ sourceId: idOf(sourceId, 'source') }, inBase(projectId, baseId)] },
        orderBy: [{ path: 'asc' }, { id: 'asc' }],
        select: {
          ...{ id: true, path: true, name: true, uri: true, status: true },
          versions: { orderBy: { number: 'desc' }, take: 1, select: { hash: true } },
        },
      });
      return rows.map(({ versions, status, ...row }) => ({
        ...row,
        status: status as DocumentStatus,
        hash: versions[0]?.hash ?? '',
      }));
    },
  };
}

/** Names a document within its base. */
function keyOf(sourceId: string | null, path: string): string {
  return sha256(JSON.stringify([sourceId, path]));
}

/** The version that was stored last. */
function newestOf(client: Tx, documentId: string) {
  return client.documentVersion.findFirst({ where: { documentId }, orderBy: { number: 'desc' } });
}

/** Whether a document has these bytes already, read as its base says, or about to be. */
function holds(
  document: { status: string },
  given: { sourceId: string | null; hash: string },
  newest: { hash: string; state: string; settings: string } | null,
  settings: ReturnType<typeof settingsOf>,
): boolean {
  if (!newest || newest.hash !== given.hash) return false;
  // Who uploads it once more wants it read once more; what comes by itself is no better than it was.
  if (newest.state === 'failed') return given.sourceId !== null && document.status === 'failed';
  return fitsSettings(newest, settings);
}

/** What is under way or failed has no more to say: a newer version takes its place. Answers files that are free then. */
async function supersede(database: Database, tx: Tx, documentId: string): Promise<string[]> {
  const rows = await tx.documentVersion.findMany({
    where: { documentId, state: { in: [...UNDER_WAY, 'failed'] } },
    select: { id: true },
  });
  for (const { id } of rows) await dropVersion(database, tx, id);
  return releaseFiles(tx, documentId);
}

/**
 * Inside a transaction that holds the base: reads the newest version again if it failed, else what is searched, as a
 * new version. False when the document is under way, or gone.
 */
export async function readAgain(database: Database, tx: Tx, documentId: string): Promise<boolean> {
  const document = await tx.document.findUnique({ where: { id: documentId } });
  const newest = document && (await newestOf(tx, documentId));
  if (!newest || UNDER_WAY.includes(newest.state as VersionState)) return false;
  await tx.document.update({ where: { id: documentId }, data: { status: 'pending', error: null } });
  if (newest.state === 'failed') {
    await tx.documentVersion.update({
      where: { id: newest.id },
      data: { state: 'waiting', progress: 0, error: null },
    });
    await addIngestJob(database, tx, newest);
    return true;
  }
  const { organizationId, projectId, baseId, hash, mimeType, bytes, storageKey } = newest;
  const version = await tx.documentVersion.create({
    data: {
      ...{ organizationId, projectId, baseId, documentId, hash, mimeType, bytes, storageKey },
      number: newest.number + 1,
    },
  });
  await addIngestJob(database, tx, version);
  return true;
}

/** Inside a transaction that holds the base: documents with all that was made of them. */
export async function removeDocuments(
  database: Database,
  tx: Tx,
  principal: Principal,
  where: Prisma.DocumentWhereInput,
  { audited = true }: { audited?: boolean } = {},
): Promise<{ removed: string[]; freed: string[] }> {
  const rows = await tx.document.findMany({
    where,
    include: { versions: { select: { id: true, state: true, storageKey: true } } },
    take: DOCUMENTS_PER_TRANSACTION,
  });
  const [first] = rows;
  if (!first) return { removed: [], freed: [] };
  for (const version of rows.flatMap(({ versions }) => versions)) await dropVersion(database, tx, version.id);
  const removed = rows.map(({ id }) => id);
  await tx.document.deleteMany({ where: { id: { in: removed } } });
  await tx.knowledgeBase.update({
    where: { id: first.baseId },
    data: { revision: { increment: 1 }, updatedAt: new Date() },
  });
  if (audited) {
    await appendAudit(database, tx, principal, first.organizationId, {
      action: 'knowledge.remove_documents',
      target: `knowledge:${first.baseId}`,
      projectId: first.projectId,
      details: { documents: rows.length, names: rows.map(({ name }) => name) },
    });
  }
  const files = rows.flatMap((row) => [row.storageKey, ...row.versions.map(({ storageKey }) => storageKey)]);
  return { removed, freed: [...new Set(files)].filter((key) => key !== '') };
}

function cursorOf(document: KnowledgeDocument, by: (typeof SORTED_BY)[SortName]): string {
  return Buffer.from(JSON.stringify([document[by], document.id])).toString('base64url');
}

/** Those that come after the last one of the page before. */
function afterCursor(
  cursor: string,
  by: (typeof SORTED_BY)[SortName],
  down: boolean,
): Prisma.DocumentWhereInput {
  const [value, id] = cursorPlace(cursor, by);
  return { OR: [{ [by]: { [down ? 'lt' : 'gt']: value } }, { [by]: value, id: { gt: id } }] };
}

function cursorPlace(
  cursor: string,
  by: (typeof SORTED_BY)[SortName],
): [value: Date | string | number, id: string] {
  const wrong = new AppError('bad_request', 'cursor: take it from the answer before.');
  const value = { createdAt: z.coerce.date(), name: z.string(), chunkCount: z.int(), bytes: z.int() }[by];
  let given: unknown;
  try {
    given = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw wrong;
  }
  const read = z.tuple([value, z.string().max(64)]).safeParse(given);
  const id = idOrNull(read.data?.[1] ?? '');
  if (!read.success || id === null) throw wrong;
  return [read.data[0], id];
}
