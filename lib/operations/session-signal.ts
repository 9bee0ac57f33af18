import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { untilTold } from './until-told.ts';
import type { Who } from './who-is.ts';

const ENDED = 'session.ended';

/** Tells every process that sessions of a person have ended; of anybody without `userId`. */
export function tellSessionEnded(app: App, userId?: string): void {
  void app.events.publish(ENDED, { userId: userId ?? null });
}

/** For a stream that a person follows: aborts with `signal`, and as soon as the session has ended that it was opened in. */
export function sessionSignal(app: App, { principal, session }: Who, signal: AbortSignal): AbortSignal {
  const { browserSessions } = repository(app.db, { type: 'system' });
  return untilTold(app, {
    topic: ENDED,
    concerns: (payload) => {
      const { userId } = payload as { userId: string | null };
      return userId === null || userId === principal.userId;
    },
    holds: () => browserSessions.isLiving(session.id),
    signal,
  });
}
