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
  mimeType: string;
  bytes: number;
  createdAt: Date;
  storageKey: string;
}

/** Names that are looked through for one proposal. */
const MAX_NAMES = 5000;
const MAX_NAME = 300;

/** Documents of the knowledge bases that a project offers, and names to propose. */
export function offeredOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const select = {
    id: true,
    name: true,
    mimeType: true,
    bytes: true,
    createdAt: true,
    storageKey: true,
    base: { select: { name: true } },
  } as const;
  const newest = [{ createdAt: 'desc' }, { id: 'asc' }] as const;

  return {
    /** By the names of their bases and their own; of one name the newest first. */
    async list(projectId: string, page: { skip: number; take: number }): Promise<OfferedDocument[]> {
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.document.findMany({
        where: { AND: [{ projectId: known, base: { offered: true } }, scope] },
        orderBy: [{ base: { name: 'asc' } }, { name: 'asc' }, ...newest],
        select,
        ...page,
      });
      return rows.map(offeredDocument);
    },

    /** By name, of which the newest, or else by id. Null when there is none, or its base is not offered. */
    async find(projectId: string, base: string, document: string): Promise<OfferedDocument | null> {
      const known = idOrNull(projectId);
      if (known === null || !isName(base) || !isName(document)) return null;
      const where = { projectId: known, base: { name: base, offered: true } };
      const row =
        (await prisma.document.findFirst({
          where: { AND: [{ ...where, name: document }, scope] },
          orderBy: [...newest],
          select,
        })) ??
        (await prisma.document.findFirst({ where: { AND: [{ ...where, id: document }, scope] }, select }));
      return row && offeredDocument(row);
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

    /** Names of the documents of a base, by its name; `offered`: only where it is. The first 5,000. */
    async names(projectId: string, base: string, { offered }: { offered: boolean }): Promise<string[]> {
      const known = idOrNull(projectId);
      if (known === null || !isName(base)) return [];
      const rows = await prisma.document.findMany({
        where: {
          AND: [{ projectId: known, base: { name: base, ...(offered && { offered: true }) } }, scope],
        },
        orderBy: { name: 'asc' },
        select: { name: true },
        take: MAX_NAMES,
      });
      return [...new Set(rows.map(({ name }) => name))];
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
