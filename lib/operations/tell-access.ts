import type { App } from './app.ts';

/** Whose access changed, as far as that is known: a person's, or everybody's in a project or an organization. */
export interface AccessNews {
  userId?: string;
  projectId?: string;
  organizationId?: string;
  /** Ids of what was revoked with it. */
  keys?: readonly string[];
  grants?: readonly string[];
}

/** Tells every process that somebody may do something else than before: open streams look again, caches forget. */
export async function tellAccess(
  { events }: Pick<App, 'events'>,
  { keys = [], grants = [], ...whose }: AccessNews,
): Promise<void> {
  await Promise.all([
    events.publish('member.changed', whose),
    ...keys.map((keyId) => events.publish('key.revoked', { keyId })),
    ...grants.map((grantId) => events.publish('grant.revoked', { grantId })),
  ]);
}
