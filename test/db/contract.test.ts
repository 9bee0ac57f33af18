import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import type { SavedDraft } from '#lib/db/workflows.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { contractOf, documentOf, makeTeam, publishNew, runOf, systemOf, type Team } from './team.ts';

describe.each(DATABASES)('the data layer on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;
  let count = 0;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });
  beforeEach(async () => {
    count += 1;
    team = await makeTeam(database, `team${count}`);
  });

  describe('projects', () => {
    it('keep what they were given, and say how many workflows they have', async () => {
      const { repo, projectId } = team;
      await repo.projects.update(projectId, {
        instructions: 'Ask before you buy.',
        access: 'public',
        env: { REGION: 'eu' },
      });
      await repo.workflows.create(projectId, { document: documentOf('one') });

      expect(await repo.projects.get(projectId)).toMatchObject({
        instructions: 'Ask before you buy.',
        access: 'public',
        env: { REGION: 'eu' },
        release: 0,
        workflowCount: 1,
      });
    });

    it('have an address nobody else has, in any organization', async () => {
      const other = await makeTeam(database, `other${count}`);

      await expect(other.repo.projects.create({ name: 'x', slug: team.slug })).rejects.toMatchObject({
        code: 'conflict',
      });
    });

    it('refuse text that PostgreSQL could not store', async () => {
      await expect(team.repo.projects.update(team.projectId, { instructions: 'a\0b' })).rejects.toMatchObject(
        {
          code: 'bad_request',
        },
      );
      await expect(team.repo.projects.update(team.projectId, { name: 'a\ud800' })).rejects.toMatchObject({
        code: 'bad_request',
      });
    });

    it('take everything with them when they are deleted, except the audit log', async () => {
      const { repo, projectId, organizationId } = team;
      const { id } = await publishNew(team, 'echo');
      const run = runOf(team, { workflowId: id });
      await systemOf(database).runs.insertBatch([run]);
      expect(await repo.runs.get(projectId, run.id)).not.toBeNull();

      await repo.projects.remove(projectId);

      expect(await repo.projects.live(team.slug)).toBeNull();
      const where = { where: { projectId } };
      expect(await database.prisma.workflow.count(where)).toBe(0);
      expect(await database.prisma.version.count(where)).toBe(0);
      expect(await database.prisma.run.count(where)).toBe(0);
      const actions = (await repo.audit.list()).map((event) => event.action);
      expect(actions.slice(0, 2)).toEqual(['project.delete', 'workflow.publish']);
      expect(await systemOf(database).audit.firstBroken(organizationId)).toBeNull();
    });
  });

  describe('drafts', () => {
    it('are stored when nobody saved in between, and grow their revision', async () => {
      const { repo, projectId } = team;
      const { id } = await repo.workflows.create(projectId, { document: documentOf('echo'), problems: 2 });

      const saved = await repo.workflows.saveDraft(projectId, id, {
        revision: 1,
        document: { z: 1, a: 2, ...documentOf('echo', 'Echo') },
      });

      expect(saved).toMatchObject({ saved: true, revision: 2 });
      const workflow = await repo.workflows.get(projectId, id);
      expect(workflow).toMatchObject({
        revision: 2,
        title: 'Echo',
        problems: 0,
        savedBy: `team${count} owner`,
      });
      expect(Object.keys(workflow!.document as object).slice(0, 2)).toEqual(['z', 'a']);
    });

    it('are not overwritten: who comes second is told what the first one saved', async () => {
      const { repo, projectId } = team;
      const { id } = await repo.workflows.create(projectId, { document: documentOf('echo') });
      const save = (title: string) =>
        repo.workflows.saveDraft(projectId, id, { revision: 1, document: documentOf('echo', title) });

      const results = await Promise.all([save('left'), save('right')]);

      const lost = results.find((result) => !result.saved);
      const { title } = (await repo.workflows.get(projectId, id))!;
      expect(results.filter((result) => result.saved)).toHaveLength(1);
      expect(lost).toMatchObject({
        current: { revision: 2, document: { title }, savedBy: `team${count} owner` },
      });
    });

    it('cannot take the name of another workflow of the project', async () => {
      const { repo, projectId } = team;
      await repo.workflows.create(projectId, { document: documentOf('one') });
      const { id } = await repo.workflows.create(projectId, { document: documentOf('two') });

      await expect(
        repo.workflows.saveDraft(projectId, id, { revision: 1, document: documentOf('one') }),
      ).rejects.toMatchObject({ code: 'conflict' });
      await expect(repo.workflows.create(projectId, { document: documentOf('one') })).rejects.toMatchObject({
        code: 'conflict',
      });
    });
  });

  describe('publishing', () => {
    it('freezes the draft, makes it live and makes the next release', async () => {
      const { repo, projectId, slug } = team;
      const { id, versionId } = await publishNew(team, 'echo');

      const live = await repo.projects.live(slug);

      expect(live).toMatchObject({ slug, release: 1 });
      expect(live!.versions).toEqual([
        { workflowId: id, versionId, version: 1, document: documentOf('echo'), contract: contractOf('echo') },
      ]);
      expect(JSON.stringify(live!.versions[0]!.contract)).toBe(JSON.stringify(contractOf('echo')));
      expect((await repo.releases.list(projectId))[0]).toMatchObject({
        number: 1,
        reason: 'publish',
        by: `team${count} owner`,
        versions: [{ workflowId: id, versionId }],
      });
    });

    it('changes nothing when somebody saved after the compilation', async () => {
      const { repo, projectId } = team;
      const { id } = await repo.workflows.create(projectId, { document: documentOf('echo') });
      await repo.workflows.saveDraft(projectId, id, { revision: 1, document: documentOf('echo', 'newer') });

      const published = await repo.releases.publish(projectId, id, {
        revision: 1,
        contract: contractOf('echo'),
      });

      expect(published).toMatchObject({
        published: false,
        current: { revision: 2, document: { title: 'newer' } },
      });
      expect(await repo.versions.list(projectId, id)).toEqual([]);
      expect(await repo.releases.list(projectId)).toEqual([]);
      expect((await repo.projects.get(projectId))!.release).toBe(0);
    });

    it('numbers releases without gaps when several publish at once', async () => {
      const { repo, projectId } = team;
      const names = ['a', 'b', 'c', 'd', 'e'];

      await Promise.all(names.map((name) => publishNew(team, name)));

      const releases = await repo.releases.list(projectId);
      expect(releases.map((release) => release.number)).toEqual([5, 4, 3, 2, 1]);
      expect(releases.map((release) => release.versions.length)).toEqual([5, 4, 3, 2, 1]);
    });

    it('goes back to an earlier version, and away', async () => {
      const { repo, projectId, slug } = team;
      const { id } = await publishNew(team, 'echo');
      await repo.workflows.saveDraft(projectId, id, { revision: 1, document: documentOf('echo', 'second') });
      expect((await repo.workflows.list(projectId))[0]).toMatchObject({
        liveVersion: 1,
        changedSinceLive: true,
      });
      await repo.releases.publish(projectId, id, { revision: 2, contract: contractOf('echo'), note: 'more' });
      expect((await repo.workflows.list(projectId))[0]).toMatchObject({
        liveVersion: 2,
        changedSinceLive: false,
      });

      expect(await repo.releases.rollback(projectId, id, 1)).toEqual({ release: 3 });
      expect((await repo.projects.live(slug))!.versions[0]).toMatchObject({
        version: 1,
        document: { title: '' },
      });
      expect(await repo.workflows.get(projectId, id)).toMatchObject({
        liveVersion: 1,
        latestVersion: 2,
        changedSinceLive: true,
        document: { title: 'second' },
      });
      expect(
        (await repo.versions.list(projectId, id)).map(({ version, live, note }) => ({ version, live, note })),
      ).toEqual([
        { version: 2, live: false, note: 'more' },
        { version: 1, live: true, note: '' },
      ]);

      expect(await repo.releases.unpublish(projectId, id)).toEqual({ release: 4 });
      expect((await repo.projects.live(slug))!.versions).toEqual([]);
      await expect(repo.releases.unpublish(projectId, id)).rejects.toMatchObject({ code: 'conflict' });
      await expect(repo.releases.rollback(projectId, id, 9)).rejects.toMatchObject({ code: 'not_found' });
    });

    it('refuses a name under which another workflow is live', async () => {
      const { repo, projectId } = team;
      const { id: first } = await publishNew(team, 'echo');
      await repo.workflows.saveDraft(projectId, first, { revision: 1, document: documentOf('renamed') });
      const { id: second } = await repo.workflows.create(projectId, { document: documentOf('echo') });

      await expect(
        repo.releases.publish(projectId, second, { revision: 1, contract: contractOf('echo') }),
      ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('renamed') });
      expect((await repo.projects.get(projectId))!.release).toBe(1);
    });

    it('leaves a published version as it is, whoever tries to change it', async () => {
      const { versionId } = await publishNew(team, 'echo');

      await expect(
        database.prisma.version.updateMany({ where: { id: versionId }, data: { document: '{}' } }),
      ).rejects.toThrow();
    });

    it('makes a release without a workflow that is deleted', async () => {
      const { repo, projectId, slug } = team;
      const { id } = await publishNew(team, 'echo');

      expect(await repo.workflows.remove(projectId, id)).toEqual({ release: 2 });

      expect(await repo.projects.live(slug)).toMatchObject({ release: 2, versions: [] });
    });
  });

  describe('keys', () => {
    const newKey = (id: string) => ({
      id,
      hash: 'h'.repeat(43),
      preview: 'pbk_…1234',
      name: 'CI',
      tools: ['echo'],
    });

    it('are found by id until they are revoked, and their hash is never listed', async () => {
      const { repo, projectId, organizationId } = team;
      const id = `key${count}`.padEnd(12, '0');
      await repo.keys.create(projectId, newKey(id));
      const { keys } = systemOf(database);

      expect(await keys.find(id)).toEqual({
        id,
        hash: 'h'.repeat(43),
        organizationId,
        projectId,
        tools: ['echo'],
        readOnly: false,
        toolsets: null,
        expiresAt: null,
        revokedAt: null,
      });
      await keys.touch(id, new Date(0));
      expect(await repo.keys.list(projectId)).toEqual([
        expect.objectContaining({ id, preview: 'pbk_…1234', tools: ['echo'], lastUsedAt: new Date(0) }),
      ]);
      expect(JSON.stringify(await repo.keys.list(projectId))).not.toContain('hhh');

      await repo.keys.revoke(projectId, id);
      expect(await repo.keys.list(projectId)).toEqual([]);
      expect((await keys.find(id))!.revokedAt).toBeInstanceOf(Date);
      await expect(repo.keys.revoke(projectId, id)).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  describe('connections', () => {
    it('give their secret to the system alone, and only for their own project', async () => {
      const { repo, projectId } = team;
      const other = await repo.projects.create({ name: 'other', slug: `other-${count}` });
      const { id } = await repo.connections.create(projectId, {
        name: 'shop',
        type: 'bearer',
        hosts: ['api.example.test'],
        secret: 'sealed-1',
        preview: '…abcd',
      });
      await repo.connections.update(projectId, id, { secret: 'sealed-2', hosts: ['b.example.test'] });

      const system = systemOf(database);
      expect(await system.connections.sealed(projectId, id)).toMatchObject({
        secret: 'sealed-2',
        hosts: ['b.example.test'],
        type: 'bearer',
      });
      expect(await system.connections.sealed(other.id, id)).toBeNull();
      await expect(repo.connections.sealed(projectId, id)).rejects.toMatchObject({ code: 'forbidden' });
      expect(JSON.stringify(await repo.connections.list(projectId))).not.toContain('sealed');
    });
  });

  describe('runs', () => {
    it('are stored by the hundred, each once, with what came later', async () => {
      const { repo, projectId } = team;
      const { runs } = systemOf(database);
      const rows = Array.from({ length: 700 }, (_, index) =>
        runOf(team, { startedAt: Date.UTC(2026, 0, 1) + index }),
      );
      const long = runOf(team, {
        status: 'running',
        durationMs: null,
        output: null,
        leaseUntil: Date.now() + 60_000,
      });
      await runs.insertBatch([...rows, long]);

      await runs.insertBatch([
        { ...long, durationMs: 1 },
        {
          ...long,
          status: 'failed',
          leaseUntil: null,
          durationMs: 99,
          error: { code: 'TIMEOUT', message: 'too slow' },
        },
      ]);

      expect(await database.prisma.run.count({ where: { projectId } })).toBe(701);
      expect(await repo.runs.get(projectId, long.id)).toMatchObject({
        status: 'failed',
        durationMs: 99,
        error: { code: 'TIMEOUT', message: 'too slow' },
        input: { text: 'hi' },
      });
      expect(await repo.runs.get(projectId, rows[650]!.id)).toMatchObject({
        startedAt: new Date(rows[650]!.startedAt),
        durationMs: 12,
        client: 'test 1.0',
        version: null,
        output: { parts: [{ type: 'text', text: 'hi' }] },
        steps: [{ nodeId: 'n1', key: 'input', status: 'succeeded', value: 'hi' }],
      });
    });

    it('are not brought back to running by a late record', async () => {
      const { runs } = systemOf(database);
      const done = runOf(team);
      await runs.insertBatch([done]);

      await runs.insertBatch([{ ...done, status: 'running', leaseUntil: Date.now() + 1000 }]);

      expect(await team.repo.runs.get(team.projectId, done.id)).toMatchObject({ status: 'succeeded' });
    });

    it('keep any text, and one whose project is gone does not lose the batch', async () => {
      const { repo, projectId } = team;
      const odd = 'NUL \0, half \ud800, quote ", emoji 🎈, \u2028';
      const run = runOf(team, { client: odd, input: { odd }, error: { code: 'X', message: odd } });
      const lost = runOf(team, { projectId: 'gone' });
      const stolen = runOf(team, { organizationId: 'another' });

      await systemOf(database).runs.insertBatch([lost, run, stolen]);

      const stored = await repo.runs.get(projectId, run.id);
      expect(stored).toMatchObject({ input: { odd }, error: { message: odd } });
      expect(stored!.client).toBe('NUL \ufffd, half \ufffd, quote ", emoji 🎈, \u2028');
      expect(await database.prisma.run.count({ where: { id: { in: [lost.id, stolen.id] } } })).toBe(0);
    });

    it('are listed newest first, page by page, without a gap or a repetition', async () => {
      const { repo, projectId } = team;
      const at = Date.UTC(2026, 0, 2);
      // Several begin in the same millisecond.
      const rows = Array.from({ length: 23 }, (_, index) =>
        runOf(team, {
          startedAt: at + Math.floor(index / 7),
          workflowId: index % 2 ? 'odd' : 'even',
          status: index === 5 ? 'failed' : 'succeeded',
        }),
      );
      await systemOf(database).runs.insertBatch(rows);

      const seen: { id: string; startedAt: Date }[] = [];
      let cursor: string | null = null;
      do {
        const page = await repo.runs.list(projectId, { limit: 5, ...(cursor === null ? {} : { cursor }) });
        seen.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);

      const expected = rows
        .toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1))
        .map((run) => run.id);
      expect(seen.map((run) => run.id)).toEqual(expected);
      expect((await repo.runs.list(projectId, { workflowId: 'odd' })).items).toHaveLength(11);
      expect((await repo.runs.list(projectId, { status: 'failed' })).items.map((run) => run.id)).toEqual([
        rows[5]!.id,
      ]);
      await expect(repo.runs.list(projectId, { cursor: 'nonsense' })).rejects.toMatchObject({
        code: 'bad_request',
      });
    });

    it('of a version show what ran, and the last one shows beside its workflow', async () => {
      const { repo, projectId } = team;
      const { id, versionId } = await publishNew(team, 'echo');
      const run = runOf(team, { workflowId: id, versionId, version: 1 });
      const draft = runOf(team, {
        workflowId: id,
        document: documentOf('echo', 'draft'),
        startedAt: run.startedAt + 1,
      });
      await systemOf(database).runs.insertBatch([run, draft]);

      expect((await repo.runs.get(projectId, run.id))!.document).toEqual(documentOf('echo'));
      expect((await repo.runs.get(projectId, draft.id))!.document).toEqual(documentOf('echo', 'draft'));
      expect((await repo.workflows.list(projectId))[0]!.lastRun).toEqual({
        id: draft.id,
        status: 'succeeded',
        at: new Date(draft.startedAt),
      });
    });

    it('count as crashed when their lease ran out, unless it was renewed', async () => {
      const { repo, projectId } = team;
      const { runs } = systemOf(database);
      const leaseUntil = Date.UTC(2026, 5, 1);
      const running = { status: 'running', leaseUntil, durationMs: null, output: null } as const;
      const [dead, alive] = [runOf(team, running), runOf(team, running)];
      await runs.insertBatch([dead, alive]);
      await runs.insertBatch([{ ...alive, leaseUntil: leaseUntil + 30_000 }]);

      expect(await runs.markCrashed(new Date(leaseUntil + 1))).toBe(1);

      expect(await repo.runs.get(projectId, dead.id)).toMatchObject({
        status: 'crashed',
        error: { code: 'CRASHED' },
      });
      expect(await repo.runs.get(projectId, alive.id)).toMatchObject({ status: 'running' });
    });

    it('are deleted by age and by number, those under way never', async () => {
      const { repo, projectId } = team;
      const { runs } = systemOf(database);
      const now = Date.UTC(2026, 5, 1);
      const old = runOf(team, { startedAt: now - 40 * 86_400_000 });
      const oldButRunning = runOf(team, { startedAt: now - 40 * 86_400_000, status: 'running' });
      const recent = Array.from({ length: 10 }, (_, index) => runOf(team, { startedAt: now - index * 1000 }));
      await runs.insertBatch([old, oldButRunning, ...recent]);

      await runs.prune({ days: 30, perProject: 4 }, new Date(now));

      const left = (await repo.runs.list(projectId)).items.map((run) => run.id);
      expect(left).toEqual([...recent.slice(0, 4).map((run) => run.id), oldButRunning.id]);
    });
  });

  describe('jobs', () => {
    it('of one project never run in greater number than it allows, whoever claims them', async () => {
      const kind = `bounded${count}`;
      const other = await openDatabase(empty.url);
      const free = await makeTeam(database, `free${count}`);
      await database.prisma.project.update({ where: { id: team.projectId }, data: { concurrency: 3 } });
      let running = 0;
      let most = 0;
      const done: string[] = [];
      const work = async (client: Database, owner: string): Promise<void> => {
        const { jobs } = systemOf(client);
        while (done.length < 40) {
          const job = await jobs.claim({ kinds: [kind], owner, leaseMs: 60_000 });
          if (!job) {
            await sleep(1);
            continue;
          }
          if (job.projectId === team.projectId) {
            running += 1;
            most = Math.max(most, running);
            expect(running).toBeLessThanOrEqual(3);
            // The first wait for each other, all of them so that the others try in between.
            while (most < 3) await sleep(1);
            await sleep(10);
            running -= 1;
          }
          done.push(job.id);
          await jobs.finish(job);
        }
      };
      try {
        for (let n = 0; n < 40; n += 1) {
          const { projectId } = n < 35 ? team : free;
          await systemOf(database).jobs.enqueue(kind, { n }, { projectId });
        }
        await Promise.all(
          [database, other].flatMap((client) => ['a', 'b', 'c', 'd'].map((owner) => work(client, owner))),
        );
        expect(new Set(done).size).toBe(40);
        expect(done).toHaveLength(40);
        expect(most).toBe(3);
      } finally {
        await other.close();
      }
    });

    it('of a project that is full leave the others their turn', async () => {
      const kind = `full${count}`;
      const { jobs } = systemOf(database);
      const claim = { kinds: [kind], owner: 'me', leaseMs: 60_000 };
      await database.prisma.project.update({ where: { id: team.projectId }, data: { concurrency: 1 } });
      for (let n = 0; n < 3; n += 1) await jobs.enqueue(kind, { n }, { projectId: team.projectId });
      const free = await jobs.enqueue(kind, { n: 'free' });

      const first = (await jobs.claim(claim))!;

      expect(first.projectId).toBe(team.projectId);
      expect(await jobs.claim(claim)).toMatchObject({ id: free, projectId: null });
      expect(await jobs.claim(claim)).toBeNull();
      await jobs.finish(first);
      expect(await jobs.claim(claim)).toMatchObject({ projectId: team.projectId });
    });

    it('are not handed again to whom is at them, and can be handed back', async () => {
      const kind = `back${count}`;
      const { jobs } = systemOf(database);
      await jobs.enqueue(kind, {});
      const job = (await jobs.claim({ kinds: [kind], owner: 'me', leaseMs: 0 }))!;

      expect(await jobs.claim({ kinds: [kind], owner: 'me', leaseMs: 0, except: [job.id] })).toBeNull();
      expect(await jobs.release(job)).toBe(true);
      expect(await jobs.finish(job)).toBe(false);

      expect(await jobs.claim({ kinds: [kind], owner: 'other', leaseMs: 60_000 })).toMatchObject({
        id: job.id,
        attempt: 1,
      });
    });

    it('say when the next becomes due', async () => {
      const kind = `due${count}`;
      const { jobs } = systemOf(database);
      const runAt = new Date(Date.now() + 3_600_000);
      await jobs.enqueue(kind, {});
      expect(await jobs.nextDue([kind])).toBeNull();
      await jobs.enqueue(kind, {}, { runAt: new Date(runAt.getTime() + 1000) });
      await jobs.enqueue(kind, {}, { runAt });

      expect(await jobs.nextDue([kind])).toEqual(runAt);
    });

    it('are each done once, by two processes that claim at the same time', async () => {
      const kind = `once${count}`;
      const other = await openDatabase(empty.url);
      try {
        const ids = await Promise.all(
          Array.from({ length: 20 }, (_, n) => systemOf(database).jobs.enqueue(kind, { n })),
        );
        const drain = async (client: Database, owner: string) => {
          const { jobs } = systemOf(client);
          const done: string[] = [];
          for (;;) {
            const job = await jobs.claim({ kinds: [kind], owner, leaseMs: 60_000 });
            if (!job) return done;
            done.push(job.id);
            expect(await jobs.finish(job)).toBe(true);
          }
        };

        const [left, right] = await Promise.all([drain(database, 'left'), drain(other, 'right')]);

        expect([...left, ...right].sort()).toEqual(ids.sort());
      } finally {
        await other.close();
      }
    });

    it('go to somebody else when a lease runs out, and the first holder is refused', async () => {
      const kind = `lease${count}`;
      const { jobs } = systemOf(database);
      await jobs.enqueue(kind, { n: 1 });
      const first = (await jobs.claim({ kinds: [kind], owner: 'first', leaseMs: 0 }))!;

      const second = (await jobs.claim({ kinds: [kind], owner: 'second', leaseMs: 60_000 }))!;

      expect(second).toMatchObject({ id: first.id, payload: { n: 1 }, attempt: 2, exhausted: false });
      expect(second.fence).toBeGreaterThan(first.fence);
      expect(await jobs.renew(first, 60_000)).toBe(false);
      expect(await jobs.finish(first)).toBe(false);
      expect(await jobs.fail(first, 'late')).toBe('lost');
      expect(await jobs.claim({ kinds: [kind], owner: 'third', leaseMs: 0 })).toBeNull();
      expect(await jobs.finish(second)).toBe(true);
    });

    it('are tried again later, and given up after the last attempt', async () => {
      const kind = `retry${count}`;
      const { jobs } = systemOf(database);
      const id = await jobs.enqueue(kind, {}, { maxAttempts: 2 });
      const claim = { kinds: [kind], owner: 'me', leaseMs: 60_000 };

      expect(await jobs.fail((await jobs.claim(claim))!, 'first')).toBe('again');
      expect(await jobs.claim(claim)).toBeNull();
      await database.prisma.job.update({ where: { id }, data: { runAt: new Date(0) } });
      expect(await jobs.fail((await jobs.claim(claim))!, 'second')).toBe('failed');

      await database.prisma.job.update({ where: { id }, data: { runAt: new Date(0) } });
      expect(await jobs.claim(claim)).toBeNull();
      expect(await database.prisma.job.findUnique({ where: { id } })).toMatchObject({
        state: 'failed',
        error: 'second',
      });
    });

    it('say when their process ended at every attempt', async () => {
      const kind = `poison${count}`;
      const { jobs } = systemOf(database);
      await jobs.enqueue(kind, {}, { maxAttempts: 2 });
      const claim = { kinds: [kind], owner: 'me', leaseMs: 0 };

      const exhausted = [];
      for (let attempt = 0; attempt < 3; attempt += 1) exhausted.push((await jobs.claim(claim))!.exhausted);

      expect(exhausted).toEqual([false, false, true]);
    });

    it('wait for their time', async () => {
      const kind = `later${count}`;
      const { jobs } = systemOf(database);
      await jobs.enqueue(kind, {}, { runAt: new Date(Date.now() + 3_600_000) });

      expect(await jobs.claim({ kinds: [kind], owner: 'me', leaseMs: 0 })).toBeNull();
    });
  });

  describe('the audit log', () => {
    it('is one chain, also when many append at once', async () => {
      const { repo, organizationId } = team;
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => repo.audit.append({ action: 'test', details: { index } })),
      );

      const events = await repo.audit.list({ limit: 100 });

      expect(events.map((event) => event.number)).toEqual(
        Array.from({ length: 22 }, (_, index) => 22 - index),
      );
      expect(events.slice(0, -1).every((event, index) => event.prevHash === events[index + 1]!.hash)).toBe(
        true,
      );
      expect(await systemOf(database).audit.firstBroken(organizationId)).toBeNull();
    });

    it('cannot be changed or shortened', async () => {
      const { organizationId } = team;
      await team.repo.audit.append({ action: 'test' });

      const where = { where: { organizationId } };
      await expect(
        database.prisma.auditEvent.updateMany({ ...where, data: { action: 'x' } }),
      ).rejects.toThrow();
      await expect(database.prisma.auditEvent.deleteMany(where)).rejects.toThrow();
      expect(await database.prisma.auditEvent.count(where)).toBe(3);
    });
  });

  describe('transactions', () => {
    // Prisma's SQLite adapter let a query without a transaction run inside one that was open, and roll back with it.
    it('do not take a write of somebody else with them when they are rolled back', async () => {
      const { repo, projectId } = team;
      const { id } = await repo.workflows.create(projectId, { document: documentOf('echo') });
      let saving: Promise<SavedDraft> | undefined;
      const failing = database.transaction(async (tx) => {
        await tx.project.updateMany({ where: { id: projectId }, data: { name: 'inside' } });
        // Somebody else saves in the middle.
        saving = repo.workflows.saveDraft(projectId, id, { revision: 1, document: documentOf('kept') });
        for (let n = 0; n < 10; n += 1) await tx.project.findFirst({ where: { id: projectId } });
        throw new Error('no');
      });

      await expect(failing).rejects.toThrow('no');

      expect(await saving).toMatchObject({ saved: true });
      expect((await repo.projects.get(projectId))!.name).toBe(`team${count}`);
      expect(await repo.workflows.get(projectId, id)).toMatchObject({ name: 'kept', revision: 2 });
    });
  });

  describe('opening', () => {
    it('is safe for several processes at once on a new database', async () => {
      const fresh = await create();
      try {
        const children = Array.from({ length: 4 }, () =>
          spawn(process.execPath, [join(import.meta.dirname, 'open-once.ts'), fresh.url], {
            stdio: 'inherit',
          }),
        );
        const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));

        expect(codes).toEqual([0, 0, 0, 0]);
        const opened = await openDatabase(fresh.url);
        const applied = await opened.prisma.$queryRaw<{ name: string; times: bigint }[]>`
          SELECT migration_name AS name, COUNT(*) AS times FROM _prisma_migrations GROUP BY migration_name`;
        await opened.close();
        expect(applied.map((row) => ({ name: row.name, times: Number(row.times) }))).toContainEqual({
          name: '0001_init',
          times: 1,
        });
        expect(applied.every((row) => Number(row.times) === 1)).toBe(true);
      } finally {
        await fresh.remove();
      }
    });

    it('refuses a database whose migration was edited after it had been applied', async () => {
      const fresh = await create();
      try {
        const opened = await openDatabase(fresh.url);
        await opened.prisma.$executeRaw`UPDATE _prisma_migrations SET checksum = 'other'`;
        await opened.close();

        await expect(openDatabase(fresh.url)).rejects.toThrow('0001_init was changed');
      } finally {
        await fresh.remove();
      }
    });
  });
});
