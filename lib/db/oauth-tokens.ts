import { requireSystem } from './access.ts';
import { idOf, idOrNull } from './check.ts';
import type { Database } from './database.ts';
import type { Principal, Role } from './principal.ts';

/** What is needed to check an access token. */
export interface StoredAccessToken {
  hash: string;
  grantId: string;
  clientId: string;
  userId: string;
  organizationId: string;
  projectId: string;
  resource: string;
  tools: string[] | null;
  readOnly: boolean;
  scopes: string[];
  expiresAt: Date;
  /** Of the token, or of the grant that it comes from. */
  revoked: boolean;
  /** What the person is in the organization; null for who left it. */
  role: Role | null;
  /** oauth, key or public; null when there is no such address any more. */
  access: string | null;
  /** What members may call who only view: nothing, reads or all. */
  viewerCalls: string;
}

/** Tokens of OAuth, by their hashes. System only: there is no principal before they are checked. */
export function oauthTokensOf(database: Database, principal: Principal) {
  const { prisma } = database;

  return {
    /** The access token as it must be checked, whatever became of it. */
    async find(id: string): Promise<StoredAccessToken | null> {
      requireSystem(principal);
      const known = idOrNull(id);
      if (known === null) return null;
      const row = await prisma.oauthToken.findFirst({
        where: { id: known, kind: 'access' },
        include: {
          grant: {
            include: {
              project: {
                select: {
                  access: true,
                  viewerCalls: true,
                  toolsets: { select: { name: true, access: true } },
                },
              },
            },
          },
        },
      });
      if (!row) return null;
      const { grant } = row;
      const { project, userId, organizationId } = grant;
      const member = await prisma.member.findFirst({
        where: { userId, organizationId },
        select: { role: true },
      });
      const toolset = toolsetOf(grant.resource);
      return {
        hash: row.hash,
        grantId: grant.id,
        clientId: grant.clientId,
        userId,
        organizationId,
        projectId: grant.projectId,
        resource: grant.resource,
        tools: grant.tools === null ? null : (JSON.parse(grant.tools) as string[]),
        readOnly: grant.readOnly,
        scopes: JSON.parse(row.scopes) as string[],
        expiresAt: row.expiresAt,
        revoked: row.revokedAt !== null || grant.revokedAt !== null,
        role: member ? roleOf(member.role) : null,
        access:
          toolset === null
            ? project.access
            : (project.toolsets.find(({ name }) => name === toolset)?.access ?? null),
        viewerCalls: project.viewerCalls,
      };
    },

    /** Notes that a grant was used. Call it once a minute per grant at most. */
    async touch(grantId: string, at: Date): Promise<void> {
      requireSystem(principal);
      await prisma.oauthGrant.updateMany({
        where: { id: idOf(grantId, 'grant') },
        data: { lastUsedAt: at },
      });
    },
  };
}

/** The name of the toolset in an address `…/mcp/<project>/<toolset>`; null in that of a project. */
function toolsetOf(resource: string): string | null {
  return /\/mcp\/[^/]+\/([^/]+)$/.exec(resource)?.[1] ?? null;
}

/** Anything unexpected in the column gives the least. */
function roleOf(role: string): Role {
  return (['owner', 'admin', 'editor'] as const).find((known) => known === role) ?? 'viewer';
}
