import * as z from 'zod';
import { isAtLeast, requireOrganizationRole, requireSystem, roleOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, notFound, orConflict, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal, Role } from './principal.ts';
import { PROJECT_ROLES, type ProjectRole } from './project-people.ts';
import { requireStillRole } from './still-role.ts';

export interface ProjectGrant {
  projectId: string;
  role: ProjectRole;
}

/** Somebody who was asked to join and has not come yet. */
export interface Invitation {
  id: string;
  email: string;
  role: Role;
  projects: ProjectGrant[];
  /** Name of who asked them. */
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
}

/** What whoever holds the link may know. */
export interface OpenInvitation {
  organization: { id: string; name: string };
  email: string;
  role: Role;
  invitedBy: string;
  expiresAt: Date;
  /** Whether somebody of this address signs in here already. */
  hasAccount: boolean;
}

const HASH = /^[0-9a-f]{64}$/;
const MOST_PENDING = 200;

const newInvitation = z.strictObject({
  email: z.email('is no e-mail address').max(200),
  role: z.enum(['owner', 'admin', 'editor', 'viewer']),
  projects: z
    .array(z.strictObject({ projectId: z.string(), role: z.enum(PROJECT_ROLES) }))
    .max(100)
    .default([]),
  tokenHash: z.string().regex(HASH),
  expiresAt: z.date(),
});

const newAccount = z.strictObject({
  name: text(120).min(1),
  /** PHC string. */
  password: z.string().min(40).max(500),
});

/** Who is asked to join an organization. Of the token in the link only the hash is stored. */
export function invitationsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const own = () => {
    requireOrganizationRole(principal, 'admin');
    if (principal.type !== 'user') throw new AppError('forbidden', 'Only a member may do this.');
    return principal;
  };

  return {
    /** Those that were not taken up or taken back, the newest first. Administrators only. */
    async list(): Promise<Invitation[]> {
      const { organizationId } = own();
      const rows = await prisma.invitation.findMany({
        where: { organizationId, status: 'pending' },
        include: { inviter: { select: { name: true } } },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      });
      return rows.map(invitationOf);
    },

    /**
     * Asks somebody to join; an earlier invitation of theirs ends. Nobody gives more than they have, and projects must
     * be of the organization. Throws `conflict` when they are a member already.
     */
    async create(input: z.input<typeof newInvitation>): Promise<Invitation> {
      const { organizationId, userId, role: most } = own();
      const { email: given, role, projects, tokenHash, expiresAt } = parse(newInvitation, input);
      if (!isAtLeast(most, role)) throw new AppError('forbidden', `Only an owner makes somebody an ${role}.`);
      const email = given.toLowerCase();
      return database.transaction(async (tx) => {
        await database.lock(tx, `members:${organizationId}`);
        await requireStillRole(tx, principal, role === 'owner' ? 'owner' : 'admin');
        await mustBeProjects(tx, organizationId, projects);
        const member = await tx.member.count({ where: { organizationId, user: { email } } });
        if (member > 0) throw new AppError('conflict', `${email} is a member already.`);
        await tx.invitation.updateMany({
          where: { organizationId, email, status: 'pending' },
          data: { status: 'revoked' },
        });
        if ((await tx.invitation.count({ where: { organizationId, status: 'pending' } })) >= MOST_PENDING) {
          throw new AppError('too_many', `${MOST_PENDING} invitations are open; take some back first.`);
        }
        const row = await tx.invitation.create({
          data: {
            organizationId,
            email,
            role,
            projects: JSON.stringify(projects),
            tokenHash,
            expiresAt,
            inviterId: userId,
          },
          include: { inviter: { select: { name: true } } },
        });
        await appendAudit(database, tx, principal, organizationId, {
          action: 'invitation.create',
          target: `invitation:${row.id}`,
          details: { email, role, projects: projects.map(({ projectId }) => projectId) },
        });
        return invitationOf(row);
      });
    },

    /** Another link, good from now on; the one of before opens nothing. It is the inviter's own from then on. */
    async renew(
      id: string,
      { tokenHash, expiresAt }: { tokenHash: string; expiresAt: Date },
    ): Promise<Invitation> {
      const { organizationId, userId, role: most } = own();
      const where = { id: idOf(id, 'invitation'), organizationId, status: 'pending' };
      const data = parse(newInvitation.pick({ tokenHash: true, expiresAt: true }), { tokenHash, expiresAt });
      return database.transaction(async (tx) => {
        const row = (await tx.invitation.findFirst({ where })) ?? notFound('invitation');
        const role = roleOf(row.role);
        if (!isAtLeast(most, role))
          throw new AppError('forbidden', `Only an owner makes somebody an ${role}.`);
        await tx.invitation.updateMany({ where, data: { ...data, inviterId: userId } });
        const renewed = await tx.invitation.findFirstOrThrow({
          where,
          include: { inviter: { select: { name: true } } },
        });
        await appendAudit(database, tx, principal, organizationId, {
          action: 'invitation.renew',
          target: `invitation:${row.id}`,
          details: { email: row.email },
        });
        return invitationOf(renewed);
      });
    },

    /** Takes it back: its link opens nothing from then on. */
    async revoke(id: string): Promise<void> {
      const { organizationId } = own();
      const where = { id: idOf(id, 'invitation'), organizationId, status: 'pending' };
      await database.transaction(async (tx) => {
        const row = (await tx.invitation.findFirst({ where })) ?? notFound('invitation');
        await tx.invitation.updateMany({ where, data: { status: 'revoked' } });
        await appendAudit(database, tx, principal, organizationId, {
          action: 'invitation.revoke',
          target: `invitation:${row.id}`,
          details: { email: row.email },
        });
      });
    },

    /** The one that a link opens; null for every link that opens none (any more). System only. */
    async byToken(tokenHash: string): Promise<OpenInvitation | null> {
      requireSystem(principal);
      if (!HASH.test(String(tokenHash))) return null;
      const row = await prisma.invitation.findFirst({
        where: { tokenHash, status: 'pending', expiresAt: { gt: new Date() } },
        include: {
          inviter: { select: { name: true } },
          organization: { select: { id: true, name: true } },
        },
      });
      if (!row || !(await mayStillInvite(prisma, row))) return null;
      const user = await prisma.user.findUnique({
        where: { email: row.email },
        select: { _count: { select: { members: true } } },
      });
      return {
        organization: row.organization,
        email: row.email,
        role: roleOf(row.role),
        invitedBy: row.inviter.name,
        expiresAt: row.expiresAt,
        hasAccount: (user?._count.members ?? 0) > 0,
      };
    },

    /**
     * Makes a signed-in person a member, once. Throws `gone` for a link that opens nothing (any more), `forbidden` for
     * anybody but the person it was sent to, `conflict` for a member. System only.
     */
    async accept(tokenHash: string, userId: string): Promise<Accepted> {
      requireSystem(principal);
      const id = idOf(userId, 'user');
      return joining(() =>
        database.transaction(async (tx) => {
          const row = await taken(tx, tokenHash);
          const user = await tx.user.findUnique({ where: { id }, select: { email: true } });
          if (user?.email !== row.email) {
            throw new AppError('forbidden', `This invitation is for ${row.email}.`);
          }
          return join(tx, row, id);
        }),
      );
    },

    /**
     * Makes a member of somebody who had no account, with name and password. Somebody who belongs to no organization
     * any more is as new. Throws `conflict` for who has an account: they sign in first. System only.
     */
    async acceptAsNew(tokenHash: string, account: z.input<typeof newAccount>): Promise<Accepted> {
      requireSystem(principal);
      const { name, password } = parse(newAccount, account);
      return joining(() =>
        database.transaction(async (tx) => {
          const row = await taken(tx, tokenHash);
          const { email } = row;
          const known = await tx.user.findUnique({
            where: { email },
            select: { id: true, _count: { select: { members: true } } },
          });
          if (known && known._count.members > 0) {
            throw new AppError('conflict', `There is an account for ${email}. Sign in first, then accept.`);
          }
          // What is left of somebody who once was here must open nothing to who comes now.
          if (known) await tx.user.delete({ where: { id: known.id } });
          const user = await tx.user.create({
            data: { ...(known && { id: known.id }), name, email, emailVerified: true },
          });
          await tx.account.create({
            data: { userId: user.id, providerId: 'credential', accountId: user.id, password },
          });
          return join(tx, row, user.id);
        }),
      );
    },
  };

  /** Claims the invitation: of many that come at once one gets it. */
  async function taken(tx: Tx, tokenHash: string) {
    const gone = () =>
      new AppError('gone', 'This invitation is not good any more. Ask for another one where you got it.');
    const known = HASH.test(String(tokenHash)) && (await tx.invitation.findUnique({ where: { tokenHash } }));
    if (!known) throw gone();
    await database.lock(tx, `members:${known.organizationId}`);
    const { count } = await tx.invitation.updateMany({
      where: { tokenHash, status: 'pending', expiresAt: { gt: new Date() } },
      data: { status: 'accepted', acceptedAt: new Date() },
    });
    if (count !== 1) throw gone();
    const row = await tx.invitation.findUniqueOrThrow({ where: { tokenHash } });
    // Who invited may have left, or may do less by now.
    if (!(await mayStillInvite(tx, row))) throw gone();
    return row;
  }

  async function join(
    tx: Tx,
    row: { id: string; organizationId: string; role: string | null; projects: string },
    userId: string,
  ): Promise<Accepted> {
    const { organizationId } = row;
    const role = roleOf(row.role);
    await tx.member.create({ data: { organizationId, userId, role } });
    const wanted = JSON.parse(row.projects) as ProjectGrant[];
    // Projects may have gone since, or to another organization.
    const there = await tx.project.findMany({
      where: { organizationId, id: { in: wanted.map(({ projectId }) => projectId) } },
      select: { id: true },
    });
    const ids = new Set(there.map(({ id }) => id));
    const given = isAtLeast(role, 'admin') ? [] : wanted.filter(({ projectId }) => ids.has(projectId));
    for (const { projectId, role: projectRole } of given) {
      await tx.projectMember.create({ data: { projectId, userId, organizationId, role: projectRole } });
    }
    const { name } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
    await appendAudit(database, tx, { type: 'user', userId, organizationId, role }, organizationId, {
      action: 'member.join',
      target: `user:${userId}`,
      details: { role, invitation: row.id, projects: given.map(({ projectId }) => projectId) },
    });
    return { organization: { id: organizationId, name }, userId, role };
  }
}

export interface Accepted {
  organization: { id: string; name: string };
  userId: string;
  role: Role;
}

function joining<T>(work: () => Promise<T>): Promise<T> {
  return orConflict('This person is a member already.', work);
}

/** Whether who invited still could: an administrator who has at least the role they gave. */
async function mayStillInvite(
  client: Tx | Database['prisma'],
  { organizationId, inviterId, role }: { organizationId: string; inviterId: string; role: string | null },
): Promise<boolean> {
  const inviter = await client.member.findFirst({
    where: { organizationId, userId: inviterId },
    select: { role: true },
  });
  if (!inviter) return false;
  const has = roleOf(inviter.role);
  return isAtLeast(has, 'admin') && isAtLeast(has, roleOf(role));
}

/** Throws `not_found` unless all these are projects of the organization. */
async function mustBeProjects(
  tx: Tx,
  organizationId: string,
  projects: readonly ProjectGrant[],
): Promise<void> {
  const ids = new Set(projects.map(({ projectId }) => idOf(projectId, 'project')));
  if (ids.size < projects.length)
    throw new AppError('bad_request', 'projects: the same project stands there twice.');
  const found = await tx.project.count({ where: { organizationId, id: { in: [...ids] } } });
  if (found < ids.size) notFound('project');
}

interface InvitationRow {
  id: string;
  email: string;
  role: string | null;
  projects: string;
  createdAt: Date;
  expiresAt: Date;
  inviter: { name: string };
}

function invitationOf({
  id,
  email,
  role,
  projects,
  createdAt,
  expiresAt,
  inviter,
}: InvitationRow): Invitation {
  return {
    id,
    email,
    role: roleOf(role),
    projects: JSON.parse(projects) as ProjectGrant[],
    invitedBy: inviter.name,
    createdAt,
    expiresAt,
  };
}
