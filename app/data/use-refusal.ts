'use client';

import { useRole } from './use-role.ts';

const RANK = { viewer: 0, editor: 1, admin: 2, owner: 3 } as const;

const WHO: Record<'editor' | 'admin', string> = {
  editor: 'Only editors, admins and owners can change this',
  admin: 'Only admins and owners can change this',
};

/** Why whoever is signed in may not do what needs this role, in a sentence; null when they may. */
export function useRefusal(needs: 'editor' | 'admin'): string | null {
  const role = useRole();
  if (role === undefined || RANK[role] >= RANK[needs]) return null;
  return `${WHO[needs]}; your role is ${role}.`;
}
