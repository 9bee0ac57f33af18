import type { Session } from '#app/data/types.ts';

type Role = Session['role'];

const RANK: Record<Role, number> = { viewer: 0, editor: 1, admin: 2, owner: 3 };

/** The roles that somebody who has this one may give, the greatest first. */
export function rolesUpTo(most: Role): Role[] {
  return (['owner', 'admin', 'editor', 'viewer'] as const).filter((role) => RANK[role] <= RANK[most]);
}

export const ROLE_LABELS: Record<Role, string> = {
  owner: 'Owner',
  admin: 'Admin',
  editor: 'Editor',
  viewer: 'Viewer',
};
