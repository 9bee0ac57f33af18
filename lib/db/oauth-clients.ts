import * as z from 'zod';
import { requireSystem } from './access.ts';
import { appendAudit, NO_ORGANIZATION } from './audit.ts';
import { parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';

/** A program that may ask people to let it in. */
export interface OauthClient {
  /** Ours, or the https: address of its document. */
  clientId: string;
  kind: 'registered' | 'document';
  name: string;
  redirectUris: string[];
  authMethod: string;
  secretHash: string | null;
  /** Its home page, as it says. */
  uri: string | null;
  createdAt: Date;
  /** Of a document: when it is to be fetched again. */
  freshUntil: Date | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Registered, used for nothing, in nobody's list: kept for so long, as clients come back with ids they once got. */
const UNUSED_DAYS = 90;
/** Clients that registered and that nobody let in, at most. */
const MOST_UNUSED = 5000;

const clientId = text(1000).min(1);

const newClient = z.object({
  clientId,
  kind: z.enum(['registered', 'document']),
  name: text(120).min(1),
  redirectUris: z.array(text(1000)).min(1).max(20),
  authMethod: text(40),
  secretHash: text(200).nullable(),
  uri: text(300).nullable(),
  freshUntil: z.date().nullable(),
});
export type NewOauthClient = z.output<typeof newClient>;

/** OAuth clients, of the whole installation: they belong to nobody until a person lets one in. System only. */
export function oauthClientsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  requireSystem(principal);

  return {
    async find(id: string): Promise<OauthClient | null> {
      const known = clientId.safeParse(id);
      if (!known.success) return null;
      const row = await prisma.oauthClient.findUnique({ where: { clientId: known.data } });
      return row && clientOf(row);
    },

    /**
     * Stores a client that registered. False when there are as many as may be that nobody let in, and none of them is
     * older than a day.
     */
    async register(input: NewOauthClient, { ip }: { ip: string }): Promise<boolean> {
      const { redirectUris, ...data } = parse(newClient, input);
      return database.transaction(async (tx) => {
        await database.lock(tx, 'oauth-clients');
        if ((await countUnused(tx)) >= MOST_UNUSED && (await dropUnused(tx)) === 0) return false;
        await tx.oauthClient.create({ data: { ...data, redirectUris: JSON.stringify(redirectUris) } });
        await appendAudit(database, tx, principal, NO_ORGANIZATION, {
          action: 'oauth_client.register',
          target: `oauth_client:${data.clientId}`,
          details: { name: data.name, redirectUris },
          ip,
        });
        return true;
      });
    },

    /** Stores what the document of a client says now. */
    async keepDocument(input: NewOauthClient): Promise<void> {
      const { redirectUris, clientId: id, ...data } = parse(newClient, input);
      const said = { ...data, redirectUris: JSON.stringify(redirectUris), lastUsedAt: new Date() };
      await prisma.oauthClient.upsert({
        where: { clientId: id },
        create: { ...said, clientId: id },
        update: said,
      });
    },

    /** Notes that somebody was asked to let it in; by the hour, as whoever knows an id can have this done. */
    async touch(id: string): Promise<void> {
      await prisma.oauthClient.updateMany({
        where: { clientId: parse(clientId, id), lastUsedAt: { lt: new Date(Date.now() - HOUR_MS) } },
        data: { lastUsedAt: new Date() },
      });
    },

    /** Deletes those that nobody lets in and that were not used for three months. */
    async prune(): Promise<void> {
      const before = new Date(Date.now() - UNUSED_DAYS * DAY_MS);
      const rows = await prisma.oauthClient.findMany({
        where: { lastUsedAt: { lt: before } },
        select: { clientId: true },
        take: 1000,
      });
      await dropThose(prisma, rows);
    },
  };
}

type Client = Tx | Database['prisma'];

async function countUnused(client: Client): Promise<number> {
  const [row] = await client.$queryRaw<{ count: number | bigint }[]>`
    SELECT COUNT(*) AS "count" FROM "oauth_client" c WHERE c."kind" = 'registered'
      AND NOT EXISTS (SELECT 1 FROM "oauth_grant" g WHERE g."clientId" = c."clientId")`;
  return Number(row?.count ?? 0);
}

/** The hundred that were not used for longest, of those that are older than a day; how many there were. */
async function dropUnused(client: Client): Promise<number> {
  const rows = await client.oauthClient.findMany({
    where: { kind: 'registered', createdAt: { lt: new Date(Date.now() - DAY_MS) } },
    orderBy: { lastUsedAt: 'asc' },
    select: { clientId: true },
    take: 1000,
  });
  return dropThose(client, rows);
}

async function dropThose(client: Client, rows: readonly { clientId: string }[]): Promise<number> {
  const ids = rows.map((row) => row.clientId);
  const used = await client.oauthGrant.findMany({
    where: { clientId: { in: ids } },
    distinct: ['clientId'],
    select: { clientId: true },
  });
  const inUse = new Set(used.map((row) => row.clientId));
  const spare = ids.filter((id) => !inUse.has(id)).slice(0, 100);
  return (await client.oauthClient.deleteMany({ where: { clientId: { in: spare } } })).count;
}

interface ClientRow extends Omit<OauthClient, 'kind' | 'redirectUris'> {
  kind: string;
  redirectUris: string;
}

function clientOf(row: ClientRow): OauthClient {
  const { clientId: id, name, authMethod, secretHash, uri, createdAt, freshUntil } = row;
  return {
    clientId: id,
    kind: row.kind === 'document' ? 'document' : 'registered',
    name,
    redirectUris: JSON.parse(row.redirectUris) as string[],
    authMethod,
    secretHash,
    uri,
    createdAt,
    freshUntil,
  };
}
