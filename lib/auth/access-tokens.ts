import type { Logger } from 'pino';
import type { Database } from '#lib/db/client.ts';
import { DATABASE_CHANGED, type Events } from '#lib/db/events.ts';
import type { StoredToken } from '#lib/db/oauth-tokens.ts';
import type { Principal, Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { hashNothing, matches, parseKey } from './key-format.ts';
import type { Secrets } from './sealing.ts';

/** A token is read again after this long, whatever happened to the news of its end. */
const CACHE_MS = 5000;
/** Last use is noted by the minute. */
const TOUCH_MS = 60_000;
const MOST_TOKENS = 10_000;
/** Ids that no token has; guessing them pushes no token out. */
const MOST_UNKNOWN = 1000;

/** What a good token says. */
export interface VerifiedToken {
  principal: Extract<Principal, { type: 'grant' }>;
  /** The address that it is for, and no other. */
  resource: string;
  expiresAt: Date;
  /** As granted. */
  scopes: readonly string[];
  /** What the person is in the project. */
  role: Role;
}

/** Access tokens of OAuth: `app.accessTokens.verify(presented)`. */
export interface AccessTokens {
  /**
   * Who presents this token. Null when it is none, has expired or was revoked, when the person has no access any
   * more, and when the address is gone or takes no OAuth.
   */
  verify(presented: string): Promise<VerifiedToken | null>;
  /** Whether it was found to be a token here before; it may have ended since. Asks nobody. */
  isKnown(presented: string): boolean;
  close(): void;
}

export interface AccessTokensOptions {
  db: Database;
  events: Pick<Events, 'subscribe'>;
  secrets: Secrets;
  log: Logger;
}

interface Entry {
  token: Promise<StoredToken | null>;
  /** What was read last. */
  found: StoredToken | null | undefined;
  readAt: number;
}

/** Whether it may be an access token: API keys begin otherwise. */
export function isAccessToken(presented: string): boolean {
  return presented.startsWith('pba_');
}

/** Checks access tokens. One whose grant is revoked ends with the news of it, and after five seconds without. */
export function createAccessTokens({ db, events, secrets, log }: AccessTokensOptions): AccessTokens {
  const { oauthTokens } = repository(db, { type: 'system' });
  const cache = new Map<string, Entry>();
  const unknown = new Map<string, Entry>();
  /** When the last use of a grant was noted. */
  const touched = new Map<string, number>();

  const ends = [
    events.subscribe('grant.revoked', (payload) => {
      const { grantId } = payload as { grantId: string };
      for (const entry of cache.values()) {
        // One that is being read may have been read before.
        if (entry.found === undefined || entry.found?.grantId === grantId) entry.readAt = 0;
      }
    }),
    events.subscribe('project.changed', forgetAll),
    events.subscribe('member.changed', forgetAll),
    events.subscribe(DATABASE_CHANGED, forgetAll),
  ];

  /** All are read again; which were tokens is remembered. */
  function forgetAll(): void {
    for (const entry of cache.values()) entry.readAt = 0;
    unknown.clear();
  }

  function read(id: string): Entry {
    const now = Date.now();
    const cached = cache.get(id) ?? unknown.get(id);
    if (cached && now - cached.readAt < CACHE_MS) return cached;
    unknown.delete(id);
    const token = oauthTokens.find(id);
    const entry: Entry = { token, found: cached?.found, readAt: now };
    cache.set(id, entry);
    token.then(
      (found) => {
        entry.found = found;
        if (found !== null || cache.get(id) !== entry) return;
        cache.delete(id);
        unknown.set(id, entry);
        if (unknown.size > MOST_UNKNOWN) unknown.delete(unknown.keys().next().value!);
      },
      () => cache.delete(id),
    );
    if (cache.size > MOST_TOKENS) cache.delete(cache.keys().next().value!);
    return entry;
  }

  function touch(grantId: string): void {
    const now = Date.now();
    if (now - (touched.get(grantId) ?? 0) < TOUCH_MS) return;
    touched.delete(grantId);
    touched.set(grantId, now);
    if (touched.size > MOST_TOKENS) touched.delete(touched.keys().next().value!);
    oauthTokens
      .touch(grantId, new Date(now))
      .catch((error) => log.warn({ err: error, grantId }, 'last use of a grant was not noted'));
  }

  return {
    async verify(presented) {
      const parsed = parseKey(presented, 'pba');
      if (!parsed) return null;
      const token = await read(parsed.id).token;
      // An unknown id costs as much as a wrong secret.
      const same = matches(secrets, token?.hash ?? hashNothing(secrets), parsed.random);
      if (!token || !same || token.revoked || token.role === null) return null;
      if (token.expiresAt.getTime() <= Date.now()) return null;
      if (token.access !== 'oauth' && token.access !== 'public') return null;
      touch(token.grantId);
      const { grantId, clientId, userId, organizationId, projectId, resource, expiresAt, role } = token;
      const { tools, readOnly, scopes } = token;
      const reach = { tools, readOnly, scopes };
      return {
        principal: { type: 'grant', grantId, clientId, userId, organizationId, projectId, ...reach },
        resource,
        expiresAt,
        scopes,
        role,
      };
    },
    isKnown(presented) {
      const parsed = parseKey(presented, 'pba');
      const found = parsed && cache.get(parsed.id)?.found;
      return found ? matches(secrets, found.hash, parsed.random) : false;
    },
    close() {
      for (const end of ends) end();
      cache.clear();
      unknown.clear();
    },
  };
}
