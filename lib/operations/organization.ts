import type { Member } from '#lib/db/members.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

export interface OrganizationView {
  id: string;
  name: string;
  createdAt: string;
  members: (Omit<Member, 'createdAt' | 'seenAt'> & { createdAt: string; seenAt: string | null })[];
}

/** The organization and who belongs to it, by name. */
export async function readOrganization(app: App, principal: Principal): Promise<OrganizationView> {
  const { members } = repository(app.db, principal);
  const [{ createdAt, ...organization }, people] = await Promise.all([
    members.organization(),
    members.list(),
  ]);
  return {
    ...organization,
    createdAt: createdAt.toISOString(),
    members: people.map((member) => ({
      ...member,
      createdAt: member.createdAt.toISOString(),
      seenAt: member.seenAt?.toISOString() ?? null,
    })),
  };
}

/** Gives the organization another name. Administrators only. */
export async function renameOrganization(
  app: App,
  principal: Principal,
  name: string,
): Promise<OrganizationView> {
  await repository(app.db, principal).members.rename(name);
  return readOrganization(app, principal);
}
