import { randomBytes } from 'node:crypto';
import type { Database } from '#lib/db/database.ts';
import { repository } from '#lib/db/repository.ts';
import { SEALED_FIELDS, type SealedField } from '#lib/db/sealed-places.ts';
import { ROOT_KEY, type SealingKey } from '#lib/db/sealing-keys.ts';
import { decrypt, encrypt } from './aes-gcm.ts';
import { deriveKey, EncryptionKeyError, type MasterKey, type MasterKeys } from './master-keys.ts';
import { createSecrets, type Secrets } from './sealing.ts';

/** Where a sealed value belongs: it opens nowhere else. */
export interface SealedPlace {
  organizationId: string;
  /** Of the row. */
  id: string;
  field: SealedField;
}

/**
 * Seals what is stored: under a key of the organization, which is stored sealed by a master key, which is not stored
 * with it. Without the master key a database, or a backup of it, gives nothing away.
 */
export interface Vault {
  /** Keys that are derived, and what is sealed for a short time. */
  readonly secrets: Secrets;
  /** The master keys at hand. */
  readonly masterKeys: MasterKeys;
  /** Under the newest key of the organization. */
  seal(place: SealedPlace, text: string): Promise<string>;
  /** Throws EncryptionKeyError where the master key is not at hand, and Error where it belongs elsewhere or was changed. */
  open(place: SealedPlace, sealed: string): Promise<string>;
  /** What values begin with that are sealed under the newest keys. */
  newestPrefix(): Promise<string>;
  /** Puts a key under another master key. */
  rewrap(key: SealingKey, under: MasterKey): Pick<SealingKey, 'masterKey' | 'wrapped'>;
}

/** Keys of organizations that are kept in memory. */
const MOST_KEYS = 5000;

/**
 * Opens the root key, and makes it at the very first start. An installation from before there was one takes its master
 * key for it: API keys, sessions and what was sealed with it stay good. Throws EncryptionKeyError when the master key
 * is missing or another one.
 */
export async function openVault(db: Database, masterKeys: MasterKeys): Promise<Vault> {
  const { sealingKeys: keys, sealedPlaces } = repository(db, { type: 'system' });
  const opened = new Map<string, Buffer>();
  const stored = (await keys.root()) ?? (await makeRoot());
  const secrets = createSecrets(unwrap(stored));

  async function makeRoot(): Promise<SealingKey> {
    const isNew = await keys.isNew();
    const master = isNew ? (masterKeys.newest ?? masterKeys.make()) : await masterBefore();
    const bytes = isNew ? randomBytes(32) : master.bytes;
    const row = wrapped(ROOT_KEY, null, bytes, master);
    return (await keys.add(row)) ? row : (await keys.root())!;
  }

  /** The key of an installation from before there was a root: the one that a value was sealed with, if there is one. */
  async function masterBefore(): Promise<MasterKey> {
    for (const field of SEALED_FIELDS) {
      const [value] = await sealedPlaces.stale(field, { prefix: 'v2.', after: '', limit: 1 });
      const id = value?.sealed.split('.')[1];
      if (id === undefined) continue;
      const master = masterKeys.find(id);
      if (!master) throw wrongKey(masterKeys, id);
      return master;
    }
    if (!masterKeys.oldest) throw wrongKey(masterKeys, null);
    return masterKeys.oldest;
  }

  function unwrap(key: SealingKey): Buffer {
    const master = masterKeys.find(key.masterKey);
    if (!master) throw wrongKey(masterKeys, key.masterKey);
    return decrypt(wrapping(master), Buffer.from(key.wrapped, 'base64url'), contextOf(key));
  }

  function remember(key: SealingKey): Buffer {
    const bytes = unwrap(key);
    if (opened.size >= MOST_KEYS) opened.delete(opened.keys().next().value!);
    opened.set(`${key.organizationId}|${key.id}`, bytes);
    return bytes;
  }

  async function dataKey(organizationId: string, id: string): Promise<Buffer> {
    const known = opened.get(`${organizationId}|${id}`);
    if (known) return known;
    const key = await keys.get(id, organizationId);
    if (!key) throw new Error('This was sealed in another organization, or its key is gone.');
    return remember(key);
  }

  /** Looked up each time: the master key may have been changed by another process. */
  async function newestMaster(): Promise<MasterKey> {
    const { masterKey } = (await keys.root())!;
    const master = masterKeys.find(masterKey);
    if (!master) throw wrongKey(masterKeys, masterKey);
    return master;
  }

  async function newestKey(organizationId: string): Promise<{ id: string; bytes: Buffer }> {
    const master = await newestMaster();
    const known = await keys.ofGeneration(organizationId, master.id);
    if (known) return { id: known.id, bytes: await dataKey(organizationId, known.id) };
    const id = `${master.id}${randomBytes(8).toString('hex')}`;
    if (await keys.add(wrapped(id, organizationId, randomBytes(32), master))) {
      return { id, bytes: await dataKey(organizationId, id) };
    }
    const others = await keys.ofGeneration(organizationId, master.id);
    if (!others) throw new Error('The key of the organization could not be made.');
    return { id: others.id, bytes: remember(others) };
  }

  return {
    secrets,
    masterKeys,
    async seal(place, text) {
      const { id, bytes } = await newestKey(place.organizationId);
      return `v2.${id}.${encrypt(bytes, Buffer.from(text, 'utf8'), boundTo(place)).toString('base64url')}`;
    },
    async open(place, sealed) {
      const [format, id, body] = sealed.split('.');
      if (format === 'v1') return secrets.open(sealed, boundToBefore(place));
      if (format !== 'v2' || !id || !body) throw new Error('This is not a sealed value.');
      const key = await dataKey(place.organizationId, id);
      return decrypt(key, Buffer.from(body, 'base64url'), boundTo(place)).toString('utf8');
    },
    newestPrefix: async () => `v2.${(await newestMaster()).id}`,
    rewrap: (key, under) => {
      const { id, organizationId } = key;
      const { masterKey, wrapped: anew } = wrapped(id, organizationId, unwrap(key), under);
      return { masterKey, wrapped: anew };
    },
  };
}

function wrapped(id: string, organizationId: string | null, bytes: Buffer, master: MasterKey): SealingKey {
  const box = encrypt(wrapping(master), bytes, contextOf({ id, organizationId }));
  return {
    id,
    organizationId,
    generation: master.id,
    masterKey: master.id,
    wrapped: box.toString('base64url'),
  };
}

function wrapping(master: MasterKey): Buffer {
  return deriveKey(master.bytes, 'wrap-key');
}

function contextOf({ id, organizationId }: Pick<SealingKey, 'id' | 'organizationId'>): string {
  return `v2|key|${organizationId ?? ''}|${id}`;
}

function boundTo({ organizationId, id, field }: SealedPlace): string {
  return `v2|${organizationId}|${id}|${field}`;
}

/** Of values that were sealed before organizations had keys of their own. */
function boundToBefore({ organizationId, id, field }: SealedPlace): string {
  return `${field.split('.')[0]}|${organizationId}|${id}`;
}

/** `needed`: the id of the key; null where that is not known. */
function wrongKey({ file, newest }: MasterKeys, needed: string | null): EncryptionKeyError {
  if (!newest) {
    return new EncryptionKeyError(
      `There is no encryption key: ${file} is missing, and this database was sealed with one${needed ? ` (${needed})` : ''}. Put the file back, which should lie apart from your backups, or set ENCRYPTION_KEY to its content.`,
    );
  }
  const at = file ?? 'ENCRYPTION_KEY';
  return new EncryptionKeyError(
    `This database is sealed with the key ${needed}, and ${at} holds ${newest.id}. Put the right key there; or, where the key is being changed, set ENCRYPTION_KEY_PREVIOUS to the old one.`,
  );
}
