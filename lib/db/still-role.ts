import { isAtLeast, roleOf } from './access.ts';
import { AppError } from './app-error.ts';
import type { Tx } from './database.ts';
import type { Principal, Role } from './principal.ts';

/**
 * Inside a transaction that holds `members:<organization>`: throws `forbidden` unless the person still has at least
 * this role. Their principal was made before they waited for the lock, and somebody may have changed it meanwhile.
 */
export async function requireStillRole(tx: Tx, principal: Principal, role: Role): Promise<void> {
  if (principal.type !== 'user') return;
  const { organizationId, userId } = principal;
  const row = await tx.member.findFirst({ where: { organizationId, userId }, select: { role: true } });
  if (row && isAtLeast(roleOf(row.role), role)) return;
  throw new AppError('forbidden', `This needs the role ${role} or higher in the organization.`);
}
