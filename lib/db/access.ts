import { AppError } from './app-error.ts';
import type { Principal, Role } from './principal.ts';

/** What every `where` of a table with organization and project is built from. */
export interface Scope {
  organizationId?: string;
  projectId?: string;
}

const RANK: Record<Role, number> = { viewer: 0, editor: 1, admin: 2, owner: 3 };

/** No project has this id. */
const NOWHERE = '';

/** Whether a role is at least another one. */
export function isAtLeast(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least];
}

/** Anything unexpected in the column gives the least. */
export function roleOf(role: string | null): Role {
  return (['owner', 'admin', 'editor'] as const).find((known) => known === role) ?? 'viewer';
}

/** The rows a principal can see, in tables that carry both ids. */
export function scopeOf(principal: Principal): Scope {
  switch (principal.type) {
    case 'user': {
      const { organizationId, projectId, role } = principal;
      if (projectId !== undefined) return { organizationId, projectId };
      return isAtLeast(role, 'admin') ? { organizationId } : { organizationId, projectId: NOWHERE };
    }
    case 'key':
    case 'grant':
    case 'public':
      return { organizationId: principal.organizationId, projectId: principal.projectId };
    case 'system':
      return {};
  }
}

/** The same, for the table of projects itself. */
export function projectScopeOf(principal: Principal): { organizationId?: string; id?: string } {
  const { organizationId, projectId } = scopeOf(principal);
  return {
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(projectId === undefined ? {} : { id: projectId }),
  };
}

/** Throws `forbidden` unless the principal is a member with at least this role, or the system. */
export function requireRole(principal: Principal, role: Role): void {
  if (principal.type === 'system') return;
  if (principal.type === 'user' && isAtLeast(principal.role, role)) return;
  const where = principal.type === 'user' && principal.projectId ? 'project' : 'organization';
  throw new AppError('forbidden', `This needs the role ${role} or higher in the ${where}.`);
}

/** The same for what concerns the organization: a role that somebody has in one project says nothing about it. */
export function requireOrganizationRole(principal: Principal, role: Role): void {
  requireRole(principal, role);
  if (principal.type !== 'user' || principal.projectId === undefined) return;
  throw new AppError('forbidden', 'This concerns the organization, and not one project.');
}

/** Throws `forbidden` for anybody but the program itself. */
export function requireSystem(principal: Principal): void {
  if (principal.type !== 'system') throw new AppError('forbidden', 'Only the server itself may do this.');
}

/** Who did it, as it is stored: the user's id, `key:<id>` … */
export function actorOf(principal: Principal): { actorType: Principal['type']; actorId: string | null } {
  switch (principal.type) {
    case 'user':
      return { actorType: 'user', actorId: principal.userId };
    case 'key':
      return { actorType: 'key', actorId: principal.keyId };
    case 'grant':
      return { actorType: 'grant', actorId: principal.grantId };
    default:
      return { actorType: principal.type, actorId: null };
  }
}

/** Throws `forbidden` for what is another person's own, for anybody but them and the system. */
export function requireSelf(principal: Principal, userId: string): void {
  if (principal.type === 'system') return;
  if (principal.type === 'user' && principal.userId === userId) return;
  throw new AppError('forbidden', 'Only the person themselves may do this.');
}
