import { DATABASE_CHANGED } from '#lib/db/events.ts';

/** News after which somebody who is connected may not be allowed to any more, or may have less. */
export const ACCESS_CHANGED: readonly string[] = [
  'key.revoked',
  'grant.revoked',
  'member.changed',
  'project.changed',
  DATABASE_CHANGED,
];
