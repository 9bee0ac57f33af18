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
/** Ids that no key has; guessing them pushes no key out. */
const MOST_UNKNOWN = 1000;

export interface ApiKeys {
  /** Who presents this key. Null when it is not one, was revoked, has expired or its project is gone. */
  verify(presented: string): Promise<Extract<Principal, { type: 'key' }> | null>;
  /** Whether it was found to be a key here before; it may have been revoked since. Asks nobody. */
  isKnown(presented: string): boolean;
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
  /** What was read last. */
  found: StoredKey | null | undefined;
  readAt: number;
  touchedAt: number;
}

/** Checks API keys. A revoked one stops working with the news of it, and after five seconds without. */
export function createApiKeys({ db, events, secrets, log }: ApiKeysOptions): ApiKeys {
  const { keys } = repository(db, { type: 'system' });
  const cache = new Map<string, Entry>();
  const unknown = new Map<string, Entry>();

  const ends = [
    events.subscribe('key.revoked', (payload) => {
      cache.delete((payload as { keyId: string }).keyId);
    }),
    events.subscribe('project.changed', forgetAll),
    events.subscribe(DATABASE_CHANGED, forgetAll),
  ];

  /** All are read again; which were keys is remembered. */
  function forgetAll(): void {
    for (const entry of cache.values()) entry.readAt = 0;
    unknown.clear();
  }

  function read(id: string): Entry {
    const now = Date.now();
    const cached = cache.get(id) ?? unknown.get(id);
    if (cached && now - cached.readAt < CACHE_MS) return cached;
    unknown.delete(id);
    const key = keys.find(id);
    const entry: Entry = { key, found: cached?.found, readAt: now, touchedAt: cached?.touchedAt ?? 0 };
    cache.set(id, entry);
    key.then(
      (found) => {
        entry.found = found;
        if (found !== null || cache.get(id) !== entry) return;
        cache.delete(id);
        unknown.set(id, entry);
        if (unknown.size > MOST_UNKNOWN) unknown.delete(unknown.keys().next().value!);
      },
      () => cache.delete(id),
    );
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
      const { id: keyId, organizationId, projectId, tools, readOnly, toolsets } = key;
      return {
        type: 'key',
        keyId,
        organizationId,
        projectId,
        tools,
        readOnly,
        ...(toolsets && { toolsets }),
      };
    },
    isKnown(presented) {
      const parsed = parseKey(presented);
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
