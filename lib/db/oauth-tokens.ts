import * as z from 'zod';
import { requireSystem } from './access.ts';
import { type Access, accessOf } from './access-mode.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal, Role } from './principal.ts';
import { roleInProject } from './project-people.ts';
/** The grant that a code or a token comes from, as far as it decides whether it is still good. */
export interface StoredGrant {
  grantId: string;
  clientId: string;
  userId: string;
  organizationId: string;
  projectId: string;
  resource: string;
  tools: string[] | null;
  readOnly: boolean;
  /** What the person is in the project; null for who does not see it any more. */
  role: Role | null;
  /** Null when there is no such address any more. */
  access: Access | null;
}

/** What is needed to check a token. */
export interface StoredToken extends StoredGrant {
  hash: string;
  familyId: string;
  scopes: string[];
  expiresAt: Date;
  /** Of a refresh token: when the next one took its place. */
  usedAt: Date | null;
  /** Itself, or the grant that it comes from. */
  revoked: boolean;
}

/** What is needed to check a code. */
export interface StoredCode extends StoredGrant {
  hash: string;
  familyId: string;
  redirectUri: string;
  codeChallenge: string;
  scopes: string[];
  expiresAt: Date;
  usedAt: Date | null;
  revoked: boolean;
}

const token = z.object({
  id: z.string().regex(/^[0-9A-Za-z]{12}$/),
  hash: z.string().min(32).max(200),
  scopes: z.array(text(200)).max(200),
  expiresAt: z.date(),
});
export type NewToken = z.input<typeof token>;

const withGrant = {
  grant: {
    include: {
      project: {
        select: { organizationId: true, access: true, toolsets: { select: { name: true, access: true } } },
      },
    },
  },
} as const;

/** Codes and tokens of OAuth, by their hashes. System only: there is no principal before they are checked. */
export function oauthTokensOf(database: Database, principal: Principal) {
  const { prisma } = database;
  requireSystem(principal);

  async function grantOf({ grant }: { grant: GrantRow }): Promise<StoredGrant> {
    const { userId, projectId, project } = grant;
    const role = await roleInProject(prisma, { userId, projectId: grant.projectId });
    return {
      grantId: grant.id,
      clientId: grant.clientId,
      userId,
      organizationId: project.organizationId,
      projectId,
      resource: grant.resource,
      tools: grant.tools === null ? null : listOf(grant.tools),
      readOnly: grant.readOnly,
      role,
      access: accessAt(grant.resource, project),
    };
  }

  async function stored(kind: 'access' | 'refresh', id: string): Promise<StoredToken | null> {
    const known = idOrNull(id);
    if (known === null) return null;
    const row = await prisma.oauthToken.findFirst({ where: { id: known, kind }, include: withGrant });
    if (!row) return null;
    const { hash, familyId, expiresAt, usedAt } = row;
    return {
      ...(await grantOf(row)),
      hash,
      familyId,
      scopes: listOf(row.scopes),
      expiresAt,
      usedAt,
      revoked: row.revokedAt !== null || row.grant.revokedAt !== null,
    };
  }

  return {
    /** The access token as it must be checked, whatever became of it. */
    find(id: string): Promise<StoredToken | null> {
      return stored('access', id);
    },

    /** The refresh token, whatever became of it. */
    findRefresh(id: string): Promise<StoredToken | null> {
      return stored('refresh', id);
    },

    /** The code, whatever became of it. */
    async findCode(id: string): Promise<StoredCode | null> {
      const known = idOrNull(id);
      if (known === null) return null;
      const row = await prisma.oauthCode.findUnique({ where: { id: known }, include: withGrant });
      if (!row) return null;
      const { hash, familyId, redirectUri, codeChallenge, expiresAt, usedAt } = row;
      return {
        ...(await grantOf(row)),
        hash,
        familyId,
        redirectUri,
        codeChallenge,
        scopes: listOf(row.scopes),
        expiresAt,
        usedAt,
        revoked: row.grant.revokedAt !== null,
      };
    },

    /** Makes tokens of a code. False when that was done before, also a moment ago in another process. */
    async redeem(codeId: string, made: { access: NewToken; refresh: NewToken }): Promise<boolean> {
      const id = idOf(codeId, 'code');
      return database.transaction(async (tx) => {
        const { count } = await tx.oauthCode.updateMany({
          where: { id, usedAt: null },
          data: { usedAt: new Date() },
        });
        if (count === 0) return false;
        const { grantId, familyId } = await tx.oauthCode.findUniqueOrThrow({ where: { id } });
        await addTokens(tx, { grantId, familyId }, made);
        return true;
      });
    },

    /** Puts tokens in the place of a refresh token. False when that was done before. */
    async rotate(refreshId: string, made: { access: NewToken; refresh: NewToken }): Promise<boolean> {
      const id = idOf(refreshId, 'token');
      return database.transaction(async (tx) => {
        const { count } = await tx.oauthToken.updateMany({
          where: { id, kind: 'refresh', usedAt: null, revokedAt: null },
          data: { usedAt: new Date() },
        });
        if (count === 0) return false;
        const { grantId, familyId } = await tx.oauthToken.findUniqueOrThrow({ where: { id } });
        await addTokens(tx, { grantId, familyId }, made);
        return true;
      });
    },

    /**
     * Adds an access token beside a refresh token. False when the refresh token is not there, was revoked or has been
     * used.
     */
    async addAccess(refreshId: string, access: NewToken): Promise<boolean> {
      const id = idOf(refreshId, 'token');
      return database.transaction(async (tx) => {
        const where = { id, kind: 'refresh', usedAt: null, revokedAt: null };
        const row = await tx.oauthToken.findFirst({ where, select: { grantId: true, familyId: true } });
        if (!row) return false;
        await addTokens(tx, row, { access });
        return true;
      });
    },

    /**
     * Revokes all tokens that came from one code, and the grant when it has no others. `action` says why: a code or a
     * token came twice, or its client gave it back. Tell the other processes (`grant.revoked`).
     */
    async revokeFamily(
      { grantId, familyId }: { grantId: string; familyId: string },
      why: { action: 'grant.code_reuse' | 'grant.refresh_reuse' | 'grant.return'; ip: string },
    ): Promise<void> {
      const id = idOf(grantId, 'grant');
      const family = idOf(familyId, 'grant');
      await database.transaction(async (tx) => {
        const grant = await tx.oauthGrant.findUnique({ where: { id } });
        if (!grant) return;
        const now = new Date();
        const revoked = await tx.oauthToken.updateMany({
          where: { grantId: id, familyId: family, revokedAt: null },
          data: { revokedAt: now },
        });
        const others = await tx.oauthToken.count({
          where: { grantId: id, revokedAt: null, expiresAt: { gt: now } },
        });
        const codes = await tx.oauthCode.count({
          where: { grantId: id, usedAt: null, expiresAt: { gt: now } },
        });
        if (others + codes === 0 && grant.revokedAt === null) {
          await tx.oauthGrant.update({ where: { id }, data: { revokedAt: now } });
        }
        // What comes again and again is noted once.
        if (revoked.count === 0) return;
        await appendAudit(database, tx, principal, grant.organizationId, {
          action: why.action,
          target: `grant:${id}`,
          outcome: why.action === 'grant.return' ? 'ok' : 'refused',
          projectId: grant.projectId,
          client: grant.clientName,
          details: { clientId: grant.clientId, person: grant.userId },
          ip: why.ip,
        });
      });
    },

    /** Notes that a grant was used. Call it once a minute per grant at most. */
    async touch(grantId: string, at: Date): Promise<void> {
      await prisma.oauthGrant.updateMany({
        where: { id: idOf(grantId, 'grant') },
        data: { lastUsedAt: at },
      });
    },
  };
}

async function addTokens(
  tx: Tx,
  of: { grantId: string; familyId: string },
  made: { access: NewToken; refresh?: NewToken },
): Promise<void> {
  for (const [kind, given] of Object.entries(made)) {
    const { scopes, ...data } = parse(token, given);
    const { grantId, familyId } = of;
    await tx.oauthToken.create({
      data: { ...data, kind, grantId, familyId, scopes: JSON.stringify(scopes) },
    });
  }
}

interface GrantRow {
  id: string;
  projectId: string;
  userId: string;
  clientId: string;
  resource: string;
  tools: string | null;
  readOnly: boolean;
  project: { organizationId: string; access: string; toolsets: { name: string; access: string }[] };
}

/** The mode of an address: that of the toolset, where it names one. */
function accessAt(resource: string, { access, toolsets }: GrantRow['project']): Access | null {
  const name = /\/mcp\/[^/]+\/([^/]+)$/.exec(resource)?.[1];
  if (name === undefined) return accessOf(access);
  const toolset = toolsets.find((one) => one.name === name);
  return toolset ? accessOf(toolset.access) : null;
}

function listOf(json: string): string[] {
  return JSON.parse(json) as string[];
}
