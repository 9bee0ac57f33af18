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

/** With what the ingestion needs. */
export interface StoredDocument extends KnowledgeDocument {
  organizationId: string;
  projectId: string;
  baseId: string;
  storageKey: string;
}

/** A passage, as it is stored. */
export interface NewChunk {
  headings: readonly string[];
  text: string;
  /** Where an embedding model is set. */
  embedding?: Float32Array;
}

/** The kind of job that reads a document; its payload is `{ documentId }`. */
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
          select: { id: true, storageKey: true },
        });
        for (const file of files) await deleteChunks(tx, file.id);
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
    ): Promise<KnowledgeDocument> {
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
        await addJob(tx, INGEST_JOB, { documentId: row.id });
        return documentOf(row);
      });
    },

    /** Answers the key of the stored file, which is the caller's to delete. */
    async removeDocument(projectId: string, baseId: string, id: string): Promise<string> {
      requireRole(principal, 'editor');
      const where = documentWhere(projectId, baseId, id);
      return database.transaction(async (tx) => {
        const row = (await tx.document.findFirst({ where })) ?? notFound('document');
        await deleteChunks(tx, row.id);
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

    /** For the ingestion; null when the document was deleted meanwhile. System only. */
    async stored(documentId: string): Promise<StoredDocument | null> {
      requireSystem(principal);
      const known = idOrNull(documentId);
      const row = known === null ? null : await prisma.document.findUnique({ where: { id: known } });
      return (
        row && {
          ...documentOf(row),
          organizationId: row.organizationId,
          projectId: row.projectId,
          baseId: row.baseId,
          storageKey: row.storageKey,
        }
      );
    },

    /** Replaces the passages of a document and marks it ready, all or nothing. False when it was deleted. System only. */
    async setChunks(documentId: string, chunks: readonly NewChunk[]): Promise<boolean> {
      requireSystem(principal);
      const id = idOf(documentId, 'document');
      return database.transaction(async (tx) => {
        const { count } = await tx.document.updateMany({
          where: { id },
          data: { status: 'ready', error: null, chunkCount: chunks.length },
        });
        if (count === 0) return false;
        await deleteChunks(tx, id);
        for (let start = 0; start < chunks.length; start += CHUNKS_PER_STATEMENT) {
          await tx.chunk.createMany({
            data: chunks.slice(start, start + CHUNKS_PER_STATEMENT).map((chunk, index) => ({
              documentId: id,
              ordinal: start + index,
              headings: JSON.stringify(chunk.headings),
              text: chunk.text,
              ...(chunk.embedding ? { embedding: bytesOf(chunk.embedding) } : {}),
            })),
          });
          await nextTurn();
        }
        return true;
      });
    },

    /** Says why a document cannot be searched. System only. */
    async setFailed(documentId: string, error: string): Promise<void> {
      requireSystem(principal);
      await prisma.document.updateMany({
        where: { id: idOf(documentId, 'document') },
        data: { status: 'failed', error: error.slice(0, 2000) },
      });
    },
  };
}

/** The passages of a document, some at a time. */
async function deleteChunks(tx: Tx, documentId: string): Promise<void> {
  for (let end = CHUNKS_PER_STATEMENT; ; end += CHUNKS_PER_STATEMENT) {
    const { count } = await tx.chunk.deleteMany({ where: { documentId, ordinal: { lt: end } } });
    if (count < CHUNKS_PER_STATEMENT) return;
    await nextTurn();
  }
}

function bytesOf(embedding: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Float32Array.from(embedding).buffer);
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
