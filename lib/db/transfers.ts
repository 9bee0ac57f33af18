import { isAtLeast, requireRole, roleOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, notFound, parse, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';

/** What a transfer needs of the outside, and where to. */
export interface Transfer {
  to: string;
  /** Of the project, as somebody typed it. */
  typedName: string;
  /** For each connection of the project the sealed form of "no secret" at its new place, by id. */
  unbound: ReadonlyMap<string, string>;
}

/** What has to be told to other processes. */
export interface Transferred {
  slug: string;
  keys: string[];
  grants: string[];
}

/**
 * Tables whose rows follow the project. Those that do not, though they name a project: the audit log and counts of
 * calls are the history of the organization of before, shared templates are its own, people and grants end.
 */
export const FOLLOWING = [
  'toolset',
  'clientRule',
  'workflow',
  'version',
  'release',
  'apiKey',
  'connection',
  'apiSource',
  'knowledgeBase',
  'knowledgeSource',
  'document',
  'documentVersion',
  'vectorIndex',
  'knowledgeQuestion',
  'knowledgeEvaluation',
  'run',
  'approval',
  'trigger',
  'workflowTest',
  'mcpClient',
  'clientRequest',
  'callStat',
  'storeEntry',
  'oauthGrant',
] as const;

/** Projects that go from one organization to another. */
export function transfersOf(database: Database, principal: Principal) {
  return {
    /**
     * Moves a project with all that is in it, at once or not at all. For administrators of the project who are
     * administrators of the other organization too; to all others that one is not found. Keys and grants are revoked,
     * connections lose their secrets, webhooks too and are switched off: none of it was given to those who run the
     * other organization. Nobody has a role of their own in it any more.
     */
    async move(projectId: string, { to, typedName, unbound }: Transfer): Promise<Transferred> {
      requireRole(principal, 'admin');
      if (principal.type !== 'user') throw new AppError('forbidden', 'Only a member may do this.');
      const { organizationId: from, userId } = principal;
      const id = idOf(projectId, 'project');
      const target = idOf(to, 'organization');
      const typed = parse(text(120), typedName);
      if (principal.projectId !== undefined && principal.projectId !== id) notFound('project');
      return database.transaction(async (tx) => {
        for (const name of [from, target].sort()) await database.lock(tx, `members:${name}`);
        const project =
          (await tx.project.findFirst({ where: { id, organizationId: from } })) ?? notFound('project');
        if (target === from) throw new AppError('conflict', 'The project is there already.');
        const there = await tx.member.findFirst({ where: { organizationId: target, userId } });
        if (!there) notFound('organization');
        if (!isAtLeast(roleOf(there.role), 'admin')) {
          throw new AppError('forbidden', 'This needs the role admin or higher in the other organization.');
        }
        if (project.name.trim() !== typed.trim())
          throw new AppError('bad_request', 'The name is not the one of the project.');
        const now = new Date();
        if (
          (await tx.run.count({ where: { projectId: id, status: 'running', leaseUntil: { gt: now } } })) > 0
        ) {
          throw new AppError('conflict', 'Runs are under way. Wait until they end, or cancel them.');
        }
        const keys = await tx.apiKey.findMany({
          where: { projectId: id, revokedAt: null },
          select: { id: true },
        });
        await tx.apiKey.updateMany({ where: { projectId: id, revokedAt: null }, data: { revokedAt: now } });
        const grants = await tx.oauthGrant.findMany({
          where: { projectId: id, revokedAt: null },
          select: { id: true },
        });
        await tx.oauthGrant.updateMany({
          where: { projectId: id, revokedAt: null },
          data: { revokedAt: now },
        });
        await tx.projectMember.deleteMany({ where: { projectId: id } });
        await tx.trigger.updateMany({
          where: { projectId: id, type: 'webhook' },
          data: { secret: null, enabled: false },
        });
        for (const connection of await tx.connection.findMany({
          where: { projectId: id },
          select: { id: true },
        })) {
          const secret = unbound.get(connection.id);
          if (secret === undefined)
            throw new AppError('conflict', 'A connection was made meanwhile; try again.');
          await tx.connection.updateMany({ where: { id: connection.id }, data: { secret, preview: '' } });
        }
        const where = { projectId: id };
        const data = { organizationId: target };
        for (const table of FOLLOWING) {
          // Each table has its own types; the two columns are in all of them.
          await (tx[table] as unknown as Moved).updateMany({ where, data });
        }
        await tx.project.updateMany({ where: { id }, data });
        const details = {
          name: project.name,
          slug: project.slug,
          from,
          to: target,
          keys: keys.length,
          grants: grants.length,
        };
        const event = { action: 'project.transfer', target: `project:${id}`, details };
        await appendAudit(database, tx, principal, from, event);
        await appendAudit(database, tx, principal, target, event);
        const idsOf = (rows: { id: string }[]) => rows.map((row) => row.id);
        return { slug: project.slug, keys: idsOf(keys), grants: idsOf(grants) };
      });
    },
  };
}

interface Moved {
  updateMany(args: { where: { projectId: string }; data: { organizationId: string } }): Promise<unknown>;
}
