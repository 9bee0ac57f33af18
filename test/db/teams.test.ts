import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import type { Principal, Role } from '#lib/db/principal.ts';
import { effectiveRole } from '#lib/db/project-people.ts';
import { repository } from '#lib/db/repository.ts';
import { FOLLOWING } from '#lib/db/transfers.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, publishNew, SYSTEM, systemOf, type Team } from './team.ts';

const PASSWORD = `$argon2id$v=19$m=19456,t=2,p=1$${'a'.repeat(22)}$${'b'.repeat(43)}`;
const soon = () => new Date(Date.now() + 60_000);
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

describe('the role in a project', () => {
  it.each<[Role, Role | null, boolean, Role | null]>([
    ['owner', null, true, 'owner'],
    ['admin', 'viewer', true, 'admin'],
    ['editor', null, false, 'editor'],
    ['editor', 'viewer', false, 'viewer'],
    ['viewer', 'admin', false, 'admin'],
    ['editor', null, true, null],
    ['viewer', 'editor', true, 'editor'],
  ])('of an %s with %s in it, private: %s, is %s', (organization, projectRole, isPrivate, expected) => {
    expect(effectiveRole(organization, { projectRole, isPrivate })).toBe(expected);
  });
});

it('tables that name a project and an organization follow a transfer, or are left out for a reason', () => {
  const schema = readFileSync(join(import.meta.dirname, '../../prisma/schema.prisma'), 'utf8');
  const models = [...schema.matchAll(/^model (\w+) \{(.*?)^\}/gms)]
    .filter(([, , body]) => /^ {2}projectId /m.test(body!) && /^ {2}organizationId /m.test(body!))
    .map(([, name]) => `${name![0]!.toLowerCase()}${name!.slice(1)}`);
  const stays = ['auditEvent', 'callUsage', 'limitHit', 'sharedTemplate', 'projectMember'];

  expect(models.filter((name) => ![...FOLLOWING, ...stays].includes(name))).toEqual([]);
});

describe.each(DATABASES)('teams on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let counter = 0;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });

  const team = () => makeTeam(database, `team${counter++}`);
  async function person(of: Team | null, role: Role = 'viewer') {
    const name = `p${counter++}`;
    const user = await database.prisma.user.create({ data: { name, email: `${name}@example.test` } });
    if (of) await systemOf(database).members.add(of.organizationId, user.id, role);
    return user;
  }
  const as = (userId: string, organizationId: string, role: Role, projectId?: string): Principal => ({
    type: 'user',
    userId,
    organizationId,
    role,
    ...(projectId === undefined ? {} : { projectId }),
  });
  async function invited(of: Team, changes: { email?: string; role?: Role; expiresAt?: Date } = {}) {
    const token = randomUUID();
    const email = changes.email ?? `i${counter++}@example.test`;
    const invitation = await of.repo.invitations.create({
      email,
      role: changes.role ?? 'editor',
      tokenHash: hashOf(token),
      expiresAt: changes.expiresAt ?? soon(),
    });
    return { email, hash: hashOf(token), id: invitation.id };
  }

  it('let one of many take up an invitation', async () => {
    const crew = await team();
    const { hash, email } = await invited(crew);
    const user = await database.prisma.user.create({ data: { name: 'Grace', email } });

    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => systemOf(database).invitations.accept(hash, user.id)),
    );

    const refused = outcomes.flatMap((each) =>
      each.status === 'rejected' ? [(each.reason as { code?: string }).code] : [],
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(new Set(refused)).toEqual(new Set(['gone']));
    expect(await database.prisma.member.count({ where: { userId: user.id } })).toBe(1);
  });

  it('let one of many take up an invitation with a new account', async () => {
    const crew = await team();
    const { hash, email } = await invited(crew);
    const account = { name: 'Grace', password: PASSWORD };

    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => systemOf(database).invitations.acceptAsNew(hash, account)),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await database.prisma.user.count({ where: { email } })).toBe(1);
    expect(await database.prisma.member.count({ where: { user: { email } } })).toBe(1);
  });

  it('refuse an invitation that is over, taken back, renewed, for somebody else or from who may not any more', async () => {
    const crew = await team();
    const admin = await person(crew, 'admin');
    const system = systemOf(database).invitations;
    const late = await invited(crew, { expiresAt: new Date(Date.now() - 1000) });
    const back = await invited(crew);
    await crew.repo.invitations.revoke(back.id);
    const renewed = await invited(crew);
    await crew.repo.invitations.renew(renewed.id, { tokenHash: hashOf(randomUUID()), expiresAt: soon() });
    const replaced = await invited(crew);
    await invited(crew, { email: replaced.email });
    for (const { hash, email } of [late, back, renewed, replaced]) {
      expect(await system.byToken(hash)).toBeNull();
      const user = await database.prisma.user.create({ data: { name: 'x', email } });
      await expect(system.accept(hash, user.id)).rejects.toMatchObject({ code: 'gone' });
    }

    const good = await invited(crew);
    const stranger = await person(null);
    await expect(system.accept(good.hash, stranger.id)).rejects.toMatchObject({ code: 'forbidden' });
    // It was not used up by the wrong person.
    expect(await system.byToken(good.hash)).toMatchObject({ email: good.email, hasAccount: false });

    const byAdmin = {
      email: 'late@example.test',
      role: 'admin' as const,
      tokenHash: hashOf('t'),
      expiresAt: soon(),
    };
    await repository(database, as(admin.id, crew.organizationId, 'admin')).invitations.create(byAdmin);
    await crew.repo.members.setRole(admin.id, 'editor');
    expect(await system.byToken(hashOf('t'))).toBeNull();
    await expect(system.acceptAsNew(hashOf('t'), { name: 'Late', password: PASSWORD })).rejects.toMatchObject(
      { code: 'gone' },
    );
    expect(await database.prisma.user.count({ where: { email: byAdmin.email } })).toBe(0);
  });

  it('give no more by invitation than they have, and nothing of another organization', async () => {
    const crew = await team();
    const other = await team();
    const admin = await person(crew, 'admin');
    const one = { tokenHash: hashOf(randomUUID()), expiresAt: soon(), email: 'x@example.test' };
    const byAdmin = repository(database, as(admin.id, crew.organizationId, 'admin')).invitations;
    await expect(byAdmin.create({ ...one, role: 'owner' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      byAdmin.create({ ...one, role: 'viewer', projects: [{ projectId: other.projectId, role: 'admin' }] }),
    ).rejects.toMatchObject({ code: 'not_found' });
    for (const role of ['editor', 'viewer'] as const) {
      const member = await person(crew, role);
      const { invitations } = repository(database, as(member.id, crew.organizationId, role));
      await expect(invitations.create({ ...one, role: 'viewer' })).rejects.toMatchObject({
        code: 'forbidden',
      });
      await expect(invitations.list()).rejects.toMatchObject({ code: 'forbidden' });
    }
    const { id } = await invited(crew);
    const renewal = { tokenHash: hashOf(randomUUID()), expiresAt: soon() };
    await expect(other.repo.invitations.renew(id, renewal)).rejects.toMatchObject({ code: 'not_found' });
    await expect(other.repo.invitations.revoke(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await other.repo.invitations.list()).toEqual([]);
    await expect(
      crew.repo.invitations.create({ ...one, role: 'viewer', email: { not: '' } as unknown as string }),
    ).rejects.toMatchObject({ code: 'bad_request' });
    expect(await systemOf(database).invitations.byToken({ not: '' } as unknown as string)).toBeNull();
  });

  it('do not let an account be taken over by an invitation', async () => {
    const crew = await team();
    const elsewhere = await team();
    const { email } = (await database.prisma.user.findUnique({ where: { id: elsewhere.userId } }))!;
    const { hash } = await invited(crew, { email });

    await expect(
      systemOf(database).invitations.acceptAsNew(hash, { name: 'Mallory', password: PASSWORD }),
    ).rejects.toMatchObject({ code: 'conflict' });

    expect(await database.prisma.account.count({ where: { userId: elsewhere.userId } })).toBe(0);
    // Still good for the person themselves.
    expect(await systemOf(database).invitations.accept(hash, elsewhere.userId)).toMatchObject({
      role: 'editor',
    });
  });

  it('keep an owner, however many demote each other at once', async () => {
    const crew = await team();
    const owners = [crew.userId];
    for (let count = 0; count < 4; count += 1) owners.push((await person(crew, 'owner')).id);

    await Promise.allSettled(
      owners.map((userId, index) => {
        const next = owners[(index + 1) % owners.length]!;
        const { members } = repository(database, as(userId, crew.organizationId, 'owner'));
        return index % 2 === 0 ? members.setRole(next, 'viewer') : members.remove(next);
      }),
    );
    await Promise.allSettled(
      owners.map((userId) =>
        repository(database, as(userId, crew.organizationId, 'owner')).organizations.leave(),
      ),
    );

    const left = await database.prisma.member.count({
      where: { organizationId: crew.organizationId, role: 'owner' },
    });
    expect(left).toBeGreaterThanOrEqual(1);
  });

  it('show a private project to its people and to those who run the organization', async () => {
    const crew = await team();
    const editor = await person(crew, 'editor');
    const viewer = await person(crew, 'viewer');
    const admin = await person(crew, 'admin');
    const { id: workflowId } = await publishNew(crew, 'secret_tool');
    await crew.repo.people.set(crew.projectId, viewer.id, 'editor');
    await crew.repo.people.setPrivate(crew.projectId, true);

    const seat = (userId: string) => systemOf(database).people.seat(userId, crew.slug);
    expect(await seat(editor.id)).toBeNull();
    expect(await seat(viewer.id)).toMatchObject({ role: 'editor' });
    expect(await seat(admin.id)).toMatchObject({ role: 'admin' });
    const listed = async (userId: string, role: Role) =>
      (await repository(database, as(userId, crew.organizationId, role)).projects.list()).length;
    expect([await listed(editor.id, 'editor'), await listed(viewer.id, 'viewer')]).toEqual([0, 1]);
    expect((await crew.repo.people.list(crew.projectId)).map(({ userId, role }) => [userId, role])).toEqual(
      expect.arrayContaining([[viewer.id, 'editor']]),
    );
    expect((await crew.repo.people.list(crew.projectId)).map(({ userId }) => userId)).not.toContain(
      editor.id,
    );

    // Whoever has not entered a project sees nothing in it, and changes nothing.
    const outside = repository(database, as(editor.id, crew.organizationId, 'editor'));
    expect(await outside.projects.get(crew.projectId)).toBeNull();
    expect(await outside.workflows.get(crew.projectId, workflowId)).toBeNull();
    expect(await outside.workflows.list(crew.projectId)).toEqual([]);
    await expect(outside.projects.update(crew.projectId, { name: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      outside.sharedTemplates.create(
        { projectId: crew.projectId, workflowId },
        { title: 'x', summary: 'x', content: '{}' },
      ),
    ).rejects.toMatchObject({ code: 'not_found' });
    // The control: inside it they can.
    const inside = repository(database, as(viewer.id, crew.organizationId, 'editor', crew.projectId));
    expect(await inside.workflows.get(crew.projectId, workflowId)).toMatchObject({ id: workflowId });
  });

  it('give roles in a project to members only, by who may, and nothing to the organization by them', async () => {
    const crew = await team();
    const other = await team();
    const member = await person(crew, 'viewer');
    const admin = await person(crew, 'admin');
    const stranger = await person(null);
    const { people } = crew.repo;

    await expect(people.set(crew.projectId, stranger.id, 'viewer')).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(people.set(crew.projectId, admin.id, 'viewer')).rejects.toMatchObject({ code: 'conflict' });
    await expect(people.set(other.projectId, member.id, 'admin')).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(people.set(crew.projectId, member.id, 'owner' as 'admin')).rejects.toMatchObject({
      code: 'bad_request',
    });
    await people.set(crew.projectId, member.id, 'admin');

    const inside = repository(database, as(member.id, crew.organizationId, 'admin', crew.projectId));
    await inside.people.setPrivate(crew.projectId, true);
    await expect(inside.members.setRole(member.id, 'admin')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(inside.members.remove(admin.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(inside.members.rename('Mine')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(inside.invitations.list()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(inside.organizations.content()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(inside.audit.list()).rejects.toMatchObject({ code: 'forbidden' });
    await inside.people.remove(crew.projectId, member.id);
    expect(await systemOf(database).people.seat(member.id, crew.slug)).toBeNull();
  });

  it('end with a membership what hung on it', async () => {
    const crew = await team();
    const member = await person(crew, 'editor');
    await crew.repo.people.set(crew.projectId, member.id, 'viewer');
    const session = await database.prisma.session.create({
      data: {
        token: randomUUID(),
        userId: member.id,
        expiresAt: soon(),
        activeOrganizationId: crew.organizationId,
      },
    });
    const grant = await database.prisma.oauthGrant.create({
      data: {
        organizationId: crew.organizationId,
        projectId: crew.projectId,
        userId: member.id,
        clientId: 'c',
        clientName: 'c',
        redirectHost: 'localhost',
        resource: 'x',
      },
    });

    expect(await crew.repo.members.remove(member.id)).toEqual({ grants: [grant.id] });

    expect(await systemOf(database).people.seat(member.id, crew.slug)).toBeNull();
    const after = await database.prisma.session.findUniqueOrThrow({ where: { id: session.id } });
    expect(after.activeOrganizationId).toBeNull();
    expect(await database.prisma.projectMember.count({ where: { userId: member.id } })).toBe(0);
    expect(
      (await database.prisma.oauthGrant.findUnique({ where: { id: grant.id } }))!.revokedAt,
    ).not.toBeNull();
    await expect(
      systemOf(database).organizations.activate(session.id, member.id, crew.organizationId),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('make, leave and delete organizations', async () => {
    const first = await systemOf(database).members.defaultOrganization();
    const crew = await team();
    const member = await person(crew, 'editor');
    const asMember = repository(database, as(member.id, crew.organizationId, 'editor'));
    await expect(asMember.organizations.create('Mine', 'owners')).rejects.toMatchObject({
      code: 'forbidden',
    });
    await systemOf(database)
      .members.add(first.id, member.id, 'owner')
      .catch(() => {});
    const made = await asMember.organizations.create('Mine', 'owners');
    const own = repository(database, as(member.id, made.id, 'owner'));
    expect(await own.organizations.content()).toEqual({ projects: 0, workflows: 0, keys: 0, members: 1 });
    await expect(own.organizations.leave()).rejects.toMatchObject({ code: 'conflict' });
    await expect(own.organizations.remove('mine')).rejects.toMatchObject({ code: 'bad_request' });
    await expect(asMember.organizations.remove(crew.slug)).rejects.toMatchObject({ code: 'forbidden' });
    // Somebody who was an owner a moment ago.
    const stale = repository(database, as(member.id, crew.organizationId, 'owner'));
    await expect(stale.organizations.remove('team')).rejects.toMatchObject({ code: 'forbidden' });

    const project = await own.projects.create({ name: 'p', slug: `gone-${counter++}` });
    expect(await own.organizations.remove('Mine')).toEqual({
      projects: [{ id: project.id, slug: project.slug }],
      members: [member.id],
    });
    expect(await database.prisma.project.count({ where: { organizationId: made.id } })).toBe(0);
    expect((await repository(database, SYSTEM).audit.list())[0]).toMatchObject({
      action: 'organization.delete',
      details: { name: 'Mine' },
    });
    await asMember.organizations.leave();
    expect(
      await database.prisma.member.count({
        where: { userId: member.id, organizationId: crew.organizationId },
      }),
    ).toBe(0);
  });

  it('move a project to another organization, whole or not at all', async () => {
    const from = await team();
    const to = await team();
    const admin = await person(from, 'admin');
    const { id: workflowId } = await publishNew(from, 'moved');
    const connection = await from.repo.connections.create(from.projectId, {
      name: 'c',
      type: 'bearer',
      hosts: ['a.example'],
      secret: 'sealed',
      preview: '…1234',
    });
    const key = await from.repo.keys.create(from.projectId, {
      id: 'k'.repeat(12).slice(0, 8) + String(counter++).padStart(4, '0'),
      hash: 'h'.repeat(43),
      preview: 'pbk_',
      name: 'k',
    });
    const { name } = (await from.repo.projects.get(from.projectId))!;
    const unbound = new Map([[connection.id, 'unbound']]);
    const mover = repository(database, as(admin.id, from.organizationId, 'admin', from.projectId)).transfers;
    const order = { to: to.organizationId, typedName: name, unbound };

    await expect(mover.move(from.projectId, order)).rejects.toMatchObject({ code: 'not_found' });
    await systemOf(database).members.add(to.organizationId, admin.id, 'editor');
    await expect(mover.move(from.projectId, order)).rejects.toMatchObject({ code: 'forbidden' });
    await to.repo.members.setRole(admin.id, 'admin');
    await expect(mover.move(from.projectId, { ...order, typedName: 'x' })).rejects.toMatchObject({
      code: 'bad_request',
    });
    await expect(mover.move(from.projectId, { ...order, unbound: new Map() })).rejects.toMatchObject({
      code: 'conflict',
    });
    // Nothing of it was done.
    expect(await from.repo.keys.list(from.projectId)).toHaveLength(1);
    const editor = repository(
      database,
      as(admin.id, from.organizationId, 'editor', from.projectId),
    ).transfers;
    await expect(editor.move(from.projectId, order)).rejects.toMatchObject({ code: 'forbidden' });

    expect(await mover.move(from.projectId, order)).toEqual({ slug: from.slug, keys: [key.id], grants: [] });

    expect(await from.repo.projects.get(from.projectId)).toBeNull();
    expect(await from.repo.workflows.get(from.projectId, workflowId)).toBeNull();
    expect(await to.repo.workflows.get(from.projectId, workflowId)).toMatchObject({ id: workflowId });
    expect(await to.repo.versions.get(from.projectId, workflowId, 1)).toMatchObject({ version: 1 });
    expect(await to.repo.keys.list(from.projectId)).toEqual([]);
    expect(await systemOf(database).connections.sealed(from.projectId, connection.id)).toMatchObject({
      organizationId: to.organizationId,
      secret: 'unbound',
      preview: '',
    });
    for (const { repo } of [from, to]) {
      expect((await repo.audit.list())[0]).toMatchObject({ action: 'project.transfer' });
    }
    await expect(
      database.prisma.version.updateMany({ where: { workflowId }, data: { name: 'x' } }),
    ).rejects.toThrow();
  });

  it('share templates with their own organization, changed by author and administrators', async () => {
    const crew = await team();
    const other = await team();
    const author = await person(crew, 'editor');
    const colleague = await person(crew, 'editor');
    const { id: workflowId } = await publishNew(crew, 'shared');
    const inside = repository(database, as(author.id, crew.organizationId, 'editor', crew.projectId));
    const { id } = await inside.sharedTemplates.create(
      { projectId: crew.projectId, workflowId },
      { title: 'Good one', summary: 'It is.', tags: ['orders'], content: '{"a":1}' },
    );

    const seen = repository(database, as(colleague.id, crew.organizationId, 'editor')).sharedTemplates;
    expect(await seen.list()).toMatchObject([
      { id, author: author.name, content: { a: 1 }, tags: ['orders'] },
    ]);
    expect(await other.repo.sharedTemplates.list()).toEqual([]);
    expect(await other.repo.sharedTemplates.get(id)).toBeNull();
    for (const { sharedTemplates } of [other.repo, { sharedTemplates: seen }]) {
      await expect(sharedTemplates.update(id, { title: 'Mine' })).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(sharedTemplates.remove(id)).rejects.toMatchObject({ code: 'not_found' });
    }
    const own = repository(database, as(author.id, crew.organizationId, 'editor')).sharedTemplates;
    expect(await own.update(id, { title: 'Better' })).toMatchObject({
      title: 'Better',
      summary: 'It is.',
      tags: ['orders'],
    });
    await crew.repo.sharedTemplates.remove(id);
    expect(await seen.list()).toEqual([]);
  });
});
