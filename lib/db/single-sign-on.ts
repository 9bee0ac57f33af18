import * as z from 'zod';
import { requireRole, requireSystem } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, orConflict, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal, Role } from './principal.ts';

/** Nobody becomes an owner by being let in. */
export const SSO_ROLES = ['viewer', 'editor', 'admin'] as const;

const settingsSchema = z.object({
  name: text(60).min(1),
  issuer: z.url({ protocol: /^https?$/ }).max(500),
  clientId: text(500).min(1),
  /** Sealed; left out to keep the one there is. */
  clientSecret: z.string().min(1).max(10_000).optional(),
  domains: z
    .array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/))
    .min(1)
    .max(50),
  defaultRole: z.enum(SSO_ROLES),
  passwords: z.boolean(),
});

export type SingleSignOnInput = z.input<typeof settingsSchema>;

/** How the people of an organization sign in. */
export interface SingleSignOn {
  organizationId: string;
  /** On the button. */
  name: string;
  issuer: string;
  clientId: string;
  domains: string[];
  defaultRole: Role;
  /** Members who are no owners may use a password too. */
  passwords: boolean;
}

/** With what only the server needs. */
export interface SealedSingleSignOn extends SingleSignOn {
  organization: { id: string; name: string; slug: string };
  /** Sealed. */
  clientSecret: string;
}

/** Somebody whom an identity provider vouches for. */
export interface Vouched {
  /** Issuer and subject: what does not change. */
  accountId: string;
  email: string;
  name: string;
}

type Row = Omit<SingleSignOn, 'domains' | 'defaultRole'> & {
  defaultRole: string;
  domains: { domain: string }[];
};

/** Identity providers of organizations, and who was let in by one. */
export function singleSignOnOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const own = (): string => {
    if (principal.type !== 'user') throw new AppError('forbidden', 'Only a member may do this.');
    return principal.organizationId;
  };
  const providerOf = (organizationId: string) => `sso:${organizationId}`;

  return {
    /** Of one's organization; null where there is none. Owners only. */
    async read(): Promise<SingleSignOn | null> {
      requireRole(principal, 'owner');
      const row = await prisma.singleSignOn.findUnique({
        where: { organizationId: own() },
        include: { domains: true },
      });
      return row && settingsOf(row);
    },

    /**
     * Sets it. Owners only. Throws `bad_request` for a first one without a secret, and `conflict` when a domain leads
     * to another organization already.
     */
    async save(input: SingleSignOnInput): Promise<void> {
      requireRole(principal, 'owner');
      const organizationId = own();
      const { domains, clientSecret, ...data } = parse(settingsSchema, input);
      await orConflict('One of these domains leads to another organization already.', () =>
        database.transaction(async (tx) => {
          await database.lock(tx, `single-sign-on:${organizationId}`);
          const before = await tx.singleSignOn.findUnique({
            where: { organizationId },
            include: { domains: true },
          });
          if (!before && clientSecret === undefined) {
            throw new AppError('bad_request', 'clientSecret: is needed at first.');
          }
          const secret = clientSecret === undefined ? {} : { clientSecret };
          await tx.singleSignOn.upsert({
            where: { organizationId },
            create: { organizationId, ...data, clientSecret: clientSecret ?? '' },
            update: { ...data, ...secret },
          });
          await tx.signOnDomain.deleteMany({ where: { organizationId } });
          await tx.signOnDomain.createMany({
            data: [...new Set(domains)].map((domain) => ({ domain, organizationId })),
          });
          // Whoever another provider vouched for is not known to this one.
          if (before && before.issuer !== data.issuer) await endSessions(tx, organizationId);
          await appendAudit(database, tx, principal, organizationId, {
            action: 'organization.single_sign_on',
            target: `organization:${organizationId}`,
            details: {
              issuer: data.issuer,
              clientId: data.clientId,
              domains: [...domains].sort(),
              defaultRole: data.defaultRole,
              passwords: data.passwords,
              ...(clientSecret === undefined ? {} : { clientSecret: 'changed' }),
            },
          });
        }),
      );
    },

    /** Takes it away, and ends the sessions it began. Passwords are good again. Owners only. */
    async remove(): Promise<void> {
      requireRole(principal, 'owner');
      const organizationId = own();
      await database.transaction(async (tx) => {
        const { count } = await tx.singleSignOn.deleteMany({ where: { organizationId } });
        if (count === 0) notFound('single sign-on');
        await endSessions(tx, organizationId);
        await appendAudit(database, tx, principal, organizationId, {
          action: 'organization.single_sign_on_removed',
          target: `organization:${organizationId}`,
        });
      });
    },

    /** The name of the organization in addresses, and whether it asks for a second factor beside a password. */
    async organization(): Promise<{ slug: string; requireTwoFactor: boolean }> {
      requireRole(principal, 'viewer');
      const row = await prisma.organization.findUnique({
        where: { id: own() },
        select: { slug: true, requireTwoFactor: true },
      });
      return row ?? notFound('organization');
    },

    /** Owners only. */
    async requireTwoFactor(wanted: boolean): Promise<void> {
      requireRole(principal, 'owner');
      const id = own();
      const requireTwoFactor = parse(z.boolean(), wanted);
      await database.transaction(async (tx) => {
        await tx.organization.update({ where: { id }, data: { requireTwoFactor } });
        await appendAudit(database, tx, principal, id, {
          action: 'organization.two_factor',
          target: `organization:${id}`,
          details: { required: requireTwoFactor },
        });
      });
    },

    /** By the slug of the organization, its id, or the domain of an e-mail address. System only. */
    async find(
      by: { slug: string } | { id: string } | { domain: string },
    ): Promise<SealedSingleSignOn | null> {
      requireSystem(principal);
      const row = await prisma.singleSignOn.findFirst({
        where: whereOf(by),
        include: { domains: true, organization: { select: { id: true, name: true, slug: true } } },
      });
      if (!row) return null;
      return { ...settingsOf(row), organization: row.organization, clientSecret: row.clientSecret };
    },

    /**
     * The account of somebody whom the provider of an organization vouches for, made where there is none: a member
     * whose address this is, or a new person with a new membership. System only. Throws `forbidden` for who was a
     * member and is none any more, and for an account of that address that does not belong to the organization: its
     * owner set its password, and need not be the owner of the address.
     */
    async admit(organizationId: string, vouched: Vouched): Promise<{ userId: string; isNew: boolean }> {
      requireSystem(principal);
      const of = idOf(organizationId, 'organization');
      const providerId = providerOf(of);
      const { accountId, email, name } = parse(
        z.object({ accountId: text(1000).min(1), email: z.email().max(200), name: text(120).min(1) }),
        vouched,
      );
      return database.transaction(async (tx) => {
        await database.lock(tx, `single-sign-on:${of}`);
        await database.lock(tx, `members:${of}`);
        const isMember = async (userId: string) =>
          (await tx.member.count({ where: { organizationId: of, userId } })) === 1;
        const known = await tx.account.findFirst({ where: { providerId, accountId } });
        if (known) {
          if (await isMember(known.userId)) return { userId: known.userId, isNew: false };
          throw new AppError('forbidden', 'You are no member of this organization any more.', {
            reason: 'removed',
          });
        }
        const existing = await tx.user.findUnique({ where: { email } });
        if (existing && !(await isMember(existing.id))) {
          throw new AppError('forbidden', 'There is an account with this address that is no member.', {
            reason: 'not_member',
          });
        }
        const user = existing ?? (await tx.user.create({ data: { email, name, emailVerified: true } }));
        await tx.account.create({ data: { userId: user.id, providerId, accountId } });
        if (existing) {
          await appendAudit(database, tx, principal, of, {
            action: 'member.link',
            target: `user:${user.id}`,
          });
          return { userId: user.id, isNew: false };
        }
        const settings = await tx.singleSignOn.findUnique({ where: { organizationId: of } });
        const role = z.enum(SSO_ROLES).catch('viewer').parse(settings?.defaultRole);
        await tx.member.create({ data: { organizationId: of, userId: user.id, role } });
        await appendAudit(database, tx, principal, of, {
          action: 'member.add',
          target: `user:${user.id}`,
          details: { role, via: 'single sign-on' },
        });
        return { userId: user.id, isNew: true };
      });
    },
  };
}

function whereOf(by: { slug: string } | { id: string } | { domain: string }) {
  if ('slug' in by) return { organization: { slug: idOrNull(by.slug) ?? '' } };
  if ('id' in by) return { organizationId: idOrNull(by.id) ?? '' };
  return { domains: { some: { domain: parse(text(253), by.domain) } } };
}

function settingsOf({
  organizationId,
  name,
  issuer,
  clientId,
  defaultRole,
  passwords,
  domains,
}: Row): SingleSignOn {
  return {
    organizationId,
    name,
    issuer,
    clientId,
    domains: domains.map(({ domain }) => domain).sort(),
    defaultRole: z.enum(SSO_ROLES).catch('viewer').parse(defaultRole),
    passwords,
  };
}

async function endSessions(tx: Tx, organizationId: string): Promise<void> {
  await tx.session.deleteMany({ where: { ssoOrganizationId: organizationId } });
  await tx.signInTicket.deleteMany({ where: { organizationId, kind: 'sso' } });
}
