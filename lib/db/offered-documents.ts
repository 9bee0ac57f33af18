import { WRITTEN_PATH } from '#lib/workflow/kind-face.ts';
import { scopeOf } from './access.ts';
import { idOrNull } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';

/** A document of a knowledge base that is offered as a resource. */
export interface OfferedDocument {
  id: string;
  /** Name of the knowledge base. */
  base: string;
  name: string;
  /** Within its source; empty for documents of before there were paths. */
  path: string;
  mimeType: string;
  bytes: number;
  createdAt: Date;
  storageKey: string;
}

/** Names that are looked through for one proposal. */
const MAX_NAMES = 5000;
const MAX_NAME = 2000;

/** Documents of the knowledge bases that a project offers, and names to propose. */
export function offeredOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const select = {
    id: true,
    name: true,
    path: true,
    mimeType: true,
    bytes: true,
    createdAt: true,
    storageKey: true,
    base: { select: { name: true } },
  } as const;
  const containing = (typed: string) =>
    database.provider === 'postgresql'
      ? ({ contains: typed.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' } as const)
      : { contains: typed };
  const newest = [{ createdAt: 'desc' }, { id: 'asc' }] as const;

  return {
    /** By the names of their bases, their paths and names; of one the newest first. */
    async list(projectId: string, page: { skip: number; take: number }): Promise<OfferedDocument[]> {
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.document.findMany({
        where: { AND: [{ projectId: known, base: { offered: true } }, scope] },
        orderBy: [{ base: { name: 'asc' } }, { path: 'asc' }, { name: 'asc' }, ...newest],
        select,
        ...page,
      });
      return rows.map(offeredDocument);
    },

    /**
     * By path, of which the newest, or else by name, outside address or id. Null when there is none, or its base is
     * not offered. `base` null: in any of them.
     */
    async find(projectId: string, base: string | null, document: string): Promise<OfferedDocument | null> {
      const known = idOrNull(projectId);
      if (known === null || !isName(base ?? '') || !isName(document)) return null;
      const within = { offered: true, ...(base !== null && { name: base }) };
      for (const named of ['path', 'name', 'uri', 'id'] as const) {
        const rows = await prisma.document.findMany({
          where: { AND: [{ projectId: known, base: within, [named]: document }, scope] },
          orderBy: [...newest],
          select,
          take: 50,
        });
        // A name that a run gave never hides what somebody uploaded.
        const row = rows.find(({ path }) => !path.startsWith(WRITTEN_PATH)) ?? rows[0];
        if (row) return offeredDocument(row);
      }
      return null;
    },

    /** Names of the bases that are offered. */
    async bases(projectId: string): Promise<string[]> {
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.knowledgeBase.findMany({
        where: { AND: [{ projectId: known, offered: true }, scope] },
        orderBy: { name: 'asc' },
        select: { name: true },
        take: MAX_NAMES,
      });
      return rows.map(({ name }) => name);
    },

    /**
     * Paths of the documents of a base, by its name; `offered`: only where it is. The first 5,000 that have `typed` in
     * them, whatever the letter case.
     */
    async names(
      projectId: string,
      base: string,
      { offered, typed = '' }: { offered: boolean; typed?: string },
    ): Promise<string[]> {
      const known = idOrNull(projectId);
      if (known === null || !isName(base) || !isName(typed)) return [];
      const rows = await prisma.document.findMany({
        where: {
          AND: [
            { projectId: known, base: { name: base, ...(offered && { offered: true }) } },
            // SQLite knows the letter case of ASCII alone.
            /^[ -~]+$/.test(typed) ? { OR: [{ path: containing(typed) }, { name: containing(typed) }] } : {},
            scope,
          ],
        },
        orderBy: [{ path: 'asc' }, { name: 'asc' }],
        select: { name: true, path: true },
        take: MAX_NAMES,
      });
      return [...new Set(rows.map(({ name, path }) => path || name))];
    },
  };
}

/** PostgreSQL refuses U+0000 and halves of surrogate pairs. */
function isName(text: string): boolean {
  return text.length <= MAX_NAME && !text.includes('\0') && text.isWellFormed();
}

function offeredDocument({
  base,
  ...document
}: Omit<OfferedDocument, 'base'> & { base: { name: string } }): OfferedDocument {
  return { ...document, base: base.name };
}
