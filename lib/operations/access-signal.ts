import { DATABASE_CHANGED } from '#lib/db/events.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import type { AccessNews } from './tell-access.ts';

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
  const ended = new AbortController();
  const { people } = repository(app.db, { type: 'system' });
  const look = () => {
    people.seat(userId, project).then(
      (seat) => {
        const same =
          seat?.role === role && seat.projectId === projectId && seat.organizationId === organizationId;
        if (!same) ended.abort();
      },
      // The database does not answer; it says so when it does again, and then this is looked at.
      () => {},
    );
  };
  const ends = [
    app.events.subscribe('member.changed', (payload) => {
      const { userId: whose } = payload as AccessNews;
      if (whose === undefined || whose === userId) look();
    }),
    app.events.subscribe(DATABASE_CHANGED, look),
  ];
  const either = AbortSignal.any([signal, ended.signal]);
  const unsubscribe = () => {
    for (const end of ends) end();
  };
  either.addEventListener('abort', unsubscribe, { once: true });
  return either;
}
