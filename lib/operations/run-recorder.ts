import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Events } from '#lib/db/events.ts';
import type { InsertRuns } from '#lib/db/run-batch.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { type RunBefore, type RunOpening, RunRecording } from './run-recording.ts';

export interface RunRecorder {
  /**
   * Begins a record. `cancel` is called when somebody cancels the run from outside. With `before` the run went on
   * here: it can be watched and cancelled, and whoever carries it stores it.
   */
  open(opening: RunOpening, cancel: () => void, before?: RunBefore): RunRecording;
  /** Takes the next event of a run. With `run.finished` the record is complete and written within 100 ms. */
  add(recording: RunRecording, event: RunEvent): void;
  /** No more of this run is written from here. Resolves when nothing of it is on its way to the database. */
  settle(recording: RunRecording): Promise<void>;
  /** Lets go of a run that was stored by others: it waits, or went on here and has ended. */
  forget(recording: RunRecording): void;
  /** Stores the run as running, now. Resolves when it is in the database. */
  announce(recording: RunRecording): Promise<void>;
  /** A run of this process that is running, or finished and not yet stored. */
  find(runId: string): RunRecording | undefined;
  /** The database does not keep up: start nothing new. */
  readonly full: boolean;
  /** Writes what there is. Resolves when all of it is stored. */
  flush(): Promise<void>;
  /** Stops the timers, then flushes. */
  close(): Promise<void>;
}

export interface RunRecorderOptions {
  /** Stores records; one that is there already is brought up to date. */
  insert: InsertRuns;
  /** Told of every run that ended here and that nobody else stores. */
  ended?: (opening: RunOpening, end: Extract<RunEvent, { type: 'run.finished' }>) => void;
  events: Pick<Events, 'subscribe'>;
  log: Logger;
}

const FLUSH_AFTER_MS = 100;
const FLUSH_AT_ROWS = 500;
/** Rows of one transaction. SQLite holds the event loop while it writes: 4 ms for these. */
const BATCH_ROWS = 200;
/** Records that wait for the database. At 2,000 calls/s, 5 s of a disk that does not answer. */
const MAX_WAITING = 10_000;
/** A run longer than this is stored while it runs. */
const ANNOUNCE_AFTER_MS = 1000;
const SWEEP_MS = 1000;
/** With the 15 s between two looks for crashed runs: 45 s after its process died nothing is running any more. */
const LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;

/**
 * Stores what runs did, in batches and off the path of the call. A run that takes longer than a
 * second is stored as running, under a lease, so that it is seen and so that a crash shows.
 * `run.cancel` events (`{ runId }`) from any replica cancel a run of this one.
 */
export function createRunRecorder({ insert, ended, events, log }: RunRecorderOptions): RunRecorder {
  const known = new Map<string, RunRecording>();
  let waiting: RunRecording[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;
  let renewedAt = Date.now();

  const sweep = setInterval(() => {
    const now = Date.now();
    for (const recording of known.values()) {
      if (
        !recording.finished &&
        !recording.before &&
        !recording.announced &&
        now - recording.startedAt >= ANNOUNCE_AFTER_MS
      ) {
        announce(recording).catch(() => {});
      }
    }
    if (now - renewedAt < RENEW_EVERY_MS) return;
    renewedAt = now;
    const running = [...known.values()].filter((recording) => recording.announced && !recording.finished);
    if (running.length === 0) return;
    const renewal = insert(running.map((recording) => recording.record(now + LEASE_MS)));
    for (const recording of running) recording.announced = renewal;
    renewal.catch((error) => {
      log.error({ err: error, runs: running.length }, 'leases of running runs could not be renewed');
    });
  }, SWEEP_MS);
  sweep.unref();

  const unsubscribe = events.subscribe('run.cancel', (payload) => {
    const { runId } = payload as { runId: string };
    known.get(runId)?.cancel();
  });

  function announce(recording: RunRecording): Promise<void> {
    recording.announced ??= insert([recording.record(Date.now() + LEASE_MS)]).catch((error) => {
      recording.announced = null;
      log.error({ err: error, runId: recording.opening.runId }, 'a running run could not be stored');
      throw error;
    });
    return recording.announced;
  }

  function schedule(): void {
    if (waiting.length >= FLUSH_AT_ROWS) void write();
    else timer ??= setTimeout(() => void write(), FLUSH_AFTER_MS);
  }

  /** One batch at a time: a batch that comes while another is written waits for it. */
  function write(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    writing ??= writeAll().finally(() => {
      writing = null;
    });
    return writing;
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_ROWS);
      try {
        // The end of a run must not be overtaken by the news that it is running.
        for (const { announced } of batch) if (announced) await announced.catch(() => {});
        await insert(batch.map((recording) => recording.record(null)));
      } catch (error) {
        log.error({ err: error, runs: waiting.length }, 'run records could not be stored; trying again');
        timer ??= setTimeout(() => void write(), 1000);
        return;
      }
      waiting = waiting.slice(batch.length);
      for (const recording of batch) known.delete(recording.opening.runId);
      if (waiting.length > 0) await nextTurn();
    }
  }

  return {
    open(opening, cancel, before) {
      const recording = new RunRecording(opening, cancel, before);
      known.set(opening.runId, recording);
      return recording;
    },
    add(recording, event) {
      recording.add(event);
      if (event.type !== 'run.finished' || recording.before) return;
      ended?.(recording.opening, event);
      waiting.push(recording);
      schedule();
    },
    announce,
    async settle(recording) {
      recording.close();
      await recording.announced?.catch(() => {});
    },
    forget(recording) {
      if (known.get(recording.opening.runId) === recording) known.delete(recording.opening.runId);
      recording.leave();
    },
    find: (runId) => known.get(runId),
    get full() {
      return waiting.length >= MAX_WAITING;
    },
    async flush() {
      await writing;
      await write();
    },
    async close() {
      clearInterval(sweep);
      unsubscribe();
      await writing;
      await write();
      if (timer) clearTimeout(timer);
    },
  };
}
