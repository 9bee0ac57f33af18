import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallCell } from '#lib/db/call-stats.ts';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, systemOf, type Team } from './team.ts';

const DAY = Math.floor(Date.UTC(2026, 10, 20) / 86_400_000);
const EVER = { from: 0, to: 1_000_000 };

describe.each(DATABASES)('counts of calls on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let made = 0;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });

  const newTeam = () => makeTeam(database, `team${++made}`);
  const stats = () => systemOf(database).callStats;
  const cell = (team: Team, changes: Partial<CallCell> = {}): CallCell => ({
    projectId: team.projectId,
    organizationId: team.organizationId,
    hour: DAY * 24 + 9,
    workflowId: 'find',
    tool: 'find_order',
    cause: 'call',
    client: 'claude-code',
    bucket: 12,
    count: 1,
    errors: 0,
    ...changes,
  });

  it('add up, also when two processes store at once', async () => {
    const team = await newTeam();
    const cells = [
      cell(team, { count: 3, errors: 1 }),
      cell(team, { bucket: 13, count: 2 }),
      cell(team, { client: 'curl' }),
    ];
    await Promise.all(Array.from({ length: 8 }, () => stats().add(cells)));

    expect(sorted(await team.repo.callStats.byHour(team.projectId, EVER))).toEqual([
      { hour: DAY * 24 + 9, bucket: 12, count: 32, errors: 8 },
      { hour: DAY * 24 + 9, bucket: 13, count: 16, errors: 0 },
    ]);
    const query = { ...EVER, client: 'curl' };
    expect(await team.repo.callStats.byTool(team.projectId, query)).toEqual([
      { workflowId: 'find', tool: 'find_order', bucket: 12, count: 8, errors: 0 },
    ]);
    expect(await team.repo.callStats.byHour(team.projectId, { ...EVER, from: DAY * 24 + 10 })).toEqual([]);
  });

  it('take the same row twice in one batch', async () => {
    const team = await newTeam();
    await stats().add([cell(team), cell(team), cell(team, { tool: 'renamed' })]);
    expect(await team.repo.callStats.byTool(team.projectId, EVER)).toMatchObject([
      { tool: 'renamed', count: 3 },
    ]);
  });

  it('of a project that is gone, or of another organization, are dropped; the others are stored', async () => {
    const [team, other] = [await newTeam(), await newTeam()];
    await stats().add([
      cell(team, { projectId: 'gone' }),
      cell(team, { organizationId: other.organizationId, count: 7 }),
      cell(team),
    ]);
    expect(await team.repo.callStats.byHour(team.projectId, EVER)).toMatchObject([{ count: 1 }]);
  });

  it('of days past are added up at noon, once, by whoever comes first; days too long past are forgotten', async () => {
    const team = await newTeam();
    const of = (day: number, hour: number) => cell(team, { hour: (DAY - day) * 24 + hour });
    await stats().add([
      of(0, 1),
      of(8, 23),
      of(9, 0),
      of(9, 12),
      of(9, 23),
      cell(team, { ...of(9, 23), bucket: 20, errors: 1 }),
      of(90, 3),
      of(91, 3),
    ]);
    const now = DAY * 86_400_000 + 5 * 3_600_000;
    await Promise.all([stats().fold(now), stats().fold(now), stats().fold(now)]);

    const rows = sorted(await team.repo.callStats.byHour(team.projectId, EVER));
    expect(rows.map(({ hour, ...row }) => [DAY - Math.floor(hour / 24), hour % 24, row])).toEqual([
      [90, 12, { bucket: 12, count: 1, errors: 0 }],
      [9, 12, { bucket: 12, count: 3, errors: 0 }],
      [9, 12, { bucket: 20, count: 1, errors: 1 }],
      [8, 23, { bucket: 12, count: 1, errors: 0 }],
      [0, 1, { bucket: 12, count: 1, errors: 0 }],
    ]);
  });
});

function sorted<Row extends { hour: number; bucket: number }>(rows: Row[]): Row[] {
  return rows.sort((a, b) => a.hour - b.hour || a.bucket - b.bucket);
}
