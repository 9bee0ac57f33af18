import { WRITTEN_PATH } from '#lib/workflow/kind-face.ts';
import { scopeOf } from './access.ts';
import { idOf, notFound, parse, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';

/** Chunks of one statement. */
const PAGE = 50;

/** A document as it is searched, and some of its chunks in their order. */
export interface DocumentText {
  /** Name of its knowledge base. */
  base: string;
  documentId: string;
  document: string;
  path: string;
  /** Where it came from. */
  uri: string | null;
  title: string | null;
  mimeType: string;
  /** JSON object. */
  metadata: string;
  /** Of the whole document. */
  chunkCount: number;
  chunks: { ordinal: number; headings: string[]; text: string }[];
}

/** What stands in the documents of knowledge bases. */
export function documentTextsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /**
     * By the id or the name of the base, and by id, path, name or outside address of the document; of several the one
     * that was put there last. Chunks from an ordinal on, until they have so many characters together. Throws
     * `not_found` where there is no such base; null where it has no such document that is searched.
     */
    async read(
      projectId: string,
      base: string,
      document: string,
      { from, characters }: { from: number; characters: number },
    ): Promise<DocumentText | null> {
      const known = parse(text(120), base);
      const found = await prisma.knowledgeBase.findFirst({
        where: {
          AND: [{ projectId: idOf(projectId, 'project') }, { OR: [{ id: known }, { name: known }] }, scope],
        },
        select: { id: true, name: true },
      });
      if (!found) notFound('knowledge base');
      const named = parse(text(2000), document);
      const candidates = await prisma.document.findMany({
        where: {
          AND: [
            { baseId: found.id, liveVersionId: { not: null } },
            { OR: [{ id: named }, { path: named }, { name: named }, { uri: named }] },
            scope,
          ],
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
        take: PAGE,
      });
      const by = (member: 'id' | 'path' | 'uri') => candidates.find((row) => row[member] === named);
      // A name that a run gave never hides what somebody uploaded.
      const uploaded = candidates.find(({ path }) => !path.startsWith(WRITTEN_PATH));
      const row = by('id') ?? by('path') ?? by('uri') ?? uploaded ?? candidates[0];
      if (!row) return null;
      const versionId = row.liveVersionId!;
      const version = await prisma.documentVersion.findUnique({
        where: { id: versionId },
        select: { title: true, chunkCount: true },
      });
      const chunks: DocumentText['chunks'] = [];
      let length = 0;
      for (let next = from; length < characters; ) {
        const some = await prisma.chunk.findMany({
          where: { versionId, ordinal: { gte: next } },
          orderBy: { ordinal: 'asc' },
          take: PAGE,
          select: { ordinal: true, headings: true, text: true },
        });
        chunks.push(...some.map((one) => ({ ...one, headings: JSON.parse(one.headings) as string[] })));
        length += some.reduce((sum, one) => sum + one.text.length, 0);
        if (some.length < PAGE) break;
        next = some.at(-1)!.ordinal + 1;
      }
      const { id, name, path, uri, mimeType, metadata } = row;
      return {
        ...{ base: found.name, documentId: id, document: name, path, uri, mimeType, metadata },
        ...{ title: version?.title ?? null, chunkCount: version?.chunkCount ?? 0, chunks },
      };
    },

    /** The id of what lies at a path and has no source; null when there is nothing. */
    async ofPath(projectId: string, baseId: string, path: string): Promise<string | null> {
      const known = { projectId: idOf(projectId, 'project'), baseId: idOf(baseId, 'knowledge base') };
      const row = await prisma.document.findFirst({
        where: { AND: [{ ...known, path: parse(text(1000), path), sourceId: null }, scope] },
        select: { id: true },
      });
      return row?.id ?? null;
    },
  };
}
