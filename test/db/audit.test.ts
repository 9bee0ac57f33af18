import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PastAuditEntry } from '#lib/db/audit.ts';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, systemOf, type Team } from './team.ts';

describe.each(DATABASES)('the audit log on $name', ({ name, create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;
  let count = 0;
  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
  });
  beforeEach(async () => {
    team = await makeTeam(database, `acme${count++}`);
  });
  afterAll(async () => {
    await database.close();
    await empty.remove();
  });

  const called = (tool: string, changes: Partial<PastAuditEntry> = {}): PastAuditEntry => ({
    at: new Date(),
    actorType: 'key',
    actorId: 'k1',
    action: 'tool.call',
    tool,
    client: 'claude-code 2.1',
    projectId: team.projectId,
    ...changes,
  });

  /** As somebody who has the database itself: what keeps the log from being changed is put aside. */
  async function forge(sql: string): Promise<void> {
    const { prisma } = database;
    const triggers = name === 'SQLite' ? ['audit_event_no_update', 'audit_event_no_delete'] : [];
    const made = await Promise.all(
      triggers.map((trigger) =>
        prisma.$queryRawUnsafe<{ sql: string }[]>(`SELECT sql FROM sqlite_master WHERE name = '${trigger}'`),
      ),
    );
    for (const trigger of triggers) await prisma.$executeRawUnsafe(`DROP TRIGGER "${trigger}"`);
    const { organizationId } = team;
    if (name === 'SQLite')
      await prisma.$executeRawUnsafe(`${sql} AND "organizationId" = '${organizationId}'`);
    else {
      await prisma.$executeRawUnsafe('ALTER TABLE "audit_event" DISABLE TRIGGER USER');
      await prisma.$executeRawUnsafe(`${sql} AND "organizationId" = '${organizationId}'`);
      await prisma.$executeRawUnsafe('ALTER TABLE "audit_event" ENABLE TRIGGER USER');
    }
    for (const [row] of made) await prisma.$executeRawUnsafe(row!.sql);
  }

  it('takes many at once, in their order, as one chain with what comes beside them', async () => {
    const { audit } = systemOf(database);
    const batch = (from: number) => Array.from({ length: 10 }, (_, index) => called(`t${from + index}`));
    await Promise.all([
      audit.appendPast(team.organizationId, batch(0)),
      team.repo.audit.append({ action: 'key.create' }),
      audit.appendPast(team.organizationId, batch(10)),
    ]);
    const events = await team.repo.audit.after(0);
    expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1));
    const tools = events.map(({ tool }) => tool).filter((tool) => tool !== null);
    for (const from of [0, 10]) {
      const own = tools.filter((tool) => Number(tool.slice(1)) >= from && Number(tool.slice(1)) < from + 10);
      expect(own).toEqual(Array.from({ length: 10 }, (_, index) => `t${from + index}`));
    }
    expect(await team.repo.audit.check()).toMatchObject({ number: events.length, broken: null });
  });

  it('is filtered by what it is about', async () => {
    const { audit } = systemOf(database);
    await audit.appendPast(team.organizationId, [
      called('charge', { outcome: 'failed' }),
      called('refund'),
      called('refund', { client: 'cursor 1.0', projectId: 'other' }),
    ]);
    const of = async (filter: object) =>
      (await team.repo.audit.list(filter)).map(({ tool, client }) => [tool, client]);
    expect(await of({ tool: 'charge' })).toEqual([['charge', 'claude-code 2.1']]);
    expect(await of({ tool: 'refund', projectId: team.projectId })).toEqual([['refund', 'claude-code 2.1']]);
    expect(await of({ client: 'cursor' })).toEqual([['refund', 'cursor 1.0']]);
    expect(await of({ outcome: 'failed' })).toEqual([['charge', 'claude-code 2.1']]);
    expect(await of({ about: 'tool', actor: 'k1' })).toHaveLength(3);
  });

  it.each([
    ['an action that was changed', `UPDATE "audit_event" SET "action" = 'nothing' WHERE "number" = 3`, 3],
    ['another client', `UPDATE "audit_event" SET "client" = 'cursor 1.0' WHERE "number" = 4`, 4],
    ['a tool that was taken away', `UPDATE "audit_event" SET "tool" = NULL WHERE "number" = 4`, 4],
    ['an event that is missing', 'DELETE FROM "audit_event" WHERE "number" = 3', 3],
  ])('shows %s', async (_what, sql, number) => {
    const { audit } = systemOf(database);
    await audit.appendPast(team.organizationId, [called('a'), called('b'), called('c'), called('d')]);
    expect((await team.repo.audit.check()).broken).toBeNull();
    await forge(sql);
    expect(await team.repo.audit.check()).toMatchObject({ broken: number, number: number - 1 });
    expect(await team.repo.audit.lastCheck()).toMatchObject({ broken: number });
    expect(await audit.firstBroken(team.organizationId)).toBe(number);
  });

  it('shows a log that was cut at its end, or written anew, since it was looked through', async () => {
    await team.repo.audit.append({ action: 'one' });
    await team.repo.audit.append({ action: 'two' });
    const { number } = await team.repo.audit.check();
    await forge(`DELETE FROM "audit_event" WHERE "number" = ${number}`);
    expect(await systemOf(database).audit.firstBroken(team.organizationId)).toBeNull();
    expect(await team.repo.audit.check()).toMatchObject({ broken: number });
    await team.repo.audit.append({ action: 'another two' });
    expect(await team.repo.audit.check()).toMatchObject({ broken: number });
  });

  it('is for administrators of its own organization', async () => {
    const other = await makeTeam(database, `globex${count++}`);
    await team.repo.audit.check();
    expect(JSON.stringify(await other.repo.audit.after(0))).not.toContain(team.projectId);
    expect(await other.repo.audit.lastCheck()).toBeNull();
    const { organizationId, userId } = team;
    const editor = repository(database, { type: 'user', userId, organizationId, role: 'editor' });
    for (const refused of [editor.audit.after(0), editor.audit.check(), editor.audit.lastCheck()])
      await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    const { audit } = repository(database, { type: 'public', organizationId, projectId: team.projectId });
    await expect(audit.after(0)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('fits with events from before there were projects, tools and clients in it', async () => {
    const [last] = await team.repo.audit.list({ limit: 1 });
    const at = new Date(1_700_000_000_000);
    const { organizationId } = team;
    const facts = [
      last!.hash,
      organizationId,
      last!.number + 1,
      at.toISOString(),
      'user',
      'u1',
      'key.create',
      null,
      'ok',
      '{}',
      null,
    ];
    await database.prisma.auditEvent.create({
      data: {
        organizationId,
        number: last!.number + 1,
        at,
        actorType: 'user',
        actorId: 'u1',
        action: 'key.create',
        outcome: 'ok',
        details: '{}',
        prevHash: last!.hash,
        hash: createHash('sha256').update(JSON.stringify(facts)).digest('hex'),
      },
    });
    await systemOf(database).audit.appendPast(organizationId, [called('a')]);
    expect(await team.repo.audit.check()).toMatchObject({ number: last!.number + 2, broken: null });
  });
});
