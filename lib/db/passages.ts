import { scopeOf } from './access.ts';
import { idOf, notFound, parse, text } from './check.ts';
import type { Database } from './database.ts';
import type { KnowledgeBase as BaseRow } from './gen/sqlite/client.ts';
import type { Principal } from './principal.ts';

/** A knowledge base, as a look-up needs it. */
export interface SearchedBase {
  id: string;
  organizationId: string;
  projectId: string;
  name: string;
  /** Grows whenever a search may find something else. */
  revision: number;
  /** The model that orders passages once more. */
  reranker: RerankerSettings | null;
  /** The vectors that serve. */
  index: { id: string; config: string; connectionId: string | null; dimensions: number } | null;
}

export interface RerankerSettings {
  connection: string | null;
  model: string;
  url?: string | undefined;
}

/** A chunk by its version and its ordinal there. */
export interface Place {
  versionId: string;
  ordinal: number;
}

/** A chunk of a version that is searched. */
export interface Passage extends Place {
  documentId: string;
  /** Name of the document. */
  document: string;
  /** Within its source. */
  path: string;
  title: string | null;
  /** Where the document came from. */
  uri: string | null;
  headings: string[];
  text: string;
  page: number | null;
  fingerprint: string | null;
}

/** Places of one statement: SQLite and PostgreSQL take more parameters than that. */
const MOST_PLACES = 500;

/** What a look-up reads beside the search itself. */
export function passagesOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /** By id or name. Throws `not_found`. */
    async base(projectId: string, base: string): Promise<SearchedBase> {
      const row = await prisma.knowledgeBase.findFirst({
        where: {
          AND: [
            { projectId: idOf(projectId, 'project') },
            { OR: [{ id: parse(text(120), base) }, { name: base }] },
            scope,
          ],
        },
        include: { indexes: { where: { state: 'serving' }, orderBy: { createdAt: 'desc' }, take: 1 } },
      });
      if (!row) notFound('knowledge base');
      const [index] = row.indexes;
      const dimensions = index?.dimensions;
      return {
        ...{ id: row.id, organizationId: row.organizationId, projectId: row.projectId, name: row.name },
        ...{ revision: row.revision, reranker: rerankerOf(row) },
        index: index && dimensions ? { ...index, dimensions } : null,
      };
    },

    /**
     * The versions of documents that a filter lets through; null for all. Throws `bad_request` for a filter that is none.
     */
    async versions(
      projectId: string,
      baseId: string,
      filter: Record<string, unknown> | undefined,
    ): Promise<string[] | null> {
      if (filter === undefined) return null;
      const where = { id: idOf(baseId, 'knowledge base'), projectId: idOf(projectId, 'project') };
      const known = await prisma.knowledgeBase.count({ where: { AND: [where, scope] } });
      if (known === 0) notFound('knowledge base');
      return database.filterVersions(where.id, filter);
    },

    /** The chunks at these places, in no order; those are left out whose version is searched no longer. */
    async read(projectId: string, baseId: string, places: readonly Place[]): Promise<Passage[]> {
      const known = { projectId: idOf(projectId, 'project'), baseId: idOf(baseId, 'knowledge base') };
      if (places.length === 0) return [];
      const versions = [...new Set(places.map(({ versionId }) => versionId))];
      const documents = await prisma.document.findMany({
        where: { AND: [{ ...known, liveVersionId: { in: versions } }, scope] },
        select: { id: true, name: true, path: true, uri: true, liveVersionId: true },
      });
      const ofVersion = new Map(documents.map((document) => [document.liveVersionId, document]));
      const wanted = places.filter(({ versionId }) => ofVersion.has(versionId)).slice(0, MOST_PLACES);
      if (wanted.length === 0) return [];
      const rows = await prisma.chunk.findMany({
        where: { OR: wanted.map(({ versionId, ordinal }) => ({ versionId, ordinal })) },
        select: {
          ...{ versionId: true, ordinal: true, headings: true, text: true, page: true, fingerprint: true },
          version: { select: { title: true } },
        },
      });
      return rows.map(({ version, headings, ...chunk }) => {
        const { id, name, path, uri } = ofVersion.get(chunk.versionId)!;
        return {
          ...chunk,
          ...{ documentId: id, document: name, path, uri, title: version.title },
          headings: JSON.parse(headings) as string[],
        };
      });
    },
  };
}

function rerankerOf({ reranker }: Pick<BaseRow, 'reranker'>): RerankerSettings | null {
  return reranker === null ? null : (JSON.parse(reranker) as RerankerSettings);
}
