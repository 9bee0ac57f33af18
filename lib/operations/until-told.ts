import { DATABASE_CHANGED } from '#lib/db/events.ts';
import type { App } from './app.ts';

export interface Following {
  /** The event after which it is looked at again, and whether it is about this one. */
  topic: string;
  concerns: (payload: unknown) => boolean;
  /** Whether it is still as it was. */
  holds: () => Promise<boolean>;
  signal: AbortSignal;
}

/** Aborts with `signal`, and as soon as something does not hold any more that did when a stream was opened. */
export function untilTold(
  { events }: Pick<App, 'events'>,
  { topic, concerns, holds, signal }: Following,
): AbortSignal {
  const ended = new AbortController();
  const look = () => {
    holds().then(
      (still) => {
        if (!still) ended.abort();
      },
      // The database does not answer; it says so when it does again, and then this is looked at.
      () => {},
    );
  };
  const ends = [
    events.subscribe(topic, (payload) => {
      if (concerns(payload)) look();
    }),
    events.subscribe(DATABASE_CHANGED, look),
  ];
  const either = AbortSignal.any([signal, ended.signal]);
  const unsubscribe = () => {
    for (const end of ends) end();
  };
  either.addEventListener('abort', unsubscribe, { once: true });
  return either;
}
