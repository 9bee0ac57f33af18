import * as z from 'zod';
import { isAtLeast, requireRole, requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, isUniqueViolation, notFound, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import { nameOf, namesOf } from './names.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** That a person let a client in, at one address. */
export interface OauthGrant {
  id: string;
  userId: string;
  /** Of the person; null for one who is gone. */
  person: string | null;
  clientId: string;
  clientName: string;
  redirectHost: string;
  resource: string;
  /** Names of tools, or null for all, also later ones. */
  tools: string[] | null;
  readOnly: boolean;
  scopes: string[];
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** One's own, with where it is. */
export interface OwnGrant extends OauthGrant {
  project: { slug: string; name: string };
  organization: { id: string; name: string };
}

const DAY_MS = 86_400_000;

const scopeList = z.array(text(200)).max(200);

const newConsent = z.object({
  /** Of the request that is answered: each is answered once. */
  requestId: text(64).min(1),
  requestUntil: z.date(),
  clientId: text(1000).min(1),
  clientName: text(120),
  redirectHost: text(300),
  /** Where the client can be told from others: it has one grant for the address, and is not asked about again. */
  remembered: z.boolean(),
  resource: text(1000),
  tools: z.array(text(120)).max(1000).nullable(),
  readOnly: z.boolean(),
  scopes: scopeList,
  code: z.object({
    id: z.string().regex(/^[0-9A-Za-z]{12}$/),
    hash: z.string().min(32).max(200),
    redirectUri: text(1000),
    codeChallenge: text(100),
    expiresAt: z.date(),
    familyId: text(64),
    scopes: scopeList,
  }),
});
export type NewConsent = z.input<typeof newConsent>;

const grantView = {
  id: true,
  userId: true,
  clientId: true,
  clientName: true,
  redirectHost: true,
  resource: true,
  tools: true,
  readOnly: true,
  scopes: true,
  createdAt: true,
  lastUsedAt: true,
} as const;

/** Who let which client in. */
export function oauthGrantsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  /** The rows of the person who asks, in whichever organization. */
  const own = (): { userId: string } => {
    if (principal.type !== 'user') throw new AppError('forbidden', 'Only a person has connected apps.');
    return { userId: principal.userId };
  };

  const end = async (tx: Tx, where: object): Promise<{ id: string; projectId: string }> => {
    const row = (await tx.oauthGrant.findFirst({ where })) ?? notFound('grant');
    const now = new Date();
    await tx.oauthGrant.updateMany({ where: { id: row.id }, data: { revokedAt: now } });
    await tx.oauthToken.updateMany({ where: { grantId: row.id, revokedAt: null }, data: { revokedAt: now } });
    await appendAudit(database, tx, principal, row.organizationId, {
      action: 'grant.revoke',
      target: `grant:${row.id}`,
      details: {
        client: row.clientName,
        clientId: row.clientId,
        person: row.userId,
        projectId: row.projectId,
      },
    });
    return { id: row.id, projectId: row.projectId };
  };

  return {
    /** Of a project, those that were not revoked, newest first. Who only views sees their own. */
    async list(projectId: string): Promise<OauthGrant[]> {
      requireRole(principal, 'viewer');
      const known = idOrNull(projectId);
      if (known === null) return [];
      const whose = principal.type === 'user' && !isAtLeast(principal.role, 'editor') ? own() : {};
      const rows = await prisma.oauthGrant.findMany({
        where: { AND: [{ projectId: known, revokedAt: null, ...whose }, scope] },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
        select: grantView,
        take: 1000,
      });
      const names = await namesOf(
        prisma,
        rows.map((row) => row.userId),
      );
      return rows.map((row) => grantOf(row, names));
    },

    /** One's own, in every organization, newest first. */
    async mine(): Promise<OwnGrant[]> {
      const rows = await prisma.oauthGrant.findMany({
        where: { ...own(), revokedAt: null },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
        select: {
          ...grantView,
          project: {
            select: { slug: true, name: true, organization: { select: { id: true, name: true } } },
          },
        },
        take: 1000,
      });
      const names = await namesOf(
        prisma,
        rows.map((row) => row.userId),
      );
      return rows.map(({ project: { organization, ...project }, ...row }) => ({
        ...grantOf(row, names),
        project,
        organization,
      }));
    },

    /**
     * What the person said yes to before, for a client that can be told from others, and that is not asked again; null
     * when they did not.
     */
    async remembered(at: {
      clientId: string;
      resource: string;
    }): Promise<Pick<OauthGrant, 'id' | 'tools' | 'readOnly' | 'scopes'> | null> {
      const { clientId, resource } = parse(z.object({ clientId: text(1000), resource: text(1000) }), at);
      const row = await prisma.oauthGrant.findFirst({
        where: { ...own(), clientId, resource, remembered: true, revokedAt: null },
        orderBy: { createdAt: 'desc' },
        select: grantView,
      });
      if (!row) return null;
      const { id, tools, readOnly, scopes } = grantOf(row, new Map());
      return { id, tools, readOnly, scopes };
    },

    /**
     * Stores that the person lets a client in, and the code that it gets its tokens for. Returns the id of the grant.
     * Throws `conflict` when the request was answered before.
     */
    async consent(projectId: string, input: NewConsent): Promise<string> {
      requireRole(principal, 'viewer');
      const { userId } = own();
      const { requestId, requestUntil, code, tools, scopes, ...data } = parse(newConsent, input);
      return answerOnce(() =>
        database.transaction(async (tx) => {
          await tx.oauthDecision.create({ data: { id: requestId, expiresAt: requestUntil } });
          const project = await projectIn(tx, scope, projectId);
          const given = {
            ...data,
            tools: tools === null ? null : JSON.stringify(tools),
            scopes: JSON.stringify(scopes),
          };
          const before = data.remembered
            ? await tx.oauthGrant.findFirst({
                where: {
                  userId,
                  projectId: project.id,
                  clientId: data.clientId,
                  resource: data.resource,
                  remembered: true,
                  revokedAt: null,
                },
                orderBy: { createdAt: 'desc' },
                select: { id: true },
              })
            : null;
          const grant = before
            ? await tx.oauthGrant.update({ where: { id: before.id }, data: given })
            : await tx.oauthGrant.create({
                data: { ...given, userId, projectId: project.id, organizationId: project.organizationId },
              });
          await tx.oauthCode.create({
            data: {
              ...code,
              grantId: grant.id,
              scopes: JSON.stringify(code.scopes),
              clientId: data.clientId,
              resource: data.resource,
            },
          });
          await appendAudit(database, tx, principal, project.organizationId, {
            action: 'grant.create',
            target: `grant:${grant.id}`,
            projectId: project.id,
            client: data.clientName,
            details: {
              clientId: data.clientId,
              redirectHost: data.redirectHost,
              resource: data.resource,
              tools,
              readOnly: data.readOnly,
              scopes,
            },
          });
          return grant.id;
        }),
      );
    },

    /** Notes that the person did not let a client in. Throws `conflict` when the request was answered before. */
    async deny(
      projectId: string,
      request: { id: string; until: Date; clientId: string; clientName: string; resource: string },
    ): Promise<void> {
      requireRole(principal, 'viewer');
      own();
      const { id, until, clientName, ...details } = parse(
        z.object({
          id: text(64),
          until: z.date(),
          clientId: text(1000),
          clientName: text(120),
          resource: text(1000),
        }),
        request,
      );
      await answerOnce(() =>
        database.transaction(async (tx) => {
          await tx.oauthDecision.create({ data: { id, expiresAt: until } });
          const project = await projectIn(tx, scope, projectId);
          await appendAudit(database, tx, principal, project.organizationId, {
            action: 'grant.create',
            target: `project:${project.id}`,
            outcome: 'refused',
            projectId: project.id,
            client: clientName,
            details,
          });
        }),
      );
    },

    /** Ends one of a project, for good. Tell the other processes (`grant.revoked`). */
    async revoke(projectId: string, id: string): Promise<void> {
      requireRole(principal, 'editor');
      const where = {
        AND: [{ id: idOf(id, 'grant'), projectId: idOf(projectId, 'project'), revokedAt: null }, scope],
      };
      await database.transaction((tx) => end(tx, where));
    },

    /** Ends one of one's own, for good. Tell the other processes (`grant.revoked`). */
    async revokeMine(id: string): Promise<void> {
      const where = { ...own(), id: idOf(id, 'grant'), revokedAt: null };
      await database.transaction((tx) => end(tx, where));
    },

    /** Whether anybody has let a client in, and it is not shut out everywhere. System only. */
    async isLetIn(clientId: string): Promise<boolean> {
      requireSystem(principal);
      const where = { clientId: parse(text(1000), clientId), revokedAt: null };
      return (await prisma.oauthGrant.count({ where })) > 0;
    },

    /** The slug of the one project that people sign in to; null when there is none, or more. System only. */
    async onlyProject(): Promise<string | null> {
      requireSystem(principal);
      const rows = await prisma.project.findMany({
        where: { OR: [{ access: 'oauth' }, { toolsets: { some: { access: 'oauth' } } }] },
        select: { slug: true, access: true, toolsets: { where: { access: 'oauth' }, select: { id: true } } },
        take: 2,
      });
      const [only] = rows;
      if (rows.length !== 1 || only!.access !== 'oauth' || only!.toolsets.length > 0) return null;
      return only!.slug;
    },

    /** Deletes what is left of grants whose last token has expired, and requests that were answered. System only. */
    async prune(): Promise<void> {
      requireSystem(principal);
      const now = new Date();
      const dayAgo = new Date(now.getTime() - DAY_MS);
      await prisma.oauthDecision.deleteMany({ where: { expiresAt: { lt: now } } });
      await prisma.oauthCode.deleteMany({ where: { expiresAt: { lt: dayAgo } } });
      await prisma.oauthToken.deleteMany({ where: { expiresAt: { lt: dayAgo } } });
      await prisma.oauthGrant.deleteMany({
        where: { createdAt: { lt: dayAgo }, tokens: { none: {} }, codes: { none: {} } },
      });
    },
  };
}

async function answerOnce<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError('conflict', 'This request was answered already. Start again in the app.');
  }
}

interface GrantRow extends Omit<OauthGrant, 'person' | 'tools' | 'scopes'> {
  tools: string | null;
  scopes: string;
}

function grantOf(row: GrantRow, names: ReadonlyMap<string, string>): OauthGrant {
  return {
    ...row,
    person: nameOf(names, row.userId),
    tools: row.tools === null ? null : (JSON.parse(row.tools) as string[]),
    scopes: JSON.parse(row.scopes) as string[],
  };
}
