import * as z from 'zod';
import type { Contract } from '#lib/workflow/contract.ts';
import { scopeOf } from './access.ts';
import { idOrNull } from './check.ts';
import type { Database } from './database.ts';
import { nameOf, namesOf } from './names.ts';
import type { Principal } from './principal.ts';

export interface VersionSummary {
  id: string;
  version: number;
  publishedAt: Date;
  /** Name of the user. */
  publishedBy: string | null;
  live: boolean;
  note: string;
  contractHash: string;
}

export interface Version extends VersionSummary {
  workflowId: string;
  document: unknown;
  contract: Contract;
}

/** The published versions of a workflow. They never change. */
export function versionsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /** Newest first. */
    async list(projectId: string, workflowId: string): Promise<VersionSummary[]> {
      const [project, workflow] = [idOrNull(projectId), idOrNull(workflowId)];
      if (project === null || workflow === null) return [];
      const rows = await prisma.version.findMany({
        where: { AND: [{ projectId: project, workflowId: workflow }, scope] },
        orderBy: { number: 'desc' },
        omit: { document: true, contract: true },
        include: { workflow: { select: { liveVersionId: true } } },
      });
      const names = await namesOf(
        prisma,
        rows.map((row) => row.publishedBy),
      );
      return rows.map((row) => summaryOf(row, names));
    },

    /** The newest with their documents and contracts, newest first; of those before the version `before`. */
    async newest(
      projectId: string,
      workflowId: string,
      { before, limit }: { before?: number | undefined; limit: number },
    ): Promise<Version[]> {
      const [project, workflow] = [idOrNull(projectId), idOrNull(workflowId)];
      if (project === null || workflow === null) return [];
      const rows = await prisma.version.findMany({
        where: {
          AND: [
            {
              projectId: project,
              workflowId: workflow,
              ...(before !== undefined && { number: { lt: before } }),
            },
            scope,
          ],
        },
        orderBy: { number: 'desc' },
        take: limit,
        include: { workflow: { select: { liveVersionId: true } } },
      });
      const names = await namesOf(
        prisma,
        rows.map((row) => row.publishedBy),
      );
      return rows.map((row) => versionOf(row, names));
    },

    /** The numbers of versions, by id. */
    async numbers(projectId: string, ids: readonly string[]): Promise<Map<string, number>> {
      const project = idOrNull(projectId);
      if (project === null) return new Map();
      const rows = await prisma.version.findMany({
        where: { AND: [{ projectId: project, id: { in: [...ids] } }, scope] },
        select: { id: true, number: true },
      });
      return new Map(rows.map(({ id, number }) => [id, number]));
    },

    async get(projectId: string, workflowId: string, number: number): Promise<Version | null> {
      const [project, workflow] = [idOrNull(projectId), idOrNull(workflowId)];
      if (project === null || workflow === null || !z.int32().safeParse(number).success) return null;
      const row = await prisma.version.findFirst({
        where: { AND: [{ projectId: project, workflowId: workflow, number }, scope] },
        include: { workflow: { select: { liveVersionId: true } } },
      });
      if (!row) return null;
      const names = await namesOf(prisma, [row.publishedBy]);
      return versionOf(row, names);
    },
  };
}

function versionOf(
  row: SummaryRow & { workflowId: string; document: string; contract: string },
  names: ReadonlyMap<string, string>,
): Version {
  return {
    ...summaryOf(row, names),
    workflowId: row.workflowId,
    document: JSON.parse(row.document) as unknown,
    contract: JSON.parse(row.contract) as Contract,
  };
}

interface SummaryRow {
  id: string;
  number: number;
  publishedAt: Date;
  publishedBy: string | null;
  note: string;
  contractHash: string;
  workflow: { liveVersionId: string | null };
}

function summaryOf(row: SummaryRow, names: ReadonlyMap<string, string>): VersionSummary {
  return {
    id: row.id,
    version: row.number,
    publishedAt: row.publishedAt,
    publishedBy: nameOf(names, row.publishedBy),
    live: row.workflow.liveVersionId === row.id,
    note: row.note,
    contractHash: row.contractHash,
  };
}
