import type { Logger } from 'pino';
import type { AuditOutcome, PastAuditEntry } from '#lib/db/audit.ts';
import type { Database } from '#lib/db/database.ts';
import { repository } from '#lib/db/repository.ts';
import type { RunStatus } from '#lib/engine/events.ts';
import type { RunCaller } from './run-caller.ts';
import type { RunOpening } from './run-recording.ts';

/** Appends calls of tools to the audit log, off their path. */
export interface CallAudit {
  /** A call that ended, or waits for an answer. */
  note(opening: RunOpening, caller: RunCaller, status: RunStatus): void;
  /** The database does not keep up: start nothing new that is to be audited. */
  readonly full: boolean;
  /** Resolves when all that was noted is stored. Never rejects. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const FLUSH_AFTER_MS = 100;
const RETRY_AFTER_MS = 1000;
/** Events of one transaction. */
const BATCH = 200;
const MOST_WAITING = 10_000;
const LONGEST_NAME = 120;

const OUTCOMES: Readonly<Record<RunStatus, AuditOutcome>> = {
  succeeded: 'ok',
  failed: 'failed',
  timed_out: 'failed',
  cancelled: 'cancelled',
  suspended: 'waiting',
};

/**
 * A call costs one push onto a list here. Within 100 ms what was noted is stored, in order, each organization's in one
 * statement: a crash may lose the last of it. What cannot be stored waits, and is tried again.
 */
export function createCallAudit({ db, log }: { db: Database; log: Logger }): CallAudit {
  const { audit } = repository(db, { type: 'system' });
  let waiting: { organizationId: string; entry: PastAuditEntry }[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;
  let closed = false;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const { organizationId } = waiting[0]!;
      const batch = waiting.filter((one) => one.organizationId === organizationId).slice(0, BATCH);
      try {
        await audit.appendPast(
          organizationId,
          batch.map(({ entry }) => entry),
        );
      } catch (error) {
        log.error({ err: error, events: waiting.length }, 'calls could not be audited; they are tried again');
        if (!closed) schedule(RETRY_AFTER_MS);
        return;
      }
      const stored = new Set(batch);
      waiting = waiting.filter((one) => !stored.has(one));
    }
  }

  function write(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    writing ??= writeAll().finally(() => {
      writing = null;
    });
    return writing;
  }

  function schedule(ms: number): void {
    timer ??= setTimeout(() => void write(), ms);
  }

  async function flush(): Promise<void> {
    await writing;
    await write();
  }

  return {
    note(opening, caller, status) {
      waiting.push({ organizationId: opening.organizationId, entry: entryOf(opening, caller, status) });
      schedule(FLUSH_AFTER_MS);
    },
    get full() {
      return waiting.length >= MOST_WAITING;
    },
    flush,
    async close() {
      closed = true;
      await flush();
      if (timer) clearTimeout(timer);
    },
  };
}

/** Who, what, how it came out; never the arguments, nor the answer. */
function entryOf(opening: RunOpening, caller: RunCaller, status: RunStatus): PastAuditEntry {
  const { runId, projectId, workflowId, workflowName, version, client, keyId, cause } = opening;
  const isPerson = caller.userId !== undefined;
  return {
    at: new Date(),
    actorType: isPerson ? 'user' : keyId !== null ? 'key' : caller.type === 'trigger' ? 'system' : 'public',
    actorId: isPerson ? caller.userId! : keyId,
    action: 'tool.call',
    target: `run:${runId}`,
    outcome: OUTCOMES[status],
    projectId,
    tool: workflowName,
    ...(client !== null && { client: plain(client) }),
    details: {
      workflowId,
      version,
      ...(cause !== 'call' && { cause }),
      // The grant through which a person's client called.
      ...(isPerson && keyId !== null && { grantId: keyId }),
    },
  };
}

/** As both databases store it: strangers choose what their client is called. */
function plain(client: string): string {
  return client.toWellFormed().replaceAll('\0', '').slice(0, LONGEST_NAME);
}
