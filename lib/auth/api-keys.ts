import type { Logger } from 'pino';
import type { Database } from '#lib/db/client.ts';
import { DATABASE_CHANGED, type Events } from '#lib/db/events.ts';
import type { StoredKey } from '#lib/db/keys.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { CredentialMemory } from './credential-memory.ts';
import { hashNothing, matches, parseKey } from './key-format.ts';
import type { Secrets } from './sealing.ts';

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

/** Checks API keys. A revoked one stops working with the news of it, and after five seconds without. */
export function createApiKeys({ db, events, secrets, log }: ApiKeysOptions): ApiKeys {
  const { keys } = repository(db, { type: 'system' });
  const memory = new CredentialMemory<StoredKey>((id) => keys.find(id));
  const lookAgain = () => memory.lookAgainAtAll();
  const ends = [
    events.subscribe('key.revoked', (payload) => memory.drop((payload as { keyId: string }).keyId)),
    events.subscribe('project.changed', lookAgain),
    events.subscribe(DATABASE_CHANGED, lookAgain),
  ];

  function touch(keyId: string): void {
    memory.touch(keyId, (at) => {
      keys
        .touch(keyId, at)
        .catch((error) => log.warn({ err: error, keyId }, 'last use of a key was not noted'));
    });
  }

  return {
    async verify(presented) {
      const parsed = parseKey(presented);
      if (!parsed) return null;
      const key = await memory.read(parsed.id);
      // An unknown id costs as much as a wrong secret.
      const same = matches(secrets, key?.hash ?? hashNothing(secrets), parsed.random);
      if (!key || !same || key.revokedAt !== null) return null;
      if (key.expiresAt !== null && key.expiresAt.getTime() <= Date.now()) return null;
      touch(parsed.id);
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
      const found = parsed && memory.last(parsed.id);
      return found ? matches(secrets, found.hash, parsed.random) : false;
    },
    close() {
      for (const end of ends) end();
      memory.clear();
    },
  };
}
