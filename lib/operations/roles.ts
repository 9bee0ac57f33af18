import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';

/** Throws `forbidden` for viewers, and for keys and the public, who only call tools. */
export function mayEdit(principal: Principal, what: string): void {
  if (principal.type === 'system') return;
  if (principal.type === 'user' && principal.role !== 'viewer') return;
  throw new AppError(
    'forbidden',
    `You need the role editor to ${what}. Ask an owner or admin of the organization.`,
  );
}
