import { setImmediate as nextTurn } from 'node:timers/promises';
import { EncryptionKeyError, type MasterKey } from '#lib/auth/master-keys.ts';
import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import { SEALED_FIELDS } from '#lib/db/sealed-places.ts';
import type { App } from './app.ts';

/** Rows of one look. Each is written by itself, so that nobody waits for this. */
const BATCH = 100;

export interface KeyRotation {
  /** Id of the master key before; null when an earlier change was only finished. */
  from: string | null;
  to: string;
  /** Keys of organizations that were put under the new one. */
  keys: number;
  /** Values that were sealed anew. */
  values: number;
  /** Values that do not open, and were left as they are: `connection.secret of <id>`. */
  unopened: string[];
}

/**
 * Changes the master key: a new one in the key file, or the one that ENCRYPTION_KEY names beside the old one. The root
 * key goes under it first; from then on everything new is sealed under it, in all processes. Then keys and values
 * follow, row by row, while servers run: each opens under the old and the new all the time. Whatever ends this in
 * between, the next call goes on with it. Throws `conflict` where there is no new key to change to.
 */
export async function rotateKey(app: App, say: (text: string) => void): Promise<KeyRotation> {
  const { sealingKeys } = repository(app.db, { type: 'system' });
  const { masterKeys } = app.vault;
  const root = (await sealingKeys.root())!;
  const to = await keyToChangeTo(app, root.masterKey, say);
  let from: string | null = null;
  if (root.masterKey !== to.id) {
    if (!(await sealingKeys.rewrapRoot(root, app.vault.rewrap(root, to)))) {
      throw new AppError('conflict', 'The key is being changed by somebody else at this moment.');
    }
    from = root.masterKey;
    say(`The key ${to.id} takes the place of ${from}${masterKeys.file ? ` in ${masterKeys.file}` : ''}.`);
  }
  const keys = await rewrapKeys(app, to);
  return { from, to: to.id, keys, ...(await sealAnew(app, say)) };
}

/** The newest key at hand; a new one in the file where that is in use already and nothing is left of an earlier change. */
async function keyToChangeTo(app: App, inUse: string, say: (text: string) => void): Promise<MasterKey> {
  const { masterKeys } = app.vault;
  const newest = masterKeys.newest!;
  if (newest.id !== inUse) return newest;
  if (await isUnfinished(app)) {
    say('An earlier change of the key was not finished. It goes on.');
    return newest;
  }
  if (masterKeys.file !== null) return masterKeys.make();
  throw new AppError(
    'conflict',
    'ENCRYPTION_KEY is the key that is in use. Make a new one (openssl rand -base64 32); restart every server with it as ENCRYPTION_KEY and the present one as ENCRYPTION_KEY_PREVIOUS; then run this again with the same two.',
  );
}

async function isUnfinished(app: App): Promise<boolean> {
  const { sealingKeys, sealedPlaces } = repository(app.db, { type: 'system' });
  const { masterKey } = (await sealingKeys.root())!;
  if ((await sealingKeys.notUnder(masterKey, 1)).length > 0) return true;
  const prefix = await app.vault.newestPrefix();
  for (const field of SEALED_FIELDS) {
    const [value] = await sealedPlaces.stale(field, { prefix, after: '', limit: 1 });
    // What was sealed before organizations had keys is no part of a change; where there is no new key to change to, it
    // is what is left to do.
    if (value && (app.vault.masterKeys.file === null || !value.sealed.startsWith('v1.'))) return true;
  }
  return false;
}

async function rewrapKeys(app: App, to: MasterKey): Promise<number> {
  const { sealingKeys } = repository(app.db, { type: 'system' });
  let count = 0;
  for (;;) {
    const keys = await sealingKeys.notUnder(to.id, BATCH);
    if (keys.length === 0) return count;
    for (const key of keys) {
      if (await sealingKeys.rewrap(key, app.vault.rewrap(key, to))) count += 1;
      await nextTurn();
    }
  }
}

async function sealAnew(
  app: App,
  say: (text: string) => void,
): Promise<Pick<KeyRotation, 'values' | 'unopened'>> {
  const { sealedPlaces } = repository(app.db, { type: 'system' });
  const prefix = await app.vault.newestPrefix();
  const unopened: string[] = [];
  let values = 0;
  for (const field of SEALED_FIELDS) {
    let after = '';
    for (;;) {
      const rows = await sealedPlaces.stale(field, { prefix, after, limit: BATCH });
      if (rows.length === 0) break;
      for (const row of rows) {
        const place = { organizationId: row.organizationId, id: row.id, field };
        const text = await app.vault.open(place, row.sealed).catch((error: unknown) => {
          if (error instanceof EncryptionKeyError) throw error;
          return null;
        });
        if (text === null) unopened.push(`${field} of ${row.id}`);
        // Somebody who enters a new secret at this moment has sealed it under the new key.
        else if (await sealedPlaces.replace(field, row, await app.vault.seal(place, text))) values += 1;
        await nextTurn();
      }
      after = rows.at(-1)!.id;
      say(`${field}: ${values} sealed anew so far.`);
    }
  }
  return { values, unopened };
}
