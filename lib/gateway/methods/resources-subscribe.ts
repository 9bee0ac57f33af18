import { repository } from '#lib/db/repository.ts';
import { Fault } from '../errors.ts';
import type { Method } from '../exchange.ts';
import { isFollowable, mayFollow } from '../may-follow.ts';
import { resourceNotFound } from '../resource-not-found.ts';
import { SESSION_MS, type Session } from '../sessions.ts';
import { requestedUri } from './resources-read.ts';

/** Tells the process that holds a session's stream: a SessionSubscribed. */
export const SESSION_SUBSCRIBED = 'session.subscribed';

export interface SessionSubscribed {
  session: string;
  uri: string;
  /** False: no longer. */
  on: boolean;
}

/**
 * `resources/subscribe` (2025). Sessions are remembered nowhere, but what they are subscribed to is: the stream on
 * which a session hears of changes may be at another replica, and is opened anew now and then.
 */
export const resourcesSubscribe: Method = async (exchange) => {
  const { app, project, principal, session } = exchange.caller;
  const uri = requestedUri(exchange);
  const { name } = withSession(session);
  if (!mayFollow(principal, project, uri)) throw resourceNotFound(exchange, uri);
  const expiresAt = new Date(Date.now() + SESSION_MS);
  await repository(app.db, principal).subscriptions.add(project.id, { session: name, uri, expiresAt });
  app.events.publish(SESSION_SUBSCRIBED, { session: name, uri, on: true });
  return '{}';
};

/** `resources/unsubscribe` (2025). */
export const resourcesUnsubscribe: Method = async (exchange) => {
  const { app, project, principal, session } = exchange.caller;
  const uri = requestedUri(exchange);
  const { name } = withSession(session);
  if (!isFollowable(uri)) return '{}';
  await repository(app.db, principal).subscriptions.remove(project.id, name, uri);
  app.events.publish(SESSION_SUBSCRIBED, { session: name, uri, on: false });
  return '{}';
};

function withSession(session: Session | null): Session {
  if (session) return session;
  throw new Fault('invalid_params', 'Without a session nobody could be told: send initialize first.');
}
