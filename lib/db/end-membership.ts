import type { Tx } from './database.ts';

/**
 * Inside a transaction: takes from somebody who belongs to an organization no more what hung on that. Answers the ids
 * of the grants that ended, for the news of it.
 */
export async function endMembership(
  tx: Tx,
  who: { organizationId: string; userId: string },
): Promise<{ grants: string[] }> {
  const { organizationId, userId } = who;
  await tx.projectMember.deleteMany({ where: { organizationId, userId } });
  await tx.session.updateMany({
    where: { userId, activeOrganizationId: organizationId },
    data: { activeOrganizationId: null },
  });
  const open = { organizationId, userId, revokedAt: null };
  const grants = await tx.oauthGrant.findMany({ where: open, select: { id: true } });
  await tx.oauthGrant.updateMany({ where: open, data: { revokedAt: new Date() } });
  return { grants: grants.map(({ id }) => id) };
}
