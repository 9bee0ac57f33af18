import { randomBytes } from 'node:crypto';
import { requireOrganizationRole, requireSystem } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit, NO_ORGANIZATION } from './audit.ts';
import { idOf, notFound, parse, text } from './check.ts';
import type { Database } from './database.ts';
import { endMembership } from './end-membership.ts';
import { keepOwner } from './keep-owner.ts';
import type { Principal } from './principal.ts';
import { requireStillRole } from './still-role.ts';

/** What goes with an organization when it is deleted. */
export interface OrganizationContent {
  projects: number;
  workflows: number;
  keys: number;
  members: number;
}

/** What has to be told, and removed elsewhere, when an organization is gone. */
export interface DeletedOrganization {
  projects: { id: string; slug: string }[];
  members: string[];
}

/** How many organizations one person may have made and still own. */
const MOST_OWNED = 50;

/** The organizations of people: made, left and deleted. Renaming and members: lib/db/members.ts. */
export function organizationsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const self = () => {
    if (principal.type !== 'user') throw new AppError('forbidden', 'Only a member may do this.');
    return principal;
  };

  return {
    /**
     * Makes another organization, of which the principal is the owner. `makers`: who may, where not everybody: owners
     * of the first organization of this server.
     */
    async create(name: string, makers: 'anyone' | 'owners'): Promise<{ id: string; name: string }> {
      requireOrganizationRole(principal, 'viewer');
      const { userId } = self();
      const wanted = parse(text(120).min(1), name);
      return database.transaction(async (tx) => {
        await database.lock(tx, `owner:${userId}`);
        if (makers === 'owners') {
          const first = await tx.organization.findFirst({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
          const owns = await tx.member.count({
            where: { organizationId: first?.id ?? '', userId, role: 'owner' },
          });
          if (owns === 0) {
            throw new AppError(
              'forbidden',
              `On this server owners of ${first?.name ?? 'the first organization'} make organizations. Ask one of them.`,
            );
          }
        }
        if ((await tx.member.count({ where: { userId, role: 'owner' } })) >= MOST_OWNED) {
          throw new AppError('conflict', `You own ${MOST_OWNED} organizations; delete one first.`);
        }
        const slug = `o-${randomBytes(8).toString('hex')}`;
        const row = await tx.organization.create({ data: { name: wanted, slug } });
        await tx.member.create({ data: { organizationId: row.id, userId, role: 'owner' } });
        await appendAudit(database, tx, principal, row.id, {
          action: 'organization.create',
          target: `organization:${row.id}`,
          details: { name: wanted, owner: userId },
        });
        return { id: row.id, name: row.name };
      });
    },

    /** What goes when it is deleted. Owners only. */
    async content(): Promise<OrganizationContent> {
      requireOrganizationRole(principal, 'owner');
      const { organizationId } = self();
      const where = { organizationId };
      const [projects, workflows, keys, members] = await Promise.all([
        prisma.project.count({ where }),
        prisma.workflow.count({ where }),
        prisma.apiKey.count({ where: { ...where, revokedAt: null } }),
        prisma.member.count({ where }),
      ]);
      return { projects, workflows, keys, members };
    },

    /** Ends the principal's own membership. One owner always stays. Answers the grants that ended. */
    async leave(): Promise<{ grants: string[] }> {
      requireOrganizationRole(principal, 'viewer');
      const { organizationId, userId } = self();
      return database.transaction(async (tx) => {
        await database.lock(tx, `members:${organizationId}`);
        const row = (await tx.member.findFirst({ where: { organizationId, userId } })) ?? notFound('member');
        await tx.member.deleteMany({ where: { organizationId, userId } });
        await keepOwner(tx, organizationId);
        const ended = await endMembership(tx, { organizationId, userId });
        await appendAudit(database, tx, principal, organizationId, {
          action: 'member.leave',
          target: `user:${userId}`,
          details: { role: row.role },
        });
        return ended;
      });
    },

    /**
     * Deletes the organization with all that is in it, for whoever types its name. Owners only. Its audit log stays
     * in the database. Throws `conflict` for the only one of the server.
     */
    async remove(typedName: string): Promise<DeletedOrganization> {
      requireOrganizationRole(principal, 'owner');
      const { organizationId: id } = self();
      const typed = parse(text(120), typedName);
      return database.transaction(async (tx) => {
        await database.lock(tx, 'organizations');
        await database.lock(tx, `members:${id}`);
        const row = (await tx.organization.findUnique({ where: { id } })) ?? notFound('organization');
        await requireStillRole(tx, principal, 'owner');
        if (row.name.trim() !== typed.trim())
          throw new AppError('bad_request', 'The name is not the one of the organization.');
        if ((await tx.organization.count()) === 1) {
          throw new AppError('conflict', 'This is the only organization of this server; it stays.');
        }
        const where = { organizationId: id };
        const projects = await tx.project.findMany({ where, select: { id: true, slug: true } });
        const members = await tx.member.findMany({ where, select: { userId: true } });
        const event = {
          action: 'organization.delete',
          target: `organization:${id}`,
          details: { name: row.name, projects: projects.map(({ slug }) => slug) },
        };
        await appendAudit(database, tx, principal, id, event);
        await appendAudit(database, tx, principal, NO_ORGANIZATION, event);
        await tx.session.updateMany({
          where: { activeOrganizationId: id },
          data: { activeOrganizationId: null },
        });
        await tx.organization.deleteMany({ where: { id } });
        return { projects, members: members.map((each) => each.userId) };
      });
    },

    /**
     * Which of their organizations a session shows. Throws `not_found` for one that the person does not belong to.
     * System only: whoever calls has looked whether the session opens it.
     */
    async activate(sessionId: string, userId: string, organizationId: string): Promise<void> {
      requireSystem(principal);
      const where = { organizationId: idOf(organizationId, 'organization'), userId: idOf(userId, 'user') };
      await database.transaction(async (tx) => {
        if ((await tx.member.count({ where })) === 0) notFound('organization');
        await tx.session.updateMany({
          where: { id: idOf(sessionId, 'session'), userId: where.userId },
          data: { activeOrganizationId: where.organizationId },
        });
      });
    },

    /** Notes that a member did something. Call it every few minutes at most. System only. */
    async touch(organizationId: string, userId: string, at: Date): Promise<void> {
      requireSystem(principal);
      await prisma.member.updateMany({
        where: { organizationId: idOf(organizationId, 'organization'), userId: idOf(userId, 'user') },
        data: { seenAt: at },
      });
    },
  };
}
