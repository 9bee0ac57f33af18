import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import type { AccessNews } from './tell-access.ts';
import { untilTold } from './until-told.ts';

/**
 * For a stream that a person follows in a project: aborts with `signal`, and as soon as they may not do there what they
 * could when it was opened. Whoever follows comes back and is looked at anew.
 */
export function accessSignal(
  app: App,
  principal: Principal,
  { project, signal }: { project: string; signal: AbortSignal },
): AbortSignal {
  if (principal.type !== 'user') return signal;
  const { userId, organizationId, projectId, role } = principal;
  const { people } = repository(app.db, { type: 'system' });
  return untilTold(app, {
    topic: 'member.changed',
    concerns: (payload) => {
      const { userId: whose } = payload as AccessNews;
      return whose === undefined || whose === userId;
    },
    async holds() {
      const seat = await people.seat(userId, project);
      return seat?.role === role && seat.projectId === projectId && seat.organizationId === organizationId;
    },
    signal,
  });
}
