import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { type NewApproval, requestApprovals, withdrawApprovals } from './approval-requests.ts';
import { idOrNull } from './check.ts';
import type { Database } from './database.ts';
import { isTask } from './is-task.ts';
import type { Principal } from './principal.ts';
import { addContinueJob, type Looked, lockRun, storeAnswers, whereOf } from './run-answers.ts';
import { plain, type RunCause, type RunRecord, type StepRecord, type StoredRunStatus } from './run-batch.ts';
import { forgetProgress, progressOf, type StoredPieces, storeProgress } from './run-progress.ts';

/**
 * A run whose truth is its row and not the memory of a process: it waits, is queued, or is carried by one process at
 * a time, which holds the latest fence.
 */
export interface HeldRun extends Looked {
  organizationId: string;
  workflowId: string;
  workflowName: string;
  versionId: string | null;
  version: number | null;
  startedAt: Date;
  durationMs: number | null;
  leaseUntil: Date | null;
  client: string | null;
  keyId: string | null;
  cause: RunCause;
  parentId: string | null;
  expiresAt: Date | null;
  awaitedBy: string | null;
  input: JsonValue;
  output: JsonObject | null;
  error: JsonObject | null;
  undone: JsonValue;
  steps: StepRecord[];
  /** The engine's; of a run that has ended, `{ output }` in full where the record holds a cut copy. */
  state: JsonObject | null;
  answers: JsonObject;
  recording: JsonValue;
  /** Of a draft run: what runs. */
  document: JsonValue;
}

export interface Suspension {
  /** As of now; its status is `suspended`. */
  record: RunRecord;
  /** 0 when the run was in memory until now. */
  fence: number;
  background: boolean;
  /** JSON text. */
  state: string;
  /** The answers that the run went on with: used up. */
  used: readonly string[];
  /** What it waits for: answers to anything else are dropped. */
  waitingFor: readonly string[];
  /** When the first of its questions expires. */
  expiresAt: Date;
  /** When it goes on by itself, at the latest; null when another run will see to that. */
  continueAt: Date | null;
  approvals: readonly NewApproval[];
}

/** What a run keeps when it has ended. */
export interface Ending {
  record: RunRecord;
  fence: number;
  /** JSON text: what it takes to try again, or the output in full. Left out, what was stored last stays. */
  state: string | null | undefined;
  /** It failed for good, and somebody has to look at it. */
  dead: boolean;
}

/** Runs that survive their process. System only, but for `held`. */
export function heldRunsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  async function giveUp(id: string): Promise<void> {
    await database.transaction(async (tx) => {
      await lockRun(database, tx, id);
      const run = await tx.run.findUnique({ where: { id }, select: { background: true, cause: true } });
      const now = new Date();
      const { count } = await tx.run.updateMany({
        where: { id, OR: [{ status: 'queued' }, { status: 'running', leaseUntil: { lt: now } }] },
        data: {
          status: 'crashed',
          leaseUntil: null,
          fence: { increment: 1 },
          deadAt: run?.background && !isTask(run) ? now : null,
          error: JSON.stringify(CRASHED),
        },
      });
      if (count > 0) await withdrawApprovals(tx, id);
    });
  }

  return {
    /** A run with all it takes to go on; null when there is none. The system need not name the project. */
    async held(projectId: string | null, id: string): Promise<HeldRun | null> {
      if (projectId === null && principal.type !== 'system') return null;
      const [project, run] = [projectId === null ? undefined : idOrNull(projectId), idOrNull(id)];
      if (project === null || run === null) return null;
      const row = await prisma.run.findFirst({
        where: { AND: [{ id: run }, project === undefined ? {} : { projectId: project }, scope] },
      });
      return row && heldOf(row);
    },

    /**
     * Stores a run that waits, with the approvals it asks for and the job that goes on when nobody answers: all of
     * it or nothing. Durable when it returns. Answers the round, and whether answers came in the meantime. Throws
     * `conflict` when another process has the run.
     */
    async suspend(suspension: Suspension): Promise<{ round: number; answered: boolean }> {
      requireSystem(principal);
      const { record, fence, background, state, used, waitingFor, expiresAt, continueAt, approvals } =
        suspension;
      return database.transaction(async (tx) => {
        await lockRun(database, tx, record.id);
        const row = await tx.run.findUnique({
          where: { id: record.id },
          select: { status: true, fence: true, round: true, answers: true },
        });
        if (row ? row.fence !== fence || row.status !== 'running' : fence !== 0) throw lost();
        const answers = Object.entries(readObject(row?.answers ?? null)).filter(
          ([key]) => waitingFor.includes(key) && !used.includes(key),
        );
        const round = (row?.round ?? 0) + 1;
        const data = {
          ...columnsOf(record),
          status: 'suspended',
          state,
          round,
          expiresAt,
          leaseUntil: null,
          answers: answers.length === 0 ? null : JSON.stringify(Object.fromEntries(answers)),
        };
        if (row) await tx.run.update({ where: { id: record.id }, data });
        else await tx.run.create({ data: { ...data, ...openingOf(record) } });
        await forgetProgress(tx, record.id);
        await requestApprovals(tx, record, approvals, waitingFor);
        if (continueAt) await addContinueJob(tx, { ...record, background }, { runAt: continueAt });
        return { round, answered: answers.length > 0 };
      });
    },

    /**
     * Takes a run that waits, is queued, or whose process let its lease run out; `answers` are stored with it. Answers
     * the new fence, or null when it changed since it was looked at.
     */
    async claim(
      looked: Looked,
      options: { leaseMs: number; answers: JsonObject; expired: readonly string[] },
    ): Promise<number | null> {
      requireSystem(principal);
      const { leaseMs, answers, expired } = options;
      const now = Date.now();
      return database.transaction(async (tx) => {
        await lockRun(database, tx, looked.id);
        const { count } = await tx.run.updateMany({
          where: {
            AND: [
              whereOf(looked),
              {
                OR: [
                  { status: { in: ['suspended', 'queued'] } },
                  { status: 'running', leaseUntil: { lt: new Date(now) } },
                ],
              },
            ],
          },
          data: {
            status: 'running',
            fence: { increment: 1 },
            leaseUntil: new Date(now + leaseMs),
            expiresAt: null,
            answers: Object.keys(answers).length === 0 ? null : JSON.stringify(answers),
          },
        });
        if (count === 0) return null;
        if (expired.length > 0) await withdrawApprovals(tx, looked.id, expired);
        return looked.fence + 1;
      });
    },

    /**
     * Stores how far a run is, and keeps the lease. False when it is another process's now. `first` is the piece that
     * holds the others together; of these only what is new or not needed any more is named.
     */
    async checkpoint(
      run: { id: string; fence: number },
      data: {
        pieces: StoredPieces;
        leaseMs: number;
        steps?: readonly StepRecord[];
      },
    ): Promise<boolean> {
      requireSystem(principal);
      const { pieces, leaseMs, steps } = data;
      return database.transaction(async (tx) => {
        const { count } = await tx.run.updateMany({
          where: { id: run.id, fence: run.fence, status: 'running' },
          data: {
            leaseUntil: new Date(Date.now() + leaseMs),
            ...(steps && { steps: JSON.stringify(steps) }),
          },
        });
        if (count === 0) return false;
        await storeProgress(tx, run.id, pieces);
        return true;
      });
    },

    /** The pieces of what was stored of a run while it went on, by number; none when it has not got far, or waits. */
    async progress(runId: string): Promise<Map<number, string>> {
      requireSystem(principal);
      return progressOf(prisma, runId);
    },

    /** Keeps the lease of a run that is long at one step. False when it is another process's now. */
    async renew(run: { id: string; fence: number }, leaseMs: number): Promise<boolean> {
      requireSystem(principal);
      const { count } = await prisma.run.updateMany({
        where: { id: run.id, fence: run.fence, status: 'running' },
        data: { leaseUntil: new Date(Date.now() + leaseMs) },
      });
      return count === 1;
    },

    /** Stores the end. Throws `conflict` when another process has the run. */
    async finish({ record, fence, state, dead }: Ending): Promise<void> {
      requireSystem(principal);
      await database.transaction(async (tx) => {
        await lockRun(database, tx, record.id);
        const { count } = await tx.run.updateMany({
          where: { id: record.id, fence, status: 'running' },
          data: {
            ...columnsOf(record),
            leaseUntil: null,
            expiresAt: null,
            ...(state !== undefined && { state }),
            answers: null,
            deadAt: dead ? new Date() : null,
          },
        });
        if (count === 0) throw lost();
        if (state !== undefined) await forgetProgress(tx, record.id);
        await withdrawApprovals(tx, record.id);
      });
    },

    /**
     * Hands a run back that is to be gone on with: its process stops, or an attempt failed and another follows.
     * `job`: nobody else sees to that. Nothing happens when another process has it.
     */
    async putBack(
      run: Pick<HeldRun, 'id' | 'fence' | 'projectId' | 'background'>,
      data: { record: RunRecord; state?: string; job: boolean },
    ): Promise<void> {
      requireSystem(principal);
      const { record, state, job } = data;
      await database.transaction(async (tx) => {
        const { count } = await tx.run.updateMany({
          where: { id: run.id, fence: run.fence, status: 'running' },
          data: {
            ...columnsOf(record),
            status: 'queued',
            leaseUntil: null,
            ...(state !== undefined && { state }),
          },
        });
        if (count > 0 && state !== undefined) await forgetProgress(tx, run.id);
        if (count > 0 && job) await addContinueJob(tx, run);
      });
    },

    /** A call that waits goes on as a task, once it has an answer. Nothing happens to one that does not wait. */
    async becomeTask(id: string): Promise<void> {
      requireSystem(principal);
      await prisma.run.updateMany({
        where: { id, cause: 'call', status: 'suspended' },
        data: { background: true },
      });
    },

    /** Tasks that have not ended; `keyId` null: those of callers without a key. System only. */
    async countTasks(projectId: string, keyId: string | null): Promise<number> {
      requireSystem(principal);
      return prisma.run.count({
        where: {
          projectId,
          keyId,
          cause: 'call',
          background: true,
          status: { in: ['queued', 'running', 'suspended'] },
        },
      });
    },

    /** Ends a run that took down every process that went on with it. */
    async giveUp(id: string): Promise<void> {
      requireSystem(principal);
      await giveUp(id);
    },

    /**
     * Stores answers of a run that waits; `next` is when it goes on with them, where nobody else sees to it. Answers
     * false when the run changed since it was looked at.
     */
    async answer(looked: Looked, answers: JsonObject, next: Date | null): Promise<boolean> {
      requireSystem(principal);
      return database.transaction((tx) => storeAnswers(database, tx, looked, answers, next));
    },

    /** Goes on with a run later: a job. Durable when it returns. */
    async continueLater(runId: string, options: { at?: Date; cancel?: boolean } = {}): Promise<void> {
      requireSystem(principal);
      const { at, cancel } = options;
      const run = await prisma.run.findUnique({
        where: { id: runId },
        select: { id: true, projectId: true, background: true },
      });
      if (!run) return;
      await addContinueJob(prisma, run, {
        ...(at && { runAt: at }),
        ...(cancel !== undefined && { cancel }),
      });
    },

    /**
     * Finds runs whose process went away and that can be gone on with, and runs that waited in vain; gives each to a
     * job. Background runs have a job that sees to them already. Answers how many.
     */
    async takeOver(now = new Date()): Promise<number> {
      requireSystem(principal);
      const lapsed = await prisma.run.findMany({
        where: { status: 'running', leaseUntil: { lt: now }, state: { not: null }, background: false },
        select: { id: true, fence: true, round: true, projectId: true, background: true },
        take: 100,
      });
      let count = 0;
      for (const run of lapsed) {
        const { id, fence } = run;
        if (fence - run.round > MOST_TAKEOVERS) {
          await giveUp(id);
          continue;
        }
        count += await database.transaction(async (tx) => {
          // The fence grows: whoever still thinks that the run is theirs can store nothing any more.
          const { count: taken } = await tx.run.updateMany({
            where: { id, fence, status: 'running', leaseUntil: { lt: now } },
            data: { status: 'queued', leaseUntil: null, fence: { increment: 1 } },
          });
          if (taken > 0) await addContinueJob(tx, run);
          return taken;
        });
      }
      // The job of its own has had its time.
      const late = new Date(now.getTime() - OVERDUE_MS);
      const overdue = await prisma.run.findMany({
        where: { status: 'suspended', expiresAt: { lt: late } },
        select: { id: true, expiresAt: true, projectId: true, background: true },
        take: 100,
      });
      for (const run of overdue) {
        const { id, expiresAt } = run;
        count += await database.transaction(async (tx) => {
          const { count: taken } = await tx.run.updateMany({
            where: { id, status: 'suspended', expiresAt },
            data: { expiresAt: now },
          });
          if (taken > 0) await addContinueJob(tx, run);
          return taken;
        });
      }
      return count;
    },

    /**
     * Called runs that wait, and whose caller (this one, or any) has ended; one that failed for good and may be tried
     * again has not. System only.
     */
    async abandoned(caller?: string): Promise<string[]> {
      requireSystem(principal);
      const waiting = await prisma.run.findMany({
        where: {
          status: 'suspended',
          // True of all of them; the index of those that wait is asked for by it.
          expiresAt: { not: null },
          parentId: caller ?? { not: null },
        },
        orderBy: { expiresAt: 'asc' },
        select: { id: true, parentId: true },
        take: 500,
      });
      const ended = await prisma.run.findMany({
        where: {
          id: { in: waiting.flatMap(({ parentId }) => parentId ?? []) },
          status: { notIn: ['running', 'suspended', 'queued'] },
          deadAt: null,
        },
        select: { id: true },
      });
      const callers = new Set(ended.map(({ id }) => id));
      return waiting.flatMap(({ id, parentId }) => (parentId !== null && callers.has(parentId) ? [id] : []));
    },

    /** Marks what the same call fetches later; null takes the mark away. False when the run has another one. */
    async setAwaited(
      runId: string,
      awaitedBy: string | null,
      before: string | null = null,
    ): Promise<boolean> {
      requireSystem(principal);
      const { count } = await prisma.run.updateMany({
        where: { id: runId, awaitedBy: before },
        data: { awaitedBy, ...(awaitedBy === null && { state: null }) },
      });
      return count === 1;
    },

    /** The latest run that this call waits for. System only. */
    async findAwaited(projectId: string, awaitedBy: string): Promise<HeldRun | null> {
      requireSystem(principal);
      const row = await prisma.run.findFirst({
        where: { awaitedBy, projectId },
        orderBy: { startedAt: 'desc' },
      });
      return row && heldOf(row);
    },
  };
}

/** A run that is taken over more often than this takes down whoever goes on with it. */
const MOST_TAKEOVERS = 40;

/** Why a run ended that nobody ended. */
export const CRASHED = {
  code: 'CRASHED',
  message: 'The process that ran it ended before it was done.',
};

/** A suspended run that is this much over its time has lost its job. */
const OVERDUE_MS = 60_000;

function lost(): AppError {
  return new AppError('conflict', 'Another process goes on with this run.');
}

/** The columns that change while a run goes on. */
function columnsOf(record: RunRecord) {
  const { status, durationMs, error, output, steps, undone, recording, guarded = null } = record;
  return {
    status,
    durationMs: durationMs === null ? null : Math.round(durationMs),
    error: textOf(error),
    output: textOf(output),
    steps: JSON.stringify(steps),
    undone: textOf(undone),
    recording: textOf(recording),
    guarded: textOf(guarded),
  };
}

/** The columns that never change. */
function openingOf(record: RunRecord) {
  return {
    id: record.id,
    organizationId: record.organizationId,
    projectId: record.projectId,
    workflowId: record.workflowId,
    workflowName: plain(record.workflowName),
    versionId: record.versionId,
    version: record.version,
    startedAt: new Date(record.startedAt),
    client: record.client === null ? null : plain(record.client),
    keyId: record.keyId,
    cause: record.cause,
    parentId: record.parentId,
    input: textOf(record.input),
    document: textOf(record.document),
  };
}

function textOf(value: JsonValue | object): string | null {
  return value === null ? null : JSON.stringify(value);
}

type Row = NonNullable<Awaited<ReturnType<Database['prisma']['run']['findFirst']>>>;

function heldOf(row: Row): HeldRun {
  return {
    id: row.id,
    organizationId: row.organizationId,
    projectId: row.projectId,
    workflowId: row.workflowId,
    workflowName: row.workflowName,
    versionId: row.versionId,
    version: row.version,
    status: row.status as StoredRunStatus,
    startedAt: row.startedAt,
    durationMs: row.durationMs,
    leaseUntil: row.leaseUntil,
    client: row.client,
    keyId: row.keyId,
    cause: row.cause as RunCause,
    parentId: row.parentId,
    background: row.background,
    fence: row.fence,
    round: row.round,
    expiresAt: row.expiresAt,
    awaitedBy: row.awaitedBy,
    input: read(row.input),
    output: read(row.output) as JsonObject | null,
    error: read(row.error) as JsonObject | null,
    undone: read(row.undone),
    steps: read(row.steps) as unknown as StepRecord[],
    state: read(row.state) as JsonObject | null,
    answers: readObject(row.answers),
    recording: read(row.recording),
    document: read(row.document),
    answersText: row.answers,
  };
}

function read(json: string | null): JsonValue {
  return json === null ? null : (JSON.parse(json) as JsonValue);
}

function readObject(json: string | null): JsonObject {
  return json === null ? {} : (JSON.parse(json) as JsonObject);
}
