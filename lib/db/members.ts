import * as z from 'zod';
import { isAtLeast, requireOrganizationRole, requireRole, requireSystem, roleOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { renewSessions } from './browser-sessions.ts';
import { idOf, idOrNull, notFound, orConflict, parse, text } from './check.ts';
import type { Database } from './database.ts';
import { endMembership } from './end-membership.ts';
import { keepOwner } from './keep-owner.ts';
import type { Principal, Role } from './principal.ts';
import { requireStillRole } from './still-role.ts';

export interface Member {
  userId: string;
  name: string;
  email: string;
  role: Role;
  createdAt: Date;
  /** When they last did something here, to some minutes. */
  seenAt: Date | null;
  /** Whether a second factor is asked of them; null for who is no administrator, whom it does not concern. */
  twoFactor: boolean | null;
}

export interface Membership {
  organization: { id: string; name: string };
  role: Role;
  /** When they last did something here, to some minutes. */
  seenAt: Date | null;
  /** Who signs in with a password must give a second factor too. */
  requireTwoFactor: boolean;
  /** Its identity provider; null where it has none. */
  singleSignOn: { name: string; passwords: boolean } | null;
}

const roleSchema = z.enum(['owner', 'admin', 'editor', 'viewer']);

/** Organizations and who belongs to them. */
export function membersOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const own = (): string => {
    if (principal.type !== 'user') throw new AppError('forbidden', 'Only a member may do this.');
    return principal.organizationId;
  };

  return {
    /** Of the principal's organization, by name. */
    async list(): Promise<Member[]> {
      requireRole(principal, 'viewer');
      const rows = await prisma.member.findMany({
        where: { organizationId: own() },
        include: {
          user: { select: { name: true, email: true, twoFactor: { select: { enabledAt: true } } } },
        },
        orderBy: { user: { name: 'asc' } },
      });
      const isAdmin = principal.type === 'user' && isAtLeast(principal.role, 'admin');
      return rows.map((row) => ({
        userId: row.userId,
        name: row.user.name,
        email: row.user.email,
        role: roleOf(row.role),
        createdAt: row.createdAt,
        seenAt: row.seenAt,
        twoFactor: isAdmin ? (row.user.twoFactor?.enabledAt ?? null) !== null : null,
      }));
    },

    /** The name of a member of the principal's organization; null for anybody else. */
    async nameOf(userId: string): Promise<string | null> {
      requireRole(principal, 'viewer');
      const known = idOrNull(userId);
      if (known === null) return null;
      const row = await prisma.member.findFirst({
        where: { organizationId: own(), userId: known },
        select: { user: { select: { name: true } } },
      });
      return row?.user.name ?? null;
    },

    /** Name and address of a member of an organization; null for anybody else. System only. */
    async person(organizationId: string, userId: string): Promise<{ name: string; email: string } | null> {
      requireSystem(principal);
      const row = await prisma.member.findFirst({
        where: { organizationId: idOf(organizationId, 'organization'), userId: idOf(userId, 'user') },
        select: { user: { select: { name: true, email: true } } },
      });
      return row?.user ?? null;
    },

    /** The principal's organization. */
    async organization(): Promise<{ id: string; name: string; createdAt: Date }> {
      requireRole(principal, 'viewer');
      const row = await prisma.organization.findUnique({
        where: { id: own() },
        select: { id: true, name: true, createdAt: true },
      });
      return row ?? notFound('organization');
    },

    /** Gives the organization another name. Administrators only. */
    async rename(name: string): Promise<void> {
      requireOrganizationRole(principal, 'admin');
      const id = own();
      const wanted = parse(text(120).min(1), name);
      await database.transaction(async (tx) => {
        const row = (await tx.organization.findUnique({ where: { id } })) ?? notFound('organization');
        await tx.organization.update({ where: { id }, data: { name: wanted } });
        await appendAudit(database, tx, principal, id, {
          action: 'organization.update',
          target: `organization:${id}`,
          details: { name: wanted, from: row.name },
        });
      });
    },

    /** Nobody gives more than they have, and one owner always stays. */
    async setRole(userId: string, role: Role): Promise<void> {
      requireOrganizationRole(principal, 'admin');
      const wanted = parse(roleSchema, role);
      const where = { organizationId: own(), userId: idOf(userId, 'member') };
      await database.transaction(async (tx) => {
        await database.lock(tx, `members:${where.organizationId}`);
        const row = (await tx.member.findFirst({ where })) ?? notFound('member');
        const isOwners = wanted === 'owner' || row.role === 'owner';
        await requireStillRole(tx, principal, isOwners ? 'owner' : 'admin');
        await tx.member.updateMany({ where, data: { role: wanted } });
        await renewSessions(tx, where.userId);
        await keepOwner(tx, where.organizationId);
        await appendAudit(database, tx, principal, where.organizationId, {
          action: 'member.role',
          target: `user:${userId}`,
          details: { from: row.role, to: wanted },
        });
      });
    },

    /** Ends the membership; the user stays. One owner always stays. Answers the grants that ended. */
    async remove(userId: string): Promise<{ grants: string[] }> {
      requireOrganizationRole(principal, 'admin');
      const where = { organizationId: own(), userId: idOf(userId, 'member') };
      return database.transaction(async (tx) => {
        await database.lock(tx, `members:${where.organizationId}`);
        const row = (await tx.member.findFirst({ where })) ?? notFound('member');
        await requireStillRole(tx, principal, row.role === 'owner' ? 'owner' : 'admin');
        await tx.member.deleteMany({ where });
        await keepOwner(tx, where.organizationId);
        const ended = await endMembership(tx, where);
        await appendAudit(database, tx, principal, where.organizationId, {
          action: 'member.remove',
          target: `user:${userId}`,
          details: { role: row.role },
        });
        return ended;
      });
    },

    /** Where a user belongs, oldest first. System only: it is how a session becomes a principal. */
    async membershipsOf(userId: string): Promise<Membership[]> {
      requireSystem(principal);
      const known = idOrNull(userId);
      if (known === null) return [];
      const rows = await prisma.member.findMany({
        where: { userId: known },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        include: {
          organization: {
            select: {
              id: true,
              name: true,
              requireTwoFactor: true,
              singleSignOn: { select: { name: true, passwords: true } },
            },
          },
        },
      });
      return rows.map(({ role, seenAt, organization: { id, name, requireTwoFactor, singleSignOn } }) => ({
        organization: { id, name },
        role: roleOf(role),
        seenAt,
        requireTwoFactor,
        singleSignOn,
      }));
    },

    /** Adds a user to an organization. System only: invitations and set-up end here. */
    async add(organizationId: string, userId: string, role: Role): Promise<void> {
      requireSystem(principal);
      const data = {
        organizationId: idOf(organizationId, 'organization'),
        userId: idOf(userId, 'user'),
        role: parse(roleSchema, role),
      };
      await orConflict('The user is a member already.', () =>
        database.transaction(async (tx) => {
          await tx.member.create({ data: { ...data, createdAt: new Date() } });
          await appendAudit(database, tx, principal, data.organizationId, {
            action: 'member.add',
            target: `user:${data.userId}`,
            details: { role: data.role },
          });
        }),
      );
    },

    /** Makes an organization and its first owner. System only. */
    async createOrganization(input: {
      name: string;
      slug: string;
      ownerId: string;
    }): Promise<{ id: string; name: string }> {
      requireSystem(principal);
      const { ownerId, ...data } = parse(
        z.object({
          name: text(120).min(1),
          slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
          ownerId: z.string(),
        }),
        input,
      );
      return orConflict(`The organization "${data.slug}" exists already.`, () =>
        database.transaction(async (tx) => {
          const row = await tx.organization.create({ data });
          await tx.member.create({
            data: { organizationId: row.id, userId: idOf(ownerId, 'user'), role: 'owner' },
          });
          await appendAudit(database, tx, principal, row.id, {
            action: 'organization.create',
            target: `organization:${row.id}`,
            details: { name: row.name, owner: ownerId },
          });
          return { id: row.id, name: row.name };
        }),
      );
    },

    /** How many people can sign in and see something; none before set-up. System only. */
    async count(): Promise<number> {
      requireSystem(principal);
      return prisma.member.count();
    },

    /**
     * The oldest organization. Before set-up one is made, so that the command line has somewhere to import to; the
     * first owner gets it. System only.
     */
    async defaultOrganization(): Promise<{ id: string; name: string }> {
      requireSystem(principal);
      const oldest = await prisma.organization.findFirst({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
      if (oldest) return { id: oldest.id, name: oldest.name };
      const row = await prisma.organization.upsert({
        where: { slug: 'default' },
        create: { name: 'Default', slug: 'default' },
        update: {},
      });
      return { id: row.id, name: row.name };
    },

    /** Gives an organization that has no members its name and its first owner. System only. */
    async adoptOrganization(organizationId: string, input: { name: string; ownerId: string }): Promise<void> {
      requireSystem(principal);
      const id = idOf(organizationId, 'organization');
      const { name, ownerId } = parse(z.object({ name: text(120).min(1), ownerId: z.string() }), input);
      await database.transaction(async (tx) => {
        await database.lock(tx, `members:${id}`);
        if ((await tx.member.count({ where: { organizationId: id } })) > 0) {
          throw new AppError('conflict', 'The organization has an owner already.');
        }
        await tx.organization.update({ where: { id }, data: { name } });
        await tx.member.create({
          data: { organizationId: id, userId: idOf(ownerId, 'user'), role: 'owner' },
        });
        await appendAudit(database, tx, principal, id, {
          action: 'organization.create',
          target: `organization:${id}`,
          details: { name, owner: ownerId },
        });
      });
    },
  };
}
