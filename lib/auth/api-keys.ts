import type { Logger } from 'pino';
import type { Database } from '#lib/db/client.ts';
import { DATABASE_CHANGED, type Events } from '#lib/db/events.ts';
import type { StoredKey } from '#lib/db/keys.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { hashNothing, matches, parseKey } from './key-format.ts';
import type { Secrets } from './sealing.ts';

/** A key is read again after this long, whatever happened to the news of its revocation. */
const CACHE_MS = 5000;
/** Last use is noted by the minute. */
const TOUCH_MS = 60_000;
const MOST_KEYS = 10_000;

export interface ApiKeys {
  /** Who presents this key. Null when it is not one, was revoked, has expired or its project is gone. */
  verify(presented: string): Promise<Extract<Principal, { type: 'key' }> | null>;
  close(): void;
}

export interface ApiKeysOptions {
  db: Database;
  events: Pick<Events, 'subscribe'>;
  secrets: Secrets;
  log: Logger;
}

interface Entry {
  key: Promise<StoredKey | null>;
  readAt: number;
  touchedAt: number;
}

/** Checks API keys. A revoked one stops working with the news of it, and after five seconds without. */
export function createApiKeys({ db, events, secrets, log }: ApiKeysOptions): ApiKeys {
  const { keys } = repository(db, { type: 'system' });
  const cache = new Map<string, Entry>();

  const ends = [
    events.subscribe('key.revoked', (payload) => {
      cache.delete((payload as { keyId: string }).keyId);
    }),
    events.subscribe('project.changed', () => cache.clear()),
    events.subscribe(DATABASE_CHANGED, () => cache.clear()),
  ];

  function read(id: string): Entry {
    const now = Date.now();
    const cached = cache.get(id);
    if (cached && now - cached.readAt < CACHE_MS) return cached;
    const entry: Entry = { key: keys.find(id), readAt: now, touchedAt: cached?.touchedAt ?? 0 };
    cache.set(id, entry);
    entry.key.catch(() => cache.delete(id));
    if (cache.size > MOST_KEYS) cache.delete(cache.keys().next().value!);
    return entry;
  }

  function touch(id: string, entry: Entry): void {
    const now = Date.now();
    if (now - entry.touchedAt < TOUCH_MS) return;
    entry.touchedAt = now;
    keys
      .touch(id, new Date(now))
      .catch((error) => log.warn({ err: error, keyId: id }, 'last use of a key was not noted'));
  }

  return {
    async verify(presented) {
      const parsed = parseKey(presented);
      if (!parsed) return null;
      const entry = read(parsed.id);
      const key = await entry.key;
      // An unknown id costs as much as a wrong secret.
      const same = matches(secrets, key?.hash ?? hashNothing(secrets), parsed.random);
      if (!key || !same || key.revokedAt !== null) return null;
      if (key.expiresAt !== null && key.expiresAt.getTime() <= Date.now()) return null;
      touch(parsed.id, entry);
      const { id: keyId, organizationId, projectId, tools } = key;
      return { type: 'key', keyId, organizationId, projectId, tools };
    },
    close() {
      for (const end of ends) end();
      cache.clear();
    },
  };
}
