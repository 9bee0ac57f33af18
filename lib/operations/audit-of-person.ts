import { type AuditEntry, NO_ORGANIZATION } from '#lib/db/audit.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

/** Notes what happened to somebody's account while nobody was signed in, in the log of each organization of theirs. */
export async function auditOfPerson(app: App, userId: string, entry: AuditEntry): Promise<void> {
  const { members, audit } = repository(app.db, { type: 'system' });
  const memberships = await members.membershipsOf(userId);
  const ids = memberships.map(({ organization }) => organization.id);
  for (const id of ids.length > 0 ? ids : [NO_ORGANIZATION]) {
    await audit.append({ target: `user:${userId}`, ...entry }, id);
  }
}
