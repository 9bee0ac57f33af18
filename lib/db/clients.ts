import { join, sqltag } from '@prisma/client/runtime/client';
import type { JsonObject } from '#lib/workflow/json.ts';
import { requireRole, requireSystem, scopeOf } from './access.ts';
import { idOf, idOrNull, notFound } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';

/** What is kept of the clients of a project. */
export const CLIENT_LIMITS = {
  /** Requests of one client. */
  requests: 200,
  clients: 50,
  /** Of them, such as were refused for their key: whoever guesses must not push the others out. */
  refused: 10,
  days: 7,
} as const;

export type ClientAccess = 'oauth' | 'key' | 'public' | 'refused';

/** A program that called a project's address. */
export interface Client {
  /** Hash of its key and its name. */
  id: string;
  /** What it calls itself. */
  name: string;
  version: string | null;
  access: ClientAccess;
  keyId: string | null;
  /** What is shown of a key that was refused. */
  preview: string | null;
  /** Revision of the protocol, as it said last. */
  protocol: string | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** When it first asked who this is and which tools there are, and when a tool first answered it. */
  discoveredAt: Date | null;
  listedAt: Date | null;
  calledAt: Date | null;
  requests: number;
  failures: number;
}

/** One request as it is stored. */
export interface StoredRequest {
  id: string;
  at: Date;
  facts: JsonObject;
}

/** What one process saw of a client since it last told. */
export interface ClientNews {
  projectId: string;
  organizationId: string;
  /** `requests` and `failures` are those since then. */
  client: Client;
  /** The newest of them, at most CLIENT_LIMITS.requests. */
  log: StoredRequest[];
}

const MILESTONES = ['discoveredAt', 'listedAt', 'calledAt'] as const;

/** The clients of a project and their last requests. */
export function clientsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /** The one seen last first. */
    async list(projectId: string): Promise<Client[]> {
      requireRole(principal, 'viewer');
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.mcpClient.findMany({
        where: { AND: [{ projectId: known }, scope] },
        orderBy: [{ lastSeenAt: 'desc' }, { id: 'asc' }],
        take: CLIENT_LIMITS.clients,
        omit: { projectId: true, organizationId: true },
      });
      return rows.map((row) => ({ ...row, access: row.access as ClientAccess }));
    },

    /** The newest first. Throws `not_found` for a client that is not there. */
    async requests(projectId: string, clientId: string): Promise<StoredRequest[]> {
      requireRole(principal, 'viewer');
      const where = {
        AND: [{ projectId: idOf(projectId, 'client'), clientId: idOf(clientId, 'client') }, scope],
      };
      const client = await prisma.mcpClient.findFirst({
        where: { AND: [{ projectId, id: clientId }, scope] },
        select: { id: true },
      });
      if (!client) notFound('client');
      const rows = await prisma.clientRequest.findMany({
        where,
        orderBy: [{ at: 'desc' }, { id: 'desc' }],
        take: CLIENT_LIMITS.requests,
        select: { id: true, at: true, facts: true },
      });
      return rows.map(({ facts, ...row }) => ({ ...row, facts: JSON.parse(facts) as JsonObject }));
    },

    /** Adds what a process saw, and forgets what is more than the limits keep. News of a project that is gone is dropped. System only. */
    async record(news: readonly ClientNews[]): Promise<void> {
      requireSystem(principal);
      // Always in one order: two processes that write the same clients never wait for each other in a circle.
      const sorted = [...news].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      for (const projectId of new Set(sorted.map((one) => one.projectId))) {
        const own = sorted.filter((one) => one.projectId === projectId);
        await database.transaction(async (tx) => {
          const project = await tx.project.findFirst({
            where: { id: projectId, organizationId: own[0]!.organizationId },
            select: { id: true },
          });
          if (!project) return;
          for (const one of own) await add(tx, one);
          await forgetClients(tx, projectId);
        });
      }
    },

    /** Forgets clients and requests of more than a week ago. System only. */
    async prune(now = Date.now()): Promise<void> {
      requireSystem(principal);
      const before = new Date(now - CLIENT_LIMITS.days * 86_400_000);
      await prisma.mcpClient.deleteMany({ where: { lastSeenAt: { lt: before } } });
      await prisma.clientRequest.deleteMany({ where: { at: { lt: before } } });
    },
  };
}

function keyOf({ projectId, client }: ClientNews): string {
  return `${projectId} ${client.id}`;
}

async function add(tx: Tx, { projectId, organizationId, client, log }: ClientNews): Promise<void> {
  const { id, requests, failures, lastSeenAt, version, protocol } = client;
  const at = { projectId_id: { projectId, id } };
  await tx.mcpClient.upsert({
    where: at,
    create: { ...client, projectId, organizationId },
    update: {
      lastSeenAt,
      requests: { increment: requests },
      failures: { increment: failures },
      ...(version !== null && { version }),
      ...(protocol !== null && { protocol }),
    },
  });
  for (const milestone of MILESTONES) {
    const reached = client[milestone];
    if (!reached) continue;
    await tx.mcpClient.updateMany({
      where: { projectId, id, [milestone]: null },
      data: { [milestone]: reached },
    });
  }
  if (log.length > 0) {
    // By hand: what Prisma does to compile a statement of 200 rows takes ten times as long as the statement.
    const rows = log.map(
      (one) =>
        sqltag`(${one.id}, ${organizationId}, ${projectId}, ${id}, ${one.at}, ${JSON.stringify(one.facts)})`,
    );
    await tx.$executeRaw`
      INSERT INTO "client_request" ("id", "organizationId", "projectId", "clientId", "at", "facts")
      VALUES ${join(rows)}`;
  }
  const [oldest] = await tx.clientRequest.findMany({
    where: { projectId, clientId: id },
    orderBy: { at: 'desc' },
    skip: CLIENT_LIMITS.requests,
    take: 1,
    select: { at: true },
  });
  if (oldest) {
    await tx.clientRequest.deleteMany({ where: { projectId, clientId: id, at: { lte: oldest.at } } });
  }
}

/** With their requests: those refused first, then those not seen for longest. */
async function forgetClients(tx: Tx, projectId: string): Promise<void> {
  const rows = await tx.mcpClient.findMany({
    where: { projectId },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'asc' }],
    select: { id: true, access: true },
  });
  const refused = rows.filter(({ access }) => access === 'refused');
  const others = rows.filter(({ access }) => access !== 'refused');
  const kept = others.slice(0, CLIENT_LIMITS.clients - Math.min(refused.length, CLIENT_LIMITS.refused));
  const doomed = [...refused.slice(CLIENT_LIMITS.refused), ...others.slice(kept.length)].map(({ id }) => id);
  if (doomed.length > 0) await tx.mcpClient.deleteMany({ where: { projectId, id: { in: doomed } } });
}
