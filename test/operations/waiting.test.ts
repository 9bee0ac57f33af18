import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '#lib/db/repository.ts';
import { readLink } from '#lib/operations/answer-link.ts';
import { answerRun } from '#lib/operations/answer-run.ts';
import type { App } from '#lib/operations/app.ts';
import { awaitRun, findAwaited } from '#lib/operations/awaited-run.ts';
import { cancelRun } from '#lib/operations/cancel-run.ts';
import { continueLater } from '#lib/operations/continue-run.ts';
import { decideApproval } from '#lib/operations/decide-approval.ts';
import { goOn } from '#lib/operations/go-on.ts';
import { questionLink } from '#lib/operations/question-link.ts';
import { getRun } from '#lib/operations/read-runs.ts';
import { resumeRun } from '#lib/operations/resume-run.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { eventually } from '#test/api/server.ts';
import { DATABASES } from '#test/support/databases.ts';
import { makeWorld, noSignal, says, start, type World } from './waiting-world.ts';

const ask = (name: string) => ({
  kind: 'ask-user',
  config: { message: `${name}?`, mode: 'fields', fields: [{ name: 'it', type: 'text', required: true }] },
});

const accept = (it: string): JsonObject => ({ action: 'accept', content: { it } });

describe.each(DATABASES)('a run that waits, on $name', ({ create }) => {
  let world: World;
  let one: App;
  let two: App;
  let rival: App;

  beforeAll(async () => {
    world = await makeWorld(create);
    one = await world.open();
    two = await world.open();
    rival = await world.rival(one);
    await world.publish(
      one,
      'order',
      { input: start, size: ask('Size'), answer: says('{{ input.text }} in {{ steps.size.it }}') },
      ['input -> size', 'size -> answer'],
    );
    await world.publish(
      one,
      'both',
      {
        input: start,
        left: ask('Left'),
        right: ask('Right'),
        answer: says('{{ steps.left.it }}{{ steps.right.it }}'),
      },
      ['input -> left', 'input -> right', 'left -> answer', 'right -> answer'],
    );
    await world.publish(
      one,
      'refund',
      {
        input: start,
        consent: {
          kind: 'approve',
          config: { message: 'Refund {{ input.text }}?', details: { of: '{{ input.text }}' }, by: 'team' },
        },
        answer: says('by {{ steps.consent.by }}: {{ steps.consent.comment }}'),
      },
      ['input -> consent', 'consent:approved -> answer'],
    );
    await world.publish(
      one,
      'later',
      {
        input: start,
        pause: { kind: 'wait', config: { mode: 'for', amount: 2, unit: 'hours' } },
        answer: says('later'),
      },
      ['input -> pause', 'pause -> answer'],
    );
  });
  afterAll(() => world.close());

  const resume = (app: App, runId: string, answers?: JsonObject, principal = world.key) =>
    resumeRun(app, principal, {
      project: { id: world.team.projectId, organizationId: world.team.organizationId },
      runId,
      signal: noSignal,
      ...(answers && { answers }),
    });
  const rowOf = (runId: string) => one.db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
  const viewOf = (runId: string) => getRun(two, world.owner, { project: world.team.slug, run: runId });
  /** An hour goes by, as far as the database knows. */
  const passTime = async (runId: string) => {
    const { state } = await rowOf(runId);
    const past = state!.replaceAll(
      /"(expiresAt|until)":(\d+)/g,
      (_, name) => `"${name}":${Date.now() - 1000}`,
    );
    await one.db.prisma.run.update({
      where: { id: runId },
      data: { state: past, expiresAt: new Date(Date.now() - 1000) },
    });
    await one.db.prisma.approval.updateMany({
      where: { runId },
      data: { expiresAt: new Date(Date.now() - 1000) },
    });
  };

  it('is stored before the call is answered, and gone on with by another process', async () => {
    const asked = await world.call(one, 'order', { text: 'shirt' });
    expect(asked).toMatchObject({
      status: 'suspended',
      round: 1,
      waiting: [{ key: 'size', nodeKey: 'size', question: { type: 'form', message: 'Size?' } }],
    });
    expect(one.recorder.find(asked.runId)).toBeUndefined();
    expect(await viewOf(asked.runId)).toMatchObject({
      status: 'suspended',
      round: 1,
      expiresAt: new Date(asked.expiresAt!).toISOString(),
      steps: [
        { key: 'input', status: 'succeeded' },
        { key: 'size', status: 'waiting', waiting: { key: 'size', question: { message: 'Size?' } } },
      ],
    });

    const done = await resume(two, asked.runId, { size: accept('L') });
    expect(done).toMatchObject({
      status: 'succeeded',
      output: { parts: [{ type: 'text', text: 'shirt in L' }] },
    });
    const view = await viewOf(asked.runId);
    expect(view).toMatchObject({ status: 'succeeded', expiresAt: null, input: { text: 'shirt' } });
    expect(view.steps.map(({ key, status }) => [key, status])).toEqual([
      ['input', 'succeeded'],
      ['size', 'succeeded'],
      ['answer', 'succeeded'],
    ]);
    expect(await rowOf(asked.runId)).toMatchObject({
      state: null,
      answers: null,
      leaseUntil: null,
      fence: 1,
    });
  });

  it('gives its result again to whoever asks again', async () => {
    const { runId } = await world.call(one, 'order', { text: 'hat' });
    await resume(one, runId, { size: accept('M') });
    const again = await resume(two, runId, { size: accept('XXL') });
    expect(again).toMatchObject({ status: 'succeeded', output: { parts: [{ text: 'hat in M' }] } });
  });

  it('waits on for what nobody answered yet', async () => {
    const { runId, waiting } = await world.call(one, 'both');
    expect(waiting?.map(({ key }) => key)).toEqual(['left', 'right']);
    const half = await resume(two, runId, { left: accept('a') });
    expect(half).toMatchObject({ status: 'suspended', round: 2, waiting: [{ key: 'right' }] });
    await expect(resume(one, runId, { left: accept('b') })).rejects.toMatchObject({ code: 'gone' });
    const done = await resume(one, runId, { right: accept('z') });
    expect(done).toMatchObject({ status: 'succeeded', output: { parts: [{ text: 'az' }] } });
  });

  it('says what is wrong with an answer, and stays as it is', async () => {
    const { runId } = await world.call(one, 'order', { text: 'hat' });
    await expect(
      resume(two, runId, { size: { action: 'accept', content: { it: 1 } } }),
    ).rejects.toMatchObject({ code: 'invalid', details: { faults: [expect.stringContaining('it')] } });
    await expect(resume(two, runId, { nothing: accept('a') })).rejects.toMatchObject({ code: 'gone' });
    expect(await resume(two, runId)).toMatchObject({ status: 'suspended', round: 1 });
    expect(await rowOf(runId)).toMatchObject({ status: 'suspended', answers: null });
  });

  it('leaves by the declined way, or fails where there is none', async () => {
    const { runId } = await world.call(one, 'order', { text: 'hat' });
    expect(await resume(two, runId, { size: { action: 'decline' } })).toMatchObject({
      status: 'failed',
      error: { code: 'DECLINED', key: 'size' },
    });
    expect(await rowOf(runId)).toMatchObject({ status: 'failed' });
  });

  it('is nobody’s but its caller’s', async () => {
    const { runId } = await world.call(one, 'order', { text: 'hat' });
    const strangers = [
      { ...world.key, keyId: 'key000000001' },
      { ...world.key, organizationId: 'other' },
    ];
    for (const stranger of strangers) {
      await expect(resume(one, runId, { size: accept('L') }, stranger)).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    expect(await rowOf(runId)).toMatchObject({ status: 'suspended', answers: null });
    expect(await resume(one, runId, { size: accept('L') })).toMatchObject({ status: 'succeeded' });
  });

  it('is run once when many resume it at the same moment', async () => {
    const { runId } = await world.call(one, 'order', { text: 'hat' });
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        resume(index % 2 === 0 ? one : rival, runId, { size: accept(`S${index}`) }),
      ),
    );
    const done = tries.flatMap((tried) => (tried.status === 'fulfilled' ? [tried.value] : []));
    const texts = new Set(done.map(({ output }) => JSON.stringify(output)));
    expect(done.length).toBeGreaterThan(0);
    expect(texts.size).toBe(1);
    for (const tried of tries) {
      if (tried.status === 'rejected') expect(['conflict', 'gone']).toContain(tried.reason.code);
    }
    expect(await rowOf(runId)).toMatchObject({ status: 'succeeded', fence: 1 });
    const steps = (await viewOf(runId)).steps.filter(({ key }) => key === 'answer');
    expect(steps).toHaveLength(1);
  });

  it('goes on by a job when nobody answers in time, and fails there', async () => {
    const { runId } = await world.call(one, 'order', { text: 'hat' });
    await passTime(runId);
    await expect(resume(two, runId, { size: accept('L') })).rejects.toMatchObject({ code: 'gone' });
    expect(await goOn(two, runId, { signal: noSignal })).toMatchObject({
      status: 'failed',
      error: { code: 'EXPIRED', key: 'size' },
    });
  });

  it('goes on when its time has come', async () => {
    const { runId, waiting } = await world.call(one, 'later');
    expect(waiting).toMatchObject([{ question: { type: 'time' } }]);
    expect(await goOn(two, runId, { signal: noSignal })).toBeNull();
    await passTime(runId);
    expect(await goOn(two, runId, { signal: noSignal })).toMatchObject({ status: 'succeeded' });
  });

  it('takes either the answer or the end of its time, never both', async () => {
    for (let count = 0; count < 10; count += 1) {
      const { runId } = await world.call(one, 'order', { text: 'hat' });
      const soon = Date.now() + 5;
      const { state } = await rowOf(runId);
      await one.db.prisma.run.update({
        where: { id: runId },
        data: { state: state!.replace(/"expiresAt":\d+/, `"expiresAt":${soon}`) },
      });
      const [answered] = await Promise.allSettled([
        resume(one, runId, { size: accept('L') }),
        (async () => {
          while (Date.now() <= soon) await new Promise((resolve) => setImmediate(resolve));
          return goOn(rival, runId, { signal: noSignal });
        })(),
      ]);
      const row = await rowOf(runId);
      expect(row.fence).toBe(1);
      const told = answered.status === 'rejected' ? answered.reason.code : answered.value.status;
      // The answer was in time, and perhaps the other one went on with it; or it was not.
      if (row.status === 'succeeded') expect(['succeeded', 'conflict']).toContain(told);
      else {
        expect(JSON.parse(row.error!)).toMatchObject({ code: 'EXPIRED' });
        expect(['failed', 'gone', 'conflict']).toContain(told);
      }
    }
  });

  it('may be answered by one process and gone on with by another', async () => {
    const { runId } = await world.call(one, 'order', { text: 'hat' });
    const told: unknown[] = [];
    const end = one.events.subscribe('run.answered', (payload) => told.push(payload));
    await answerRun(one, { runId, answers: { size: accept('L') }, by: { type: 'client', name: null } });
    end();
    expect(told).toEqual([{ runId }]);
    expect(await resume(two, runId)).toMatchObject({ output: { parts: [{ text: 'hat in L' }] } });
  });

  it('keeps an answer that comes while it goes on with another', async () => {
    const { runId } = await world.call(one, 'both');
    const answers = [resume(one, runId, { left: accept('a') }), resume(rival, runId, { right: accept('z') })];
    await Promise.allSettled(answers);
    const end = await eventually(async () => {
      const now = await resume(one, runId).catch(() => null);
      return now?.status === 'succeeded' && now;
    });
    expect(end).toMatchObject({ output: { parts: [{ text: 'az' }] } });
  });

  describe('for an approval', () => {
    const approvalsOf = async (runId: string) =>
      (await repository(one.db, world.owner).approvals.list(world.team.projectId)).filter(
        (approval) => approval.runId === runId,
      );
    const decide = (app: App, approval: string, approved = true) =>
      decideApproval(app, world.owner, {
        project: world.team.slug,
        approval,
        approved,
        comment: 'as agreed',
        name: 'Ada',
      });

    it('has a record of it, and goes on when it is decided', async () => {
      const { runId } = await world.call(one, 'refund', { text: '20 €' });
      const [approval] = await approvalsOf(runId);
      expect(approval).toMatchObject({
        status: 'pending',
        by: 'team',
        message: 'Refund 20 €?',
        details: { of: '20 €' },
        client: 'test 1.0',
        keyId: world.key.keyId,
      });
      await expect(resume(one, runId, { consent: { approved: true } })).rejects.toMatchObject({
        code: 'forbidden',
      });
      expect(await decide(two, approval!.id)).toMatchObject({ status: 'approved', decidedByName: 'Ada' });
      expect(await goOn(one, runId, { signal: noSignal })).toMatchObject({
        status: 'succeeded',
        output: { parts: [{ text: 'by Ada: as agreed' }] },
      });
      await one.db.prisma.run.deleteMany({ where: { id: runId } });
      expect(await approvalsOf(runId)).toMatchObject([
        { status: 'approved', decidedBy: world.owner.userId, comment: 'as agreed', details: { of: '20 €' } },
      ]);
    });

    it('is decided once, however many decide at the same moment', async () => {
      const { runId } = await world.call(one, 'refund', { text: '1 €' });
      const [approval] = await approvalsOf(runId);
      const tries = await Promise.allSettled(
        Array.from({ length: 50 }, (_, index) =>
          decide(index % 2 === 0 ? one : rival, approval!.id, index % 3 !== 0),
        ),
      );
      const won = tries.filter(({ status }) => status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const tried of tries) {
        if (tried.status === 'rejected') expect(tried.reason).toMatchObject({ code: 'conflict' });
      }
      const [decided] = await approvalsOf(runId);
      const { answers } = await rowOf(runId);
      expect(JSON.parse(answers!)).toMatchObject({ consent: { approved: decided!.status === 'approved' } });
      const events = await one.db.prisma.auditEvent.findMany({
        where: { target: `approval:${approval!.id}` },
      });
      expect(events).toHaveLength(1);
    });

    it('fails when it is refused, and when its time is over', async () => {
      const refused = await world.call(one, 'refund', { text: '2 €' });
      await decide(one, (await approvalsOf(refused.runId))[0]!.id, false);
      expect(await goOn(one, refused.runId, { signal: noSignal })).toMatchObject({
        status: 'failed',
        error: { code: 'REFUSED', message: expect.stringContaining('as agreed') },
      });

      const late = await world.call(one, 'refund', { text: '3 €' });
      await passTime(late.runId);
      const [approval] = await approvalsOf(late.runId);
      await expect(decide(one, approval!.id)).rejects.toMatchObject({ code: 'gone' });
      expect(await goOn(one, late.runId, { signal: noSignal })).toMatchObject({
        error: { code: 'EXPIRED' },
      });
      expect(await approvalsOf(late.runId)).toMatchObject([{ status: 'expired', decidedBy: null }]);
      await expect(decide(one, approval!.id)).rejects.toMatchObject({ code: 'gone' });
    });
  });

  it('is read by its link until it is answered', async () => {
    const { runId, expiresAt } = await world.call(one, 'order', { text: 'hat' });
    const link = questionLink(one, { runId, key: 'size', expiresAt: expiresAt! });
    const token = link.slice(link.lastIndexOf('/') + 1);
    const from = { address: '10.0.0.1' };
    expect(await readLink(two, token, from)).toMatchObject({
      status: 'open',
      workflow: 'order',
      question: { message: 'Size?' },
    });
    await resume(one, runId, { size: accept('L') });
    expect(await readLink(two, token, from)).toMatchObject({ status: 'answered', question: null });
  });

  it('is fetched by the same call, once', async () => {
    const { runId } = await world.call(one, 'order', { text: 'coat' });
    const project = await world.project(one);
    const call = {
      project,
      workflow: project.workflows.get('order')!,
      args: { text: 'coat' },
      identity: 'x',
    };
    await awaitRun(one, world.key, call, runId);
    expect(await findAwaited(two, world.key, call)).toMatchObject({ status: 'waiting', run: { runId } });
    expect(await findAwaited(two, world.key, { ...call, args: { text: 'hat' } })).toBeNull();
    expect(await findAwaited(two, { ...world.key, keyId: 'key000000001' }, call)).toBeNull();
    await resume(one, runId, { size: accept('L') });
    expect(await findAwaited(two, world.key, call)).toMatchObject({
      status: 'ended',
      run: { output: { parts: [{ text: 'coat in L' }] } },
    });
    expect(await findAwaited(one, world.key, call)).toBeNull();
  });

  describe('with a process that does the jobs', () => {
    beforeAll(() => world.work(rival));

    const ended = (runId: string) =>
      eventually(async () => {
        const row = await rowOf(runId);
        return row.status !== 'suspended' && row.status !== 'running' && row.status !== 'queued' && row;
      });

    it('goes on when it is answered by somebody who does not wait', async () => {
      const { runId } = await world.call(one, 'refund', { text: '4 €' });
      const [approval] = await repository(one.db, world.owner).approvals.list(
        world.team.projectId,
        'pending',
      );
      await decideApproval(one, world.owner, {
        project: world.team.slug,
        approval: approval!.id,
        approved: true,
        name: 'Ada',
      });
      expect(await ended(runId)).toMatchObject({ status: 'succeeded' });
    });

    it('goes on when its time is over', async () => {
      const { runId } = await world.call(one, 'later');
      await passTime(runId);
      await continueLater(one, runId);
      expect(await ended(runId)).toMatchObject({ status: 'succeeded' });
    });

    it('is found by the sweep when its job was lost', async () => {
      const { runId } = await world.call(one, 'later');
      await passTime(runId);
      await one.db.prisma.job.deleteMany({ where: { payload: { contains: runId } } });
      await one.db.prisma.run.update({
        where: { id: runId },
        data: { expiresAt: new Date(Date.now() - 120_000) },
      });
      await repository(rival.db, { type: 'system' }).runs.takeOver();
      one.events.publish('job.added', null);
      expect(await ended(runId)).toMatchObject({ status: 'succeeded' });
    });

    it('is cancelled or answered, whichever comes first', async () => {
      for (let count = 0; count < 5; count += 1) {
        const { runId } = await world.call(one, 'order', { text: 'hat' });
        const [cancelled, answered] = await Promise.allSettled([
          cancelRun(one, world.owner, { project: world.team.slug, run: runId }),
          resume(rival, runId, { size: accept('L') }),
        ]);
        expect(cancelled.status).toBe('fulfilled');
        const row = await ended(runId);
        expect(['succeeded', 'cancelled']).toContain(row.status);
        expect([row.state, row.answers, row.leaseUntil]).toEqual([null, null, null]);
        if (answered.status === 'fulfilled') expect(answered.value.status).toBe(row.status);
        else expect(['conflict', 'gone']).toContain(answered.reason.code);
      }
    });

    it('is cancelled while it waits', async () => {
      const { runId } = await world.call(one, 'refund', { text: '5 €' });
      await cancelRun(one, world.owner, { project: world.team.slug, run: runId });
      expect(await ended(runId)).toMatchObject({ status: 'cancelled', state: null });
      const approvals = await repository(one.db, world.owner).approvals.list(world.team.projectId);
      expect(approvals.find((approval) => approval.runId === runId)).toMatchObject({ status: 'expired' });
      await expect(resume(one, runId, { consent: { approved: true } })).resolves.toMatchObject({
        status: 'cancelled',
      });
    });
  });
});
