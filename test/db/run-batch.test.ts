import { describe, expect, it } from 'vitest';
import { batches } from '#lib/db/run-batch.ts';
import { runOf } from './team.ts';

const TEAM = { organizationId: 'organization', projectId: 'project' };

describe('runs on their way to the database', () => {
  it('go in transactions of at most 300', () => {
    const rows = Array.from({ length: 700 }, () => runOf(TEAM));

    expect(batches(rows).map((batch) => batch.length)).toEqual([300, 300, 100]);
    expect(batches(rows).flatMap((batch) => batch.map(([id]) => id))).toEqual(rows.map(({ id }) => id));
  });

  it('go in smaller ones where they are large, none of them in an empty one', () => {
    const rows = Array.from({ length: 5 }, () => runOf(TEAM, { input: 'x'.repeat(5 * 1024 * 1024) }));

    expect(batches(rows).map((batch) => batch.length)).toEqual([2, 2, 1]);
    expect(batches([])).toEqual([]);
  });

  it('go once, as they were last', () => {
    const run = runOf(TEAM, { status: 'running' });

    expect(batches([run, runOf(TEAM), { ...run, status: 'failed' }])).toMatchObject([
      [expect.arrayContaining([run.id, 'failed']), expect.anything()],
    ]);
  });
});
