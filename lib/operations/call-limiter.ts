import type { Logger } from 'pino';
import type { HitRow, UsageRow } from '#lib/db/call-usage.ts';
import type { Database } from '#lib/db/database.ts';
import { repository } from '#lib/db/repository.ts';
import type { Allowance, LimitName, LimitScope } from '#lib/workflow/limits.ts';
import { CallMeter } from './call-meter.ts';
import type { LiveProject } from './live.ts';

type Limited = Pick<LiveProject, 'id' | 'organizationId' | 'limits' | 'ceiling'>;

/** Who calls, as limits tell callers apart. */
export interface LimitedCaller {
  scope: 'key' | 'person' | 'address';
  /** "key <id>", "user <id>" or "address <address>" */
  subject: string;
}

/** Why a call is not let in. */
export interface Refusal {
  of: LimitScope;
  limit: LimitName;
  /** What is allowed. */
  allowed: number;
  /** ms until the same call is let in, if nobody else calls meanwhile. */
  retryAfterMs: number;
}

/** What a caller, a project or an organization has used. */
export interface Used {
  day: number;
  month: number;
  /** Of the burst, what is left in this process. */
  left: number;
}

export interface CallLimiter {
  /**
   * Counts a call, or a request that only reads, when all limits let it in; else says why not, and counts nothing. It
   * asks the database (and then gives a promise) only where a day or a month is limited and its calls are not known yet.
   */
  take(project: Limited, caller: LimitedCaller, isRead: boolean): Refusal | null | Promise<Refusal | null>;
  /** Notes a call that another limit refused. */
  hit(project: Limited, caller: LimitedCaller, refusal: Pick<Refusal, 'of' | 'limit'>): void;
  /** As this process knows it; null of whoever has not called of late. */
  usedByProject(project: Limited): Used | null;
  usedByOrganization(organizationId: string, ceiling: Allowance): Used | null;
  /** Stores what was counted, and looks what others have. Never rejects. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What is known of a project. */
interface Known {
  project: Limited;
  callers: Map<string, CallMeter>;
  total: CallMeter;
  /** Callers without a key: they are counted together. */
  anybody: CallMeter;
  /** As the database had it: of callers that were not seen here since. */
  stored: Map<string, { day: number; month: number }>;
  /** When the database was asked last; 0 when it was not. */
  readAt: number;
  reading: Promise<void> | null;
  lastAt: number;
}

const SYNC_MS = 1000;
/** What was read longer ago may be out of date: others may have called. */
const STALE_MS = 3000;
/** Projects and callers that did not call for as long are forgotten, where that loses nothing. */
const IDLE_MS = 60_000;
/** Addresses come from strangers: of one project no more than these are remembered, the newest. */
const MOST_ADDRESSES = 10_000;
/** Rows that wait for a database that does not answer, and different hits between two writes. */
const MOST_LATE = 20_000;
const MOST_HITS = 1000;
const DAY_MS = 86_400_000;

/** The days and months (UTC) of a moment, and when they end. */
function periodsAt(now: number) {
  const at = new Date(now);
  const day = at.toISOString().slice(0, 10);
  return {
    day,
    month: day.slice(0, 7),
    dayEnds: (Math.floor(now / DAY_MS) + 1) * DAY_MS,
    monthEnds: Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1),
  };
}

/**
 * Says which calls are let in. All of it is in memory: a call costs some look-ups in maps. Every second what was counted
 * is added to the database, and what other processes have counted is read: see docs/limits.md for how exact that is.
 */
export function createCallLimiter({
  db,
  log,
  now = Date.now,
}: {
  db: Database;
  log: Logger;
  now?: () => number;
}): CallLimiter {
  const { callUsage } = repository(db, { type: 'system' });
  const projects = new Map<string, Known>();
  const organizations = new Map<string, CallMeter>();
  /** Whatever has something unsaved. */
  let changed: CallMeter[] = [];
  /** Of days past, or not stored at the last try; by what they are about. */
  let late = new Map<string, UsageRow>();
  let hits = new Map<string, HitRow>();
  let periods = periodsAt(now());
  let syncing: Promise<void> | null = null;
  let failed = false;
  let sweptAt = 0;

  function knownOf(project: Limited): Known {
    let known = projects.get(project.id);
    if (!known) {
      const { id: projectId, organizationId } = project;
      known = {
        project,
        callers: new Map(),
        total: new CallMeter({ organizationId, projectId, subject: '' }),
        anybody: new CallMeter({ organizationId, projectId, subject: 'public' }),
        stored: new Map(),
        readAt: 0,
        reading: null,
        lastAt: 0,
      };
      projects.set(projectId, known);
    }
    known.project = project;
    return known;
  }

  function callerOf(known: Known, { scope, subject }: LimitedCaller): CallMeter {
    let meter = known.callers.get(subject);
    if (!meter) {
      const { id: projectId, organizationId } = known.project;
      meter = new CallMeter({ organizationId, projectId, subject });
      const stored = known.stored.get(subject);
      if (stored) meter.known(stored, known.readAt);
      known.callers.set(subject, meter);
      if (scope === 'address' && known.callers.size > MOST_ADDRESSES) forgetAnAddress(known);
    }
    return meter;
  }

  function forgetAnAddress({ callers }: Known): void {
    for (const subject of callers.keys()) {
      if (!subject.startsWith('address ')) continue;
      callers.delete(subject);
      return;
    }
  }

  function organizationOf({ organizationId }: Limited): CallMeter {
    let meter = organizations.get(organizationId);
    if (!meter) {
      meter = new CallMeter({ organizationId, projectId: '', subject: '' });
      organizations.set(organizationId, meter);
    }
    return meter;
  }

  function limitsDays({ limits, ceiling }: Limited, scope: LimitedCaller['scope']): boolean {
    return hasDays(limits[scope]) || hasDays(limits.project) || hasDays(ceiling);
  }

  function take(project: Limited, caller: LimitedCaller, isRead: boolean) {
    const at = now();
    if (at >= periods.dayEnds) roll(at);
    const known = knownOf(project);
    known.lastAt = at;
    const mustKnow = !isRead && at - known.readAt > STALE_MS && limitsDays(project, caller.scope);
    return mustKnow ? takeWhenKnown(known, caller) : takeNow(known, caller, isRead);
  }

  async function takeWhenKnown(known: Known, caller: LimitedCaller): Promise<Refusal | null> {
    known.reading ??= sync([known])
      // A database that does not answer keeps nobody out: what was called is added when it does.
      .catch((error: unknown) => complain(error))
      .finally(() => {
        known.reading = null;
      });
    await known.reading;
    return takeNow(known, caller, false);
  }

  function takeNow(known: Known, caller: LimitedCaller, isRead: boolean): Refusal | null {
    const { project } = known;
    const { limits, ceiling } = project;
    const at = now();
    const own = callerOf(known, caller);
    const all = organizationOf(project);
    const refusal =
      refusalOf(own, limits[caller.scope], caller.scope, at, isRead) ??
      refusalOf(known.total, limits.project, 'project', at, isRead) ??
      refusalOf(all, ceiling, 'organization', at, isRead);
    if (refusal) {
      hit(project, caller, refusal);
      return refusal;
    }
    count(own, at, isRead, caller.scope !== 'address');
    count(known.total, at, isRead, true);
    count(all, at, isRead, true);
    if (caller.scope === 'address') count(known.anybody, at, isRead, true);
    return null;
  }

  function count(meter: CallMeter, at: number, isRead: boolean, isStored: boolean): void {
    const wasSaved = meter.unsaved === 0;
    meter.take(at, isRead);
    if (!isStored) meter.unsaved = 0;
    else if (wasSaved && !isRead) changed.push(meter);
  }

  function refusalOf(
    meter: CallMeter,
    allowance: Allowance,
    of: LimitScope,
    at: number,
    isRead: boolean,
  ): Refusal | null {
    const waitMs = meter.waitMs(allowance, at, isRead);
    const { perDay, perMonth } = allowance;
    // The one that lasts longest is told: coming back for a shorter one would be in vain.
    if (!isRead && perMonth !== null && meter.month >= perMonth) {
      return { of, limit: 'perMonth', allowed: perMonth, retryAfterMs: periods.monthEnds - at };
    }
    if (!isRead && perDay !== null && meter.day >= perDay) {
      return { of, limit: 'perDay', allowed: perDay, retryAfterMs: periods.dayEnds - at };
    }
    if (waitMs === 0) return null;
    return { of, limit: 'perMinute', allowed: allowance.perMinute ?? 0, retryAfterMs: waitMs };
  }

  function hit(project: Limited, caller: LimitedCaller, { of, limit }: Pick<Refusal, 'of' | 'limit'>): void {
    const subject = of === 'project' || of === 'organization' || of === 'address' ? '' : caller.subject;
    const projectId = of === 'organization' ? '' : project.id;
    const key = `${project.organizationId} ${projectId} ${of} ${limit} ${subject}`;
    const row = hits.get(key);
    if (row) {
      row.count += 1;
      row.lastAt = now();
    } else if (hits.size < MOST_HITS) {
      const { organizationId } = project;
      hits.set(key, { organizationId, projectId, scope: of, name: limit, subject, count: 1, lastAt: now() });
    }
  }

  /** Rows of what is unsaved, for the day and month that go on. */
  function collect(): { rows: UsageRow[]; meters: CallMeter[] } {
    const meters = changed;
    changed = [];
    const rows = late;
    late = new Map();
    for (const meter of meters) {
      const { organizationId, projectId, subject } = meter;
      const calls = meter.save();
      for (const period of [periods.day, periods.month]) {
        add(rows, { organizationId, projectId, period, subject, count: calls });
      }
    }
    return { rows: [...rows.values()], meters };
  }

  function add(rows: Map<string, UsageRow>, row: UsageRow): void {
    const key = `${row.organizationId} ${row.projectId} ${row.period} ${row.subject}`;
    const known = rows.get(key);
    if (known) known.count += row.count;
    else if (rows.size < MOST_LATE) rows.set(key, { ...row });
  }

  function roll(at: number): void {
    const { rows } = collect();
    for (const row of rows) add(late, row);
    const before = periods;
    periods = periodsAt(at);
    const period = before.month === periods.month ? 'day' : 'month';
    for (const meter of metersOf()) meter.begin(period);
    for (const known of projects.values()) {
      known.stored.clear();
      known.readAt = 0;
    }
  }

  function* metersOf(): Generator<CallMeter> {
    for (const { callers, total, anybody } of projects.values()) {
      yield* callers.values();
      yield total;
      yield anybody;
    }
    yield* organizations.values();
  }

  /** One at a time: what is under way is counted once. */
  function sync(wanted?: readonly Known[]): Promise<void> {
    const before = syncing ?? Promise.resolve();
    const mine = before.catch(() => {}).then(() => syncNow(wanted));
    syncing = mine;
    return mine;
  }

  /** Adds what was counted, then reads what there is: of what called of late, and of what is `wanted`. */
  async function syncNow(wanted: readonly Known[] = []): Promise<void> {
    const at = now();
    if (at >= periods.dayEnds) roll(at);
    const { rows, meters } = collect();
    const told = hits;
    hits = new Map();
    const { day, month } = periods;
    try {
      await callUsage.add(rows, [...told.values()]);
    } catch (error) {
      for (const row of rows) add(late, row);
      for (const [key, row] of told) if (!hits.has(key) && hits.size < MOST_HITS) hits.set(key, row);
      throw error;
    } finally {
      for (const meter of meters) meter.saved();
    }
    const active = [...projects.values()].filter(({ lastAt }) => at - lastAt <= STALE_MS);
    const asked = [...new Set([...active, ...wanted])];
    if (asked.length === 0) return;
    const stored = await callUsage.read({
      projects: asked.map(({ project }) => project.id),
      organizations: [...new Set(asked.map(({ project }) => project.organizationId))],
      periods: [day, month],
    });
    // Another day has begun meanwhile: what was read is of the past.
    if (day === periods.day) learn(asked, stored, now());
    failed = false;
  }

  function learn(asked: readonly Known[], rows: readonly UsageRow[], at: number): void {
    const byProject = new Map<string, Known['stored']>();
    for (const { organizationId, projectId, period, subject, count: calls } of rows) {
      const owner = projectId === '' ? `organization ${organizationId}` : projectId;
      const stored = byProject.get(owner) ?? new Map();
      byProject.set(owner, stored);
      const one = stored.get(subject) ?? { day: 0, month: 0 };
      if (period.length > 7) one.day = calls;
      else one.month = calls;
      stored.set(subject, one);
    }
    for (const known of asked) {
      known.stored = byProject.get(known.project.id) ?? new Map();
      known.readAt = at;
      for (const meter of [...known.callers.values(), known.total, known.anybody]) {
        meter.known(known.stored.get(meter.subject) ?? NOTHING, at);
      }
    }
    for (const organizationId of new Set(asked.map(({ project }) => project.organizationId))) {
      const stored = byProject.get(`organization ${organizationId}`)?.get('');
      organizations.get(organizationId)?.known(stored ?? NOTHING, at);
    }
  }

  /** Forgets who has not called for long, where that loses nothing. */
  function sweep(at: number): void {
    if (at - sweptAt < IDLE_MS) return;
    sweptAt = at;
    for (const [id, { project, callers, total, anybody, lastAt }] of projects) {
      const { limits, ceiling } = project;
      for (const [subject, meter] of callers) {
        const scope = subject.startsWith('key ') ? 'key' : subject.startsWith('user ') ? 'person' : 'address';
        if (at - meter.lastAt > IDLE_MS && meter.isFull(limits[scope], at)) callers.delete(subject);
      }
      const isIdle = callers.size === 0 && at - lastAt > IDLE_MS;
      if (isIdle && total.isFull(limits.project, at) && anybody.isFull(limits.project, at))
        projects.delete(id);
      const all = organizations.get(project.organizationId);
      if (all && at - all.lastAt > IDLE_MS && all.isFull(ceiling, at))
        organizations.delete(project.organizationId);
    }
  }

  function complain(error: unknown): void {
    if (!failed)
      log.warn({ err: error }, 'counts of calls for limits could not be stored; they are tried again');
    failed = true;
  }

  let isSyncing = false;
  const timer = setInterval(async () => {
    sweep(now());
    if (isSyncing) return;
    isSyncing = true;
    await flush();
    isSyncing = false;
  }, SYNC_MS);
  timer.unref();

  async function flush(): Promise<void> {
    await sync().catch(complain);
  }

  function usedOf(meter: CallMeter, allowance: Allowance): Used {
    return { day: meter.day, month: meter.month, left: meter.left(allowance, now()) };
  }

  return {
    take,
    hit,
    usedByProject(project) {
      const known = projects.get(project.id);
      return known ? usedOf(known.total, project.limits.project) : null;
    },
    usedByOrganization(organizationId, ceiling) {
      const meter = organizations.get(organizationId);
      return meter ? usedOf(meter, ceiling) : null;
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

const NOTHING = { day: 0, month: 0 };

function hasDays({ perDay, perMonth }: Allowance): boolean {
  return perDay !== null || perMonth !== null;
}
