import { setImmediate as nextTurn } from 'node:timers/promises';
import * as z from 'zod';
import type { JsonObject } from '#lib/workflow/json.ts';
import { requireRole, requireSystem, scopeOf } from './access.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, orConflict, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import { addJob } from './jobs.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';
import type { ChunkHit } from './search.ts';

export interface KnowledgeBase {
  id: string;
  name: string;
  /** Its documents are resources of the MCP server. */
  offered: boolean;
  documentCount: number;
  chunkCount: number;
  updatedAt: Date;
}

export type DocumentStatus = 'pending' | 'ready' | 'failed';

export interface KnowledgeDocument {
  id: string;
  name: string;
  mimeType: string;
  bytes: number;
  status: DocumentStatus;
  error: string | null;
  chunkCount: number;
  metadata: JsonObject;
  createdAt: Date;
}

/** With what is needed to get its file. */
export interface StoredDocument extends KnowledgeDocument {
  organizationId: string;
  projectId: string;
  baseId: string;
  storageKey: string;
}

/** What a document holds, or is to hold once it is read. */
export interface StoredVersion {
  id: string;
  documentId: string;
  projectId: string;
  baseId: string;
  /** Of the document. */
  name: string;
  mimeType: string;
  bytes: number;
  storageKey: string;
}

/** A passage, as it is stored. */
export interface NewChunk {
  headings: readonly string[];
  text: string;
}

/** The kind of job that reads a version of a document; its payload is `{ versionId }`. */
export const INGEST_JOB = 'knowledge.ingest';

const newDocument = z.object({
  name: text(255).min(1),
  // Browsers leave it empty for what they do not know.
  mimeType: text(255).transform((type) => type || 'application/octet-stream'),
  bytes: z.int32().min(0),
  storageKey: z.string().min(1).max(255),
  metadata: z.record(z.string(), z.json()).default({}),
});

/** On SQLite a statement holds the event loop, and so do several in a row: a turn is left to others in between. */
const CHUNKS_PER_STATEMENT = 100;

/** Knowledge bases of a project, their documents, and the search. */
export function knowledgeOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const baseWhere = (projectId: string, id: string) => ({
    AND: [{ id: idOf(id, 'knowledge base'), projectId: idOf(projectId, 'project') }, scope],
  });
  const documentWhere = (projectId: string, baseId: string, id: string) => ({
    AND: [
      {
        id: idOf(id, 'document'),
        projectId: idOf(projectId, 'project'),
        baseId: idOf(baseId, 'knowledge base'),
      },
      scope,
    ],
  });
  const withDocuments = { documents: { select: { chunkCount: true } } } as const;

  return {
    /** By name. */
    async list(projectId: string): Promise<KnowledgeBase[]> {
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.knowledgeBase.findMany({
        where: { AND: [{ projectId: known }, scope] },
        orderBy: { name: 'asc' },
        include: withDocuments,
      });
      return rows.map(baseOf);
    },

    async get(projectId: string, id: string): Promise<KnowledgeBase | null> {
      if (idOrNull(projectId) === null || idOrNull(id) === null) return null;
      const row = await prisma.knowledgeBase.findFirst({
        where: baseWhere(projectId, id),
        include: withDocuments,
      });
      return row && baseOf(row);
    },

    /** Throws `conflict` when the project has one of this name. */
    async create(projectId: string, input: { name: string }): Promise<KnowledgeBase> {
      requireRole(principal, 'editor');
      const { name } = parse(z.object({ name: text(120).min(1) }), input);
      return orConflict(`This project already has a knowledge base named "${name}".`, async () => {
        const project = await projectIn(prisma, scope, projectId);
        const row = await prisma.knowledgeBase.create({
          data: { name, projectId: project.id, organizationId: project.organizationId },
          include: withDocuments,
        });
        return baseOf(row);
      });
    },

    /** Whether its documents are resources of the MCP server. */
    async setOffered(projectId: string, id: string, offered: boolean): Promise<KnowledgeBase> {
      requireRole(principal, 'editor');
      const where = baseWhere(projectId, id);
      return database.transaction(async (tx) => {
        const { count } = await tx.knowledgeBase.updateMany({ where, data: { offered } });
        const row = count > 0 && (await tx.knowledgeBase.findFirst({ where, include: withDocuments }));
        if (!row) notFound('knowledge base');
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'knowledge.update',
          target: `knowledge:${row.id}`,
          details: { name: row.name, offered },
        });
        return baseOf(row);
      });
    },

    /** With its documents; answers the keys of the stored files, which are the caller's to delete. */
    async remove(projectId: string, id: string): Promise<string[]> {
      requireRole(principal, 'editor');
      const where = baseWhere(projectId, id);
      return database.transaction(async (tx) => {
        const row = (await tx.knowledgeBase.findFirst({ where })) ?? notFound('knowledge base');
        const files = await tx.document.findMany({
          where: { baseId: row.id },
          select: { storageKey: true, versions: { select: { id: true } } },
        });
        for (const { id: version } of files.flatMap((file) => file.versions)) await deleteChunks(tx, version);
        await tx.knowledgeBase.deleteMany({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'knowledge.delete',
          target: `knowledge:${row.id}`,
          details: { name: row.name, documents: files.length },
        });
        return files.map((file) => file.storageKey);
      });
    },

    /** Newest first. */
    async documents(projectId: string, baseId: string): Promise<KnowledgeDocument[]> {
      const [project, base] = [idOrNull(projectId), idOrNull(baseId)];
      if (project === null || base === null) return [];
      const rows = await prisma.document.findMany({
        where: { AND: [{ projectId: project, baseId: base }, scope] },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      });
      return rows.map(documentOf);
    },

    /** Stores a document and the job that will read it, both or neither. */
    async addDocument(
      projectId: string,
      baseId: string,
      input: z.input<typeof newDocument>,
    ): Promise<KnowledgeDocument & { versionId: string }> {
      requireRole(principal, 'editor');
      const { metadata, ...data } = parse(newDocument, input);
      const where = baseWhere(projectId, baseId);
      return database.transaction(async (tx) => {
        const base = (await tx.knowledgeBase.findFirst({ where })) ?? notFound('knowledge base');
        const row = await tx.document.create({
          data: {
            ...data,
            metadata: JSON.stringify(metadata),
            baseId: base.id,
            projectId: base.projectId,
            organizationId: base.organizationId,
          },
        });
        await tx.knowledgeBase.updateMany({ where, data: { updatedAt: new Date() } });
        const { mimeType, bytes, storageKey, organizationId, projectId: project } = row;
        const version = await tx.documentVersion.create({
          data: {
            ...{ organizationId, projectId: project, baseId: row.baseId, documentId: row.id },
            ...{ number: 1, hash: '', mimeType, bytes, storageKey },
          },
        });
        await addJob(tx, INGEST_JOB, { versionId: version.id });
        return { ...documentOf(row), versionId: version.id };
      });
    },

    /** Answers the key of the stored file, which is the caller's to delete. */
    async removeDocument(projectId: string, baseId: string, id: string): Promise<string> {
      requireRole(principal, 'editor');
      const where = documentWhere(projectId, baseId, id);
      return database.transaction(async (tx) => {
        const row =
          (await tx.document.findFirst({ where, include: { versions: { select: { id: true } } } })) ??
          notFound('document');
        for (const version of row.versions) await deleteChunks(tx, version.id);
        await tx.document.deleteMany({ where });
        await tx.knowledgeBase.updateMany({ where: { id: row.baseId }, data: { updatedAt: new Date() } });
        return row.storageKey;
      });
    },

    /**
     * The passages that fit best. `base` is the id or the name of a knowledge base of the project; throws
     * `not_found` when there is none, `bad_request` for a filter that is none.
     */
    async search(
      projectId: string,
      base: string,
      query: { text: string; topK?: number; filter?: Record<string, unknown> | undefined; prefix?: boolean },
    ): Promise<ChunkHit[]> {
      const { topK, text: words } = parse(
        z.object({ text: z.string(), topK: z.int().min(1).max(50).default(5) }),
        query,
      );
      const row = await prisma.knowledgeBase.findFirst({
        where: {
          AND: [
            { projectId: idOf(projectId, 'project') },
            { OR: [{ id: parse(text(120), base) }, { name: base }] },
            scope,
          ],
        },
        select: { id: true },
      });
      if (!row) notFound('knowledge base');
      return database.search({
        baseId: row.id,
        text: words,
        topK,
        filter: query.filter,
        prefix: query.prefix,
      });
    },

    /** Null when the document was deleted meanwhile. System only. */
    async stored(documentId: string): Promise<StoredDocument | null> {
      requireSystem(principal);
      const known = idOrNull(documentId);
      const row = known === null ? null : await prisma.document.findUnique({ where: { id: known } });
      if (!row) return null;
      const { organizationId, projectId, baseId, storageKey } = row;
      return { ...documentOf(row), organizationId, projectId, baseId, storageKey };
    },

    /** For the ingestion; null when the document was deleted meanwhile. System only. */
    async storedVersion(versionId: string): Promise<StoredVersion | null> {
      requireSystem(principal);
      const known = idOrNull(versionId);
      if (known === null) return null;
      const row = await prisma.documentVersion.findUnique({
        where: { id: known },
        include: { document: { select: { name: true } } },
      });
      if (!row) return null;
      const { id, documentId, projectId, baseId, mimeType, bytes, storageKey } = row;
      return { id, documentId, projectId, baseId, name: row.document.name, mimeType, bytes, storageKey };
    },

    /**
     * Stores the passages of a version and makes it the one that is searched, all or nothing. False when the document
     * was deleted. System only.
     */
    async setChunks(versionId: string, chunks: readonly NewChunk[]): Promise<boolean> {
      requireSystem(principal);
      const id = idOf(versionId, 'version');
      return database.transaction(async (tx) => {
        const version = await tx.documentVersion.findUnique({ where: { id } });
        if (!version) return false;
        const { baseId, documentId } = version;
        await tx.documentVersion.update({
          where: { id },
          data: { state: 'live', error: null, chunkCount: chunks.length, liveAt: new Date() },
        });
        await tx.document.update({
          where: { id: documentId },
          data: { status: 'ready', error: null, chunkCount: chunks.length, liveVersionId: id },
        });
        await deleteChunks(tx, id);
        for (let start = 0; start < chunks.length; start += CHUNKS_PER_STATEMENT) {
          await tx.chunk.createMany({
            data: chunks.slice(start, start + CHUNKS_PER_STATEMENT).map((chunk, index) => ({
              baseId,
              versionId: id,
              ordinal: start + index,
              headings: JSON.stringify(chunk.headings),
              text: chunk.text,
            })),
          });
          await nextTurn();
        }
        return true;
      });
    },

    /** Says why a version cannot be searched. System only. */
    async setFailed(versionId: string, error: string): Promise<void> {
      requireSystem(principal);
      const id = idOf(versionId, 'version');
      const words = error.slice(0, 2000);
      await database.transaction(async (tx) => {
        await tx.documentVersion.updateMany({ where: { id }, data: { state: 'failed', error: words } });
        await tx.document.updateMany({
          where: { versions: { some: { id } } },
          data: { status: 'failed', error: words },
        });
      });
    },
  };
}

/** The passages of a version, some at a time. */
async function deleteChunks(tx: Tx, versionId: string): Promise<void> {
  for (let end = CHUNKS_PER_STATEMENT; ; end += CHUNKS_PER_STATEMENT) {
    const { count } = await tx.chunk.deleteMany({ where: { versionId, ordinal: { lt: end } } });
    if (count < CHUNKS_PER_STATEMENT) return;
    await nextTurn();
  }
}

interface BaseRow {
  id: string;
  name: string;
  offered: boolean;
  updatedAt: Date;
  documents: { chunkCount: number }[];
}

function baseOf(row: BaseRow): KnowledgeBase {
  return {
    id: row.id,
    name: row.name,
    offered: row.offered,
    documentCount: row.documents.length,
    chunkCount: row.documents.reduce((sum, document) => sum + document.chunkCount, 0),
    updatedAt: row.updatedAt,
  };
}

interface DocumentRow {
  id: string;
  name: string;
  mimeType: string;
  bytes: number;
  status: string;
  error: string | null;
  chunkCount: number;
  metadata: string;
  createdAt: Date;
}

function documentOf(row: DocumentRow): KnowledgeDocument {
  return {
    id: row.id,
    name: row.name,
    mimeType: row.mimeType,
    bytes: row.bytes,
    status: row.status as DocumentStatus,
    error: row.error,
    chunkCount: row.chunkCount,
    metadata: JSON.parse(row.metadata) as JsonObject,
    createdAt: row.createdAt,
  };
}
