import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import type { Principal } from '#lib/db/principal.ts';
import { type Repository, repository } from '#lib/db/repository.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';

/** What belongs to a person: another member of the same organization, its owner too, reaches none of it. */
describe.each(DATABASES)('what people sign in with on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let ada: Repository;
  let adaId: string;
  let owner: Repository;
  let organizationId: string;
  const hash = (letter: string) => letter.repeat(64);

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    const { prisma } = database;
    const person = (name: string) => prisma.user.create({ data: { name, email: `${name}@example.com` } });
    const [boss, member] = [await person('boss'), await person('ada')];
    const { members } = repository(database, { type: 'system' });
    const made = await members.createOrganization({ name: 'Acme', slug: 'acme', ownerId: boss.id });
    organizationId = made.id;
    await members.add(organizationId, member.id, 'viewer');
    adaId = member.id;
    const as = (userId: string, role: 'owner' | 'viewer'): Principal => ({
      type: 'user',
      userId,
      organizationId,
      role,
    });
    ada = repository(database, as(adaId, 'viewer'));
    owner = repository(database, as(boss.id, 'owner'));
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });

  const session = (data: { ssoOrganizationId?: string } = {}) =>
    database.prisma.session.create({
      data: { userId: adaId, token: randomUUID(), expiresAt: new Date(Date.now() + 60_000), ...data },
    });

  it('is out of reach for everybody else', async () => {
    const { id } = await session();
    const calls: Record<string, (repo: Repository) => Promise<unknown>> = {
      'browserSessions.list': (repo) => repo.browserSessions.list(adaId, null),
      'credentials.find': (repo) => repo.credentials.find(adaId),
      'twoFactor.begin': (repo) => repo.twoFactor.begin(adaId, 'sealed'),
      'twoFactor.find': (repo) => repo.twoFactor.find(adaId),
      'twoFactor.enable': (repo) => repo.twoFactor.enable(adaId, 1, [hash('a'), hash('b')]),
      'twoFactor.codesLeft': (repo) => repo.twoFactor.codesLeft(adaId),
      'twoFactor.spendStep': (repo) => repo.twoFactor.spendStep(adaId, 2),
      'twoFactor.spendCode': (repo) => repo.twoFactor.spendCode(adaId, hash('a')),
      'twoFactor.renewCodes': (repo) => repo.twoFactor.renewCodes(adaId, [hash('c')]),
      'twoFactor.browsers': (repo) => repo.twoFactor.browsers(adaId),
      'twoFactor.disable': (repo) => repo.twoFactor.disable(adaId),
      'browserSessions.endOthers': (repo) => repo.browserSessions.endOthers(adaId, id, null),
      'browserSessions.end': (repo) => repo.browserSessions.end(adaId, id, null),
      'credentials.set': (repo) => repo.credentials.set(adaId, 'phc', { action: 'account.password' }),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expect(call(owner), name).rejects.toMatchObject({ code: 'forbidden' });
    }
    for (const [name, call] of Object.entries(calls)) {
      await expect(call(ada).then(() => name)).resolves.toBe(name);
    }
  });

  it('is used up once, however many try', async () => {
    await ada.twoFactor.begin(adaId, 'sealed');
    await ada.twoFactor.enable(adaId, 10, [hash('a')]);
    const times = async (use: () => Promise<boolean>) =>
      (await Promise.all(Array.from({ length: 20 }, use))).filter(Boolean).length;
    expect(await times(() => ada.twoFactor.spendCode(adaId, hash('a')))).toBe(1);
    expect(await ada.twoFactor.codesLeft(adaId)).toBe(0);
    expect(await times(() => ada.twoFactor.spendStep(adaId, 11))).toBe(1);
    expect(await ada.twoFactor.spendStep(adaId, 10)).toBe(false);
    const { tickets } = repository(database, { type: 'system' });
    const ticket = { kind: 'reset' as const, hash: hash('1'), userId: adaId, organizationId: null, data: '' };
    await tickets.create({ ...ticket, expiresAt: new Date(Date.now() + 60_000) });
    const { id } = (await tickets.find('reset', hash('1')))!;
    expect(await times(() => tickets.take(id))).toBe(1);
    await tickets.create({ ...ticket, expiresAt: new Date(Date.now() - 1) });
    expect(await tickets.find('reset', hash('1'))).toBeNull();
  });

  it('stays within what an identity provider vouched for', async () => {
    await session();
    const vouched = await session({ ssoOrganizationId: organizationId });
    const seen = await ada.browserSessions.list(adaId, organizationId);
    expect(seen.map(({ id }) => id)).toEqual([vouched.id]);
    expect((await ada.browserSessions.list(adaId, null)).length).toBeGreaterThan(1);
    await ada.browserSessions.endOthers(adaId, 'absent', organizationId);
    expect(await ada.browserSessions.list(adaId, organizationId)).toEqual([]);
    expect((await ada.browserSessions.list(adaId, null)).length).toBeGreaterThan(0);
  });

  it('of the organization is for its owners', async () => {
    const settings = {
      name: 'Acme login',
      issuer: 'https://login.example.com',
      clientId: 'patchbay',
      clientSecret: 'sealed',
      domains: ['acme.example'],
      defaultRole: 'editor' as const,
      passwords: true,
    };
    const { singleSignOn } = ada;
    await expect(singleSignOn.read()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(singleSignOn.save(settings)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(singleSignOn.remove()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(singleSignOn.requireTwoFactor(true)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(singleSignOn.admit(organizationId, vouchedFor('x'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await singleSignOn.organization()).toEqual({ slug: 'acme', requireTwoFactor: false });

    await owner.singleSignOn.requireTwoFactor(true);
    expect(await singleSignOn.organization()).toMatchObject({ requireTwoFactor: true });
    await owner.singleSignOn.save(settings);
    expect(await owner.singleSignOn.read()).toMatchObject({ domains: ['acme.example'], passwords: true });
    expect(JSON.stringify(await owner.singleSignOn.read())).not.toContain('sealed');
    const system = repository(database, { type: 'system' }).singleSignOn;
    expect(await system.find({ domain: 'acme.example' })).toMatchObject({ clientSecret: 'sealed' });

    const first = await system.admit(organizationId, vouchedFor('new'));
    expect(first.isNew).toBe(true);
    expect(await system.admit(organizationId, vouchedFor('new'))).toEqual({ ...first, isNew: false });
    expect(await system.admit(organizationId, vouchedFor('ada', 'ada@example.com'))).toEqual({
      userId: adaId,
      isNew: false,
    });
    await database.prisma.user.create({ data: { name: 'Eve', email: 'eve@acme.example' } });
    await expect(system.admit(organizationId, vouchedFor('eve', 'eve@acme.example'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await database.prisma.member.deleteMany({ where: { userId: first.userId } });
    await expect(system.admit(organizationId, vouchedFor('new'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await owner.singleSignOn.remove();
    expect(await system.find({ domain: 'acme.example' })).toBeNull();
  });
});

function vouchedFor(subject: string, email = `${subject}@acme.example`) {
  return { accountId: `https://login.example.com|${subject}`, email, name: subject };
}
