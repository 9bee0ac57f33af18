import * as z from 'zod';
import { isAtLeast, requireRole, requireSystem, roleOf, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal, Role } from './principal.ts';
import { projectIn } from './project-in.ts';

/** What somebody can be made in a project; there is no owner of one. */
export const PROJECT_ROLES = ['admin', 'editor', 'viewer'] as const;
export type ProjectRole = (typeof PROJECT_ROLES)[number];

/** Somebody who may see a project. */
export interface ProjectPerson {
  userId: string;
  name: string;
  email: string;
  /** In the organization. */
  organizationRole: Role;
  /** Given for this project; null where the organization's counts. */
  projectRole: ProjectRole | null;
  /** What they may do here. */
  role: Role;
}

/** Where somebody is in a project, and as what. */
export interface Seat {
  projectId: string;
  organizationId: string;
  role: Role;
}

/**
 * What a member of an organization may do in one of its projects; null when they do not even see it. The one place
 * that says so. Owners and admins of the organization are that everywhere. For all others the role given in the project
 * counts, be it more or less; without one that of the organization, and nothing in a private project.
 */
export function effectiveRole(
  organization: Role,
  { projectRole, isPrivate }: { projectRole: Role | null; isPrivate: boolean },
): Role | null {
  if (isAtLeast(organization, 'admin')) return organization;
  return projectRole ?? (isPrivate ? null : organization);
}

/** What a user may do in a project now; null for who does not see it. */
export async function roleInProject(
  client: Tx | Database['prisma'],
  { userId, projectId }: { userId: string; projectId: string },
): Promise<Role | null> {
  return (await seatAt(client, userId, { id: projectId }))?.role ?? null;
}

/** The projects that a principal sees, in the table of projects: which there are, not what is in them. */
export function visibleProjects(principal: Principal) {
  const { organizationId, projectId } = scopeOf(principal);
  if (principal.type === 'user' && principal.projectId === undefined) {
    if (isAtLeast(principal.role, 'admin')) return { organizationId: principal.organizationId };
    return {
      organizationId: principal.organizationId,
      OR: [{ private: false }, { members: { some: { userId: principal.userId } } }],
    };
  }
  return {
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(projectId === undefined ? {} : { id: projectId }),
  };
}

/** Who may do what in a project. */
export function projectPeopleOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  /** The project, for whoever may say who is let in. */
  async function ruled(tx: Tx, projectId: string) {
    requireRole(principal, 'admin');
    return projectIn(tx, scope, projectId);
  }

  return {
    /** Where a user is in the project of this address, if anywhere. System only: it is how a session enters a project. */
    async seat(userId: string, slug: string): Promise<Seat | null> {
      requireSystem(principal);
      const known = idOrNull(userId);
      return known === null || idOrNull(slug) === null ? null : seatAt(prisma, known, { slug });
    },

    /** Everybody who sees the project, by name. */
    async list(projectId: string): Promise<ProjectPerson[]> {
      requireRole(principal, 'viewer');
      const known = idOrNull(projectId);
      if (known === null) return [];
      const project = await prisma.project.findFirst({
        where: {
          AND: [
            { id: known },
            scope.organizationId === undefined ? {} : { organizationId: scope.organizationId },
            scope.projectId === undefined ? {} : { id: scope.projectId },
          ],
        },
        select: { private: true, organizationId: true, members: { select: { userId: true, role: true } } },
      });
      if (!project) return [];
      const members = await prisma.member.findMany({
        where: { organizationId: project.organizationId },
        include: { user: { select: { name: true, email: true } } },
        orderBy: [{ user: { name: 'asc' } }, { userId: 'asc' }],
      });
      const given = new Map(project.members.map(({ userId, role }) => [userId, projectRoleOf(role)]));
      return members.flatMap(({ userId, user, role: stored }) => {
        const organizationRole = roleOf(stored);
        const projectRole = given.get(userId) ?? null;
        const role = effectiveRole(organizationRole, { projectRole, isPrivate: project.private });
        return role === null ? [] : [{ userId, ...user, organizationRole, projectRole, role }];
      });
    },

    /**
     * Gives a member of the organization a role of their own in the project. Administrators of the project only. Throws
     * `not_found` for who is no member, `conflict` for owners and admins of the organization, who are that everywhere.
     */
    async set(projectId: string, userId: string, role: ProjectRole): Promise<void> {
      const wanted = parse(z.enum(PROJECT_ROLES), role);
      await database.transaction(async (tx) => {
        const { id, organizationId } = await ruled(tx, projectId);
        const who = { userId: idOf(userId, 'member') };
        await database.lock(tx, `members:${organizationId}`);
        const member = await tx.member.findFirst({ where: { ...who, organizationId } });
        if (!member) notFound('member');
        if (isAtLeast(roleOf(member.role), 'admin')) {
          throw new AppError(
            'conflict',
            'Owners and admins of the organization are administrators of every project.',
          );
        }
        const key = { projectId_userId: { projectId: id, ...who } };
        const before = await tx.projectMember.findUnique({ where: key });
        await tx.projectMember.upsert({
          where: key,
          create: { projectId: id, ...who, organizationId, role: wanted },
          update: { role: wanted },
        });
        await appendAudit(database, tx, principal, organizationId, {
          action: 'project.role',
          target: `project:${id}`,
          details: { user: who.userId, from: before?.role ?? null, to: wanted },
        });
      });
    },

    /** Takes the role of the project from somebody: that of the organization counts again. Throws `not_found`. */
    async remove(projectId: string, userId: string): Promise<void> {
      await database.transaction(async (tx) => {
        const { id, organizationId } = await ruled(tx, projectId);
        const where = { projectId: id, userId: idOf(userId, 'member') };
        const row = (await tx.projectMember.findFirst({ where })) ?? notFound('member');
        await tx.projectMember.deleteMany({ where });
        await appendAudit(database, tx, principal, organizationId, {
          action: 'project.role',
          target: `project:${id}`,
          details: { user: row.userId, from: row.role, to: null },
        });
      });
    },

    /** Whether only those are let in who have a role in the project. Administrators of the project only. */
    async setPrivate(projectId: string, isPrivate: boolean): Promise<void> {
      const wanted = parse(z.boolean(), isPrivate);
      await database.transaction(async (tx) => {
        const { id, organizationId } = await ruled(tx, projectId);
        await tx.project.updateMany({ where: { id, organizationId }, data: { private: wanted } });
        await appendAudit(database, tx, principal, organizationId, {
          action: 'project.private',
          target: `project:${id}`,
          details: { private: wanted },
        });
      });
    },
  };
}

async function seatAt(
  client: Tx | Database['prisma'],
  userId: string,
  where: { id: string } | { slug: string },
): Promise<Seat | null> {
  const project = await client.project.findUnique({
    where,
    select: {
      id: true,
      organizationId: true,
      private: true,
      members: { where: { userId }, select: { role: true } },
      organization: { select: { members: { where: { userId }, select: { role: true } } } },
    },
  });
  const member = project?.organization.members[0];
  if (!project || !member) return null;
  const given = project.members[0];
  const role = effectiveRole(roleOf(member.role), {
    projectRole: given ? projectRoleOf(given.role) : null,
    isPrivate: project.private,
  });
  return role && { projectId: project.id, organizationId: project.organizationId, role };
}

/** There is no owner of a project. */
function projectRoleOf(role: string): ProjectRole {
  return PROJECT_ROLES.find((known) => known === role) ?? 'viewer';
}
