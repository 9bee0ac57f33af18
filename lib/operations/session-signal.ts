import { DATABASE_CHANGED } from '#lib/db/events.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import type { Who } from './who-is.ts';

const ENDED = 'session.ended';

/** Tells every process that sessions of a person have ended; of anybody without `userId`. */
export function tellSessionEnded(app: App, userId?: string): void {
  void app.events.publish(ENDED, { userId: userId ?? null });
}

/** For a stream that a person follows: aborts with `signal`, and as soon as the session has ended that it was opened in. */
export function sessionSignal(app: App, { principal, session }: Who, signal: AbortSignal): AbortSignal {
  const ended = new AbortController();
  const { browserSessions } = repository(app.db, { type: 'system' });
  const look = () => {
    browserSessions.isLiving(session.id).then(
      (living) => {
        if (!living) ended.abort();
      },
      // The database does not answer; it says so when it does again, and then this is looked at.
      () => {},
    );
  };
  const ends = [
    app.events.subscribe(ENDED, (payload) => {
      const { userId } = payload as { userId: string | null };
      if (userId === null || userId === principal.userId) look();
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
