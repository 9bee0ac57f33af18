import { AppError } from './app-error.ts';
import type { Tx } from './database.ts';

/** Inside a transaction that holds `members:<organization>`: throws `conflict` when nobody owns it any more. */
export async function keepOwner(tx: Tx, organizationId: string): Promise<void> {
  const owners = await tx.member.count({ where: { organizationId, role: 'owner' } });
  if (owners === 0)
    throw new AppError('conflict', 'An organization needs an owner; make somebody else one first.');
}
