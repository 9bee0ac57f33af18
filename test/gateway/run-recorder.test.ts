import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '#lib/db/run-batch.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { createRunRecorder } from '#lib/operations/run-recorder.ts';
import type { RunOpening } from '#lib/operations/run-recording.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

/** A store that can be told to fail or to wait; it keeps the latest record of each run, as the database does. */
function newStore() {
  const records = new Map<string, RunRecord>();
  const batches: number[] = [];
  let failing = false;
  let gate: Promise<void> = Promise.resolve();
  const insert = async (rows: readonly RunRecord[]) => {
    batches.push(rows.length);
    await gate;
    if (failing) throw new Error('the disk is full');
    for (const row of rows) records.set(row.id, row);
  };
  return {
    insert,
    records,
    batches,
    fail: (value: boolean) => {
      failing = value;
    },
    hold() {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
  };
}

function newRecorder() {
  const store = newStore();
  const listeners = new Map<string, (payload: JsonValue) => void>();
  const events = {
    subscribe(topic: string, listener: (payload: JsonValue) => void) {
      listeners.set(topic, listener);
      return () => listeners.delete(topic);
    },
  };
  const recorder = createRunRecorder({ insert: store.insert, events, log: pino({ level: 'silent' }) });
  return { store, recorder, publish: (topic: string, payload: JsonValue) => listeners.get(topic)?.(payload) };
}

let count = 0;
function opening(): RunOpening {
  count += 1;
  return {
    runId: `run-${count}`,
    organizationId: 'o',
    projectId: 'p',
    workflowId: 'w',
    workflowName: 'echo',
    versionId: 'v',
    version: 1,
    client: null,
    keyId: null,
    cause: 'call',
    parentId: null,
  };
}

const finished = (status: 'succeeded' | 'cancelled' = 'succeeded'): RunEvent => ({
  type: 'run.finished',
  at: 20,
  status,
  durationMs: 10,
});

describe('the run recorder', () => {
  it('stores what a run did: its steps with their last attempt, its logs, its end', async () => {
    const { store, recorder } = newRecorder();
    const recording = recorder.open(opening(), () => {});
    const step = { nodeId: 'n', key: 'fetch' };
    const events: RunEvent[] = [
      { type: 'run.started', at: 10, runId: 'run', input: { text: 'x' } },
      { type: 'step.started', at: 11, ...step, attempt: 1, config: { url: 'a' } },
      {
        type: 'step.failed',
        at: 12,
        ...step,
        durationMs: 1,
        error: { code: 'TIMEOUT', message: 'slow' },
        retryInMs: 1,
      },
      { type: 'step.started', at: 14, ...step, attempt: 2, config: { url: 'a' } },
      { type: 'log', at: 15, ...step, level: 'info', text: 'hello' },
      { type: 'step.finished', at: 16, ...step, durationMs: 2, value: { ok: true } },
      { type: 'step.skipped', at: 17, nodeId: 'm', key: 'other' },
      { ...finished(), output: { parts: [{ type: 'text', text: 'done' }] } } as RunEvent,
    ];
    for (const event of events) recorder.add(recording, event);
    await recorder.flush();
    expect(store.records.get(recording.opening.runId)).toMatchObject({
      status: 'succeeded',
      durationMs: 10,
      leaseUntil: null,
      input: { text: 'x' },
      output: { parts: [{ type: 'text', text: 'done' }] },
      steps: [
        {
          key: 'fetch',
          status: 'succeeded',
          attempt: 2,
          startedAt: 11,
          durationMs: 5,
          pauses: [{ why: 'retry', from: 12, to: 14 }],
          input: { url: 'a' },
          value: { ok: true },
          logs: [{ level: 'info', text: 'hello', at: 15 }],
        },
        { key: 'other', status: 'skipped' },
      ],
    });
    expect(recorder.find(recording.opening.runId)).toBeUndefined();
    await recorder.close();
  });

  it('writes many runs in few batches', async () => {
    const { store, recorder } = newRecorder();
    for (let run = 0; run < 1200; run++)
      recorder.add(
        recorder.open(opening(), () => {}),
        finished(),
      );
    await recorder.flush();
    expect(store.records.size).toBe(1200);
    expect(store.batches).toEqual(Array(6).fill(200));
    await recorder.close();
  });

  it('writes by itself', async () => {
    const { store, recorder } = newRecorder();
    recorder.add(
      recorder.open(opening(), () => {}),
      finished(),
    );
    while (store.records.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await recorder.close();
  });

  it('keeps what could not be written, and writes it later', async () => {
    const { store, recorder } = newRecorder();
    store.fail(true);
    const recording = recorder.open(opening(), () => {});
    recorder.add(recording, finished());
    await recorder.flush();
    expect(store.records.size).toBe(0);
    expect(recorder.find(recording.opening.runId)).toBe(recording);
    store.fail(false);
    await recorder.flush();
    expect(store.records.get(recording.opening.runId)?.status).toBe('succeeded');
    await recorder.close();
  });

  it('is full rather than endless', async () => {
    const { store, recorder } = newRecorder();
    const open = store.hold();
    for (let run = 0; run < 10_000; run++)
      recorder.add(
        recorder.open(opening(), () => {}),
        finished(),
      );
    expect(recorder.full).toBe(true);
    open();
    await recorder.flush();
    expect(recorder.full).toBe(false);
    expect(store.records.size).toBe(10_000);
    await recorder.close();
  });

  it('stores a run as running before it ends, and never after', async () => {
    const { store, recorder } = newRecorder();
    const recording = recorder.open(opening(), () => {});
    const { runId } = recording.opening;
    const open = store.hold();
    const announced = recorder.announce(recording);
    recorder.add(recording, finished());
    const flushed = recorder.flush();
    open();
    await Promise.all([announced, flushed]);
    expect(store.batches).toEqual([1, 1]);
    expect(store.records.get(runId)?.status).toBe('succeeded');
    await recorder.close();
  });

  it('stores a run that takes more than a second as running, under a lease', async () => {
    const { store, recorder } = newRecorder();
    const recording = recorder.open(opening(), () => {});
    while (store.records.size === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const record = store.records.get(recording.opening.runId)!;
    expect(record.status).toBe('running');
    expect(record.leaseUntil).toBeGreaterThan(record.startedAt + 29_000);
    // The look for crashed runs comes every 15 s, and 45 s are promised.
    expect(record.leaseUntil).toBeLessThanOrEqual(Date.now() + 30_000);
    recorder.add(recording, finished());
    await recorder.close();
  });

  it('cancels a run of this process when told to', async () => {
    const { recorder, publish } = newRecorder();
    const cancelled: string[] = [];
    const recording = recorder.open(opening(), () => cancelled.push('this one'));
    publish('run.cancel', { runId: 'of another process' });
    publish('run.cancel', { runId: recording.opening.runId });
    expect(cancelled).toEqual(['this one']);
    recorder.add(recording, finished('cancelled'));
    await recorder.close();
  });

  it('tells watchers every event from the first on', () => {
    const { recorder } = newRecorder();
    const recording = recorder.open(opening(), () => {});
    recorder.add(recording, { type: 'run.started', at: 1, runId: 'x', input: {} });
    const seen: string[] = [];
    const end = recording.watch(
      ({ type }) => seen.push(type),
      () => seen.push('left'),
    );
    recorder.add(recording, { type: 'progress', at: 2, done: 1 });
    end();
    recorder.add(recording, finished());
    expect(seen).toEqual(['run.started', 'progress']);
  });

  it('keeps no watcher waiting for a run that another process took over', async () => {
    const { store, recorder } = newRecorder();
    const before = { startedAt: 1, durationMs: 0, input: {}, steps: [], recording: null };
    const recording = recorder.open(opening(), () => {}, before);
    const seen: string[] = [];
    recording.watch(
      ({ type }) => seen.push(type),
      () => seen.push('left'),
    );
    recorder.add(recording, { type: 'run.resumed', at: 2, runId: 'x' });
    recorder.forget(recording);
    expect(seen).toEqual(['run.resumed', 'left']);
    expect(recorder.find(recording.opening.runId)).toBeUndefined();
    await recorder.close();
    // Whoever carries it stores it; the recorder does not.
    expect(store.records.size).toBe(0);
  });

  it('bounds what it keeps: logs by number, the steps of a run by size', async () => {
    const { store, recorder } = newRecorder();
    const recording = recorder.open(opening(), () => {});
    const big = 'x'.repeat(60_000);
    for (let node = 0; node < 50; node++) {
      const step = { nodeId: `n${node}`, key: `k${node}` };
      recorder.add(recording, { type: 'step.started', at: 1, ...step, attempt: 1, config: big });
      recorder.add(recording, { type: 'step.finished', at: 2, ...step, durationMs: 1, value: big });
    }
    for (let line = 0; line < 20_000; line++) {
      recorder.add(recording, { type: 'log', at: 3, nodeId: 'n0', key: 'k0', level: 'info', text: 'line' });
    }
    recorder.add(recording, finished());
    await recorder.flush();
    const record = store.records.get(recording.opening.runId)!;
    expect(record.steps).toHaveLength(50);
    expect(JSON.stringify(record.steps).length).toBeLessThan(1_400_000);
    expect(record.steps[0]?.input).toBe(big);
    expect(record.steps[49]?.input).toEqual({ $truncated: true });
    expect(record.steps[0]!.logs!.length).toBeLessThan(5000);
    expect(record.status).toBe('succeeded');
    await recorder.close();
  });
});
