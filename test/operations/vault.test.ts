import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EncryptionKeyError, readMasterKeys } from '#lib/auth/master-keys.ts';
import { createSecrets } from '#lib/auth/sealing.ts';
import { openVault, type SealedPlace, type Vault } from '#lib/auth/vault.ts';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '#lib/operations/app.ts';
import { rotateKey } from '#lib/operations/rotate-key.ts';
import { makeTeam, SYSTEM, type Team } from '#test/db/team.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';

const newKey = () => randomBytes(32).toString('base64');

describe.each(DATABASES)('the vault on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let dataDir: string;
  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
  });
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'patchbay-vault-'));
  });
  afterEach(async () => {
    rmSync(dataDir, { recursive: true, force: true });
    const { sealingKey, organization, user } = database.prisma;
    for (const table of [sealingKey, organization, user] as { deleteMany(): Promise<unknown> }[])
      await table.deleteMany();
  });
  afterAll(async () => {
    await database.close();
    await empty.remove();
  });

  /** As another process opens it. */
  const open = (given: string | null = null, previous: string[] = []): Promise<Vault> =>
    openVault(database, readMasterKeys({ given, previous, dataDir }));
  /** What a change of the key needs of the program. */
  const appOf = (vault: Vault) => ({ db: database, vault }) as App;
  const rotate = (vault: Vault) => rotateKey(appOf(vault), () => {});

  /** A connection whose secret is sealed by this vault. */
  async function store(vault: Vault, team: Team, name: string, secret: string): Promise<SealedPlace> {
    const connection = await team.repo.connections.create(team.projectId, {
      name,
      type: 'bearer',
      hosts: [],
      secret: 'none yet',
      preview: '…',
    });
    const place = {
      organizationId: team.organizationId,
      id: connection.id,
      field: 'connection.secret',
    } as const;
    await team.repo.connections.update(team.projectId, place.id, { secret: await vault.seal(place, secret) });
    return place;
  }

  const sealedAt = async ({ id }: SealedPlace): Promise<string> =>
    (await database.prisma.connection.findUniqueOrThrow({ where: { id } })).secret;
  const openAt = async (vault: Vault, place: SealedPlace): Promise<string> =>
    vault.open(place, await sealedAt(place));

  it('opens a value in its place alone', async () => {
    const vault = await open();
    const [acme, globex] = [await makeTeam(database, 'acme'), await makeTeam(database, 'globex')];
    const place = await store(vault, acme, 'Shop', 'hunter2 ✓');
    const sealed = await sealedAt(place);
    await store(vault, globex, 'Shop', 'other');

    expect(sealed).not.toContain('hunter2');
    expect(await vault.open(place, sealed)).toBe('hunter2 ✓');
    expect(await (await open()).open(place, sealed)).toBe('hunter2 ✓');
    const elsewhere: SealedPlace[] = [
      { ...place, organizationId: globex.organizationId },
      { ...place, id: acme.projectId },
      { ...place, field: 'trigger.secret' },
    ];
    for (const other of elsewhere) await expect(vault.open(other, sealed)).rejects.toThrow();
    // Also where the key of the organization was moved along with the row.
    await database.prisma.sealingKey.updateMany({
      where: { organizationId: acme.organizationId },
      data: { organizationId: globex.organizationId, generation: 'moved' },
    });
    await expect(
      (await open()).open({ ...place, organizationId: globex.organizationId }, sealed),
    ).rejects.toThrow();
    for (const index of [4, 20, sealed.length - 4]) {
      const changed = sealed.slice(0, index) + (sealed[index] === 'A' ? 'B' : 'A') + sealed.slice(index + 1);
      await expect(vault.open(place, changed)).rejects.toThrow();
    }
  });

  it('is of no use without its key, and says which is missing', async () => {
    const vault = await open();
    const { id } = vault.masterKeys.newest!;
    rmSync(join(dataDir, 'encryption.key'));

    const missing = await open().catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(EncryptionKeyError);
    expect((missing as Error).message).toContain(`${join(dataDir, 'encryption.key')} is missing`);
    const wrong = await open(newKey()).catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(EncryptionKeyError);
    expect((wrong as Error).message).toMatch(
      new RegExp(`sealed with the key ${id}, and ENCRYPTION_KEY holds [0-9a-f]{8}\\.`),
    );
    // Nothing in the database is the key, or the root.
    const everything = JSON.stringify(await database.prisma.sealingKey.findMany());
    expect(everything).not.toContain(vault.masterKeys.newest!.bytes.toString('base64url').slice(0, 20));
  });

  it('makes no new key where data is there already', async () => {
    await makeTeam(database, 'acme');
    await expect(open()).rejects.toThrow('is missing');
    expect(await database.prisma.sealingKey.count()).toBe(0);
  });

  it('opens what was sealed before there were keys of organizations, and keeps what was derived', async () => {
    const team = await makeTeam(database, 'acme');
    const given = newKey();
    const before = createSecrets(Buffer.from(given, 'base64'));
    const connection = await team.repo.connections.create(team.projectId, {
      name: 'Shop',
      type: 'bearer',
      hosts: [],
      secret: 'none yet',
      preview: '…',
    });
    const { id } = connection;
    const place = { organizationId: team.organizationId, id, field: 'connection.secret' } as const;
    const secret = before.seal('from before', `connection|${team.organizationId}|${id}`);
    await team.repo.connections.update(team.projectId, id, { secret });

    await expect(open(newKey())).rejects.toThrow(EncryptionKeyError);
    // Also when the key is changed in the same restart.
    const next = newKey();
    const vault = await open(next, [given]);
    expect(await openAt(vault, place)).toBe('from before');
    expect(vault.secrets.derive('api-key-pepper')).toEqual(before.derive('api-key-pepper'));

    expect(await rotate(vault)).toMatchObject({ values: 1, unopened: [] });
    const after = await open(next);
    expect(await sealedAt(place)).toMatch(/^v2\./);
    expect(await openAt(after, place)).toBe('from before');
    expect(after.secrets.derive('api-key-pepper')).toEqual(before.derive('api-key-pepper'));
    expect(() => before.open(secret, 'elsewhere')).toThrow();
  });

  it('changes its key while others read and write', async () => {
    const vault = await open();
    const other = await open();
    const team = await makeTeam(database, 'acme');
    const places: SealedPlace[] = [];
    for (let index = 0; index < 5; index++) places.push(await store(vault, team, `c${index}`, `s${index}`));
    const first = vault.masterKeys.newest!.id;
    const derived = other.secrets.derive('sessions');

    const rotation = await rotate(vault);
    expect(rotation).toEqual({
      from: first,
      to: vault.masterKeys.newest!.id,
      keys: 1,
      values: 5,
      unopened: [],
    });
    // A process that knew nothing of it finds the new key in the file.
    for (const [index, place] of places.entries()) expect(await openAt(other, place)).toBe(`s${index}`);
    const written = await store(other, team, 'late', 'late');
    expect(await sealedAt(written)).toMatch(new RegExp(`^v2\\.${rotation.to}`));

    const kept = readMasterKeys({ given: null, previous: [], dataDir }).newest!.bytes.toString('base64');
    const alone = await open(kept);
    for (const [index, place] of places.entries()) expect(await openAt(alone, place)).toBe(`s${index}`);
    expect(alone.secrets.derive('sessions')).toEqual(derived);
    const log = await repository(database, SYSTEM).audit.list();
    expect(log.map(({ action, details }) => ({ action, details }))).toContainEqual({
      action: 'encryption.rotate',
      details: { from: first, to: rotation.to },
    });
  });

  it('goes on with a change that was cut short', async () => {
    const vault = await open();
    const team = await makeTeam(database, 'acme');
    const places = [await store(vault, team, 'a', 'A'), await store(vault, team, 'b', 'B')];
    // As it is after the root was put under the new key, and nothing else.
    const { sealingKeys } = repository(database, SYSTEM);
    const root = (await sealingKeys.root())!;
    const next = vault.masterKeys.make();
    expect(await sealingKeys.rewrapRoot(root, vault.rewrap(root, next))).toBe(true);
    for (const [index, place] of places.entries())
      expect(await openAt(await open(), place)).toBe(['A', 'B'][index]);

    const said: string[] = [];
    const rotation = await rotateKey(appOf(await open()), (text) => said.push(text));
    expect(said[0]).toContain('was not finished');
    expect(rotation).toEqual({ from: null, to: next.id, keys: 1, values: 2, unopened: [] });
    expect((await open()).masterKeys.newest!.id).toBe(next.id);
    // And the next is a change of its own.
    expect((await rotate(await open())).from).toBe(next.id);
  });

  it('changes the key of the environment for one that is given beside it', async () => {
    const [old, next] = [newKey(), newKey()];
    const vault = await open(old);
    const team = await makeTeam(database, 'acme');
    const place = await store(vault, team, 'a', 'A');
    await expect(rotate(vault)).rejects.toThrow('ENCRYPTION_KEY_PREVIOUS');

    // Restarted one by one: the new one waits until it is asked for, so that those with the old one can read.
    const restarted = await open(next, [old]);
    const written = await store(restarted, team, 'b', 'B');
    expect(await openAt(await open(old), written)).toBe('B');

    expect(await rotate(restarted)).toMatchObject({ keys: 1, values: 2 });
    expect(await openAt(await open(next), place)).toBe('A');
    await expect(open(old)).rejects.toThrow(EncryptionKeyError);
  });

  it('leaves what it cannot open, and says what it is', async () => {
    const vault = await open();
    const team = await makeTeam(database, 'acme');
    const [good, bad] = [await store(vault, team, 'a', 'A'), await store(vault, team, 'b', 'B')];
    await team.repo.connections.update(team.projectId, bad.id, { secret: await sealedAt(good) });
    const { values, unopened } = await rotate(vault);
    expect({ values, unopened }).toEqual({ values: 1, unopened: [`connection.secret of ${bad.id}`] });
  });
});
