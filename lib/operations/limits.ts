import type { HitRow, UsageRow } from '#lib/db/call-usage.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { Project } from '#lib/db/projects.ts';
import { type Repository, repository } from '#lib/db/repository.ts';
import type {
  Allowance,
  CeilingPatch,
  LimitName,
  LimitScope,
  LimitsPatch,
  ProjectLimits,
} from '#lib/workflow/limits.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** Calls of today and of this month, UTC. */
export interface CallsUsed {
  today: number;
  month: number;
}

/** One of those that call a project. */
export interface CallerUse extends CallsUsed {
  kind: 'key' | 'person' | 'public' | 'client';
  /** Of a key or a person. */
  id: string | null;
  /** null: of a key that was revoked, or a person who is gone. */
  name: string | null;
}

/** A limit that was hit. */
export interface LimitHitView {
  of: LimitScope;
  limit: LimitName;
  /** Whose it was, of each key or person. */
  who: Pick<CallerUse, 'kind' | 'id' | 'name'> | null;
  /** Calls that were refused. */
  refused: number;
  lastAt: string;
}

export interface LimitsView {
  limits: ProjectLimits;
  /** Of the organization, for all its projects together. */
  ceiling: Allowance;
  used: {
    project: CallsUsed;
    organization: CallsUsed;
    /** Of the burst of the project, what is left now in this process. */
    burstLeft: number;
  };
  /** Keys, people and the public; then programs by the name they give themselves. Most calls of this month first. */
  callers: CallerUse[];
  /** The last first. */
  hits: LimitHitView[];
}

export interface CeilingView {
  ceiling: Allowance;
  used: CallsUsed;
  projects: ({ slug: string; name: string } & CallsUsed)[];
  hits: LimitHitView[];
}

const MOST_CALLERS = 50;

/** How much a project may be called, how much it is, by whom, and which limits were hit. */
export async function readLimits(app: App, principal: Principal, slug: string): Promise<LimitsView> {
  const project = await findProject(app, principal, slug);
  const { callRules, callUsage, callStats } = repository(app.db, principal);
  // What was called a moment ago is to be seen.
  await app.limiter.flush();
  const { day, month, dayHour, monthHour, hour } = now();
  const [rules, all, hits, today, ofMonth] = await Promise.all([
    callRules.of(project.id),
    callUsage.ofProject(project.id, [day, month], MOST_CALLERS),
    callUsage.hits(project.id),
    callStats.byClient(project.id, { from: dayHour, to: hour }),
    callStats.byClient(project.id, { from: monthHour, to: hour }),
  ]);
  const rows = all.filter(({ projectId }) => projectId !== '');
  const subjects = new Set([...rows, ...hits].map(({ subject }) => subject));
  const names = await callUsage.names(project.id, [...subjects]);
  const { guard: _, ...limited } = rules;
  const here = { id: project.id, organizationId: project.organizationId, ...limited };
  return {
    limits: rules.limits,
    ceiling: rules.ceiling,
    used: {
      project: used(rows.filter(({ subject }) => subject === '')),
      organization: used(all.filter(({ projectId }) => projectId === '')),
      burstLeft: app.limiter.usedByProject(here)?.left ?? rules.limits.project.burst,
    },
    callers: [...callersOf(rows, names), ...clientsOf(today, ofMonth)],
    hits: hits.map((hit) => hitView(hit, names)),
  };
}

/** Changes what is given; takes effect with the next call, in all processes within seconds. Administrators only. */
export async function changeLimits(
  app: App,
  principal: Principal,
  slug: string,
  patch: LimitsPatch,
): Promise<LimitsView> {
  const { id } = await findProject(app, principal, slug);
  await repository(app.db, principal).callRules.setLimits(id, patch);
  app.events.publish('project.changed', { projectId: id, slug });
  return readLimits(app, principal, slug);
}

/** How much all projects of the organization may be called together. */
export async function readCeiling(app: App, principal: Principal): Promise<CeilingView> {
  const { callRules, callUsage, projects } = repository(app.db, principal);
  await app.limiter.flush();
  const { day, month } = now();
  const [ceiling, rows, hits, all] = await Promise.all([
    callRules.ceiling(),
    callUsage.ofOrganization([day, month]),
    callUsage.hitsOfOrganization(),
    projects.list(),
  ]);
  const byProject = (project: Project) => used(rows.filter(({ projectId }) => projectId === project.id));
  return {
    ceiling,
    used: used(rows.filter(({ projectId }) => projectId === '')),
    projects: all
      .map((project) => ({ slug: project.slug, name: project.name, ...byProject(project) }))
      .filter(({ month: calls }) => calls > 0)
      .sort((a, b) => b.month - a.month)
      .slice(0, MOST_CALLERS),
    hits: hits.map((hit) => hitView(hit, new Map())),
  };
}

/** Changes what is given. Owners only. */
export async function changeCeiling(
  app: App,
  principal: Principal,
  patch: CeilingPatch,
): Promise<CeilingView> {
  await repository(app.db, principal).callRules.setCeiling(patch);
  // Of any project of the organization.
  app.events.publish('project.changed', null);
  return readCeiling(app, principal);
}

const HOUR_MS = 3_600_000;

function now() {
  const at = new Date();
  const day = at.toISOString().slice(0, 10);
  const month = day.slice(0, 7);
  const hourOf = (text: string) => Math.floor(Date.parse(text) / HOUR_MS);
  return {
    day,
    month,
    hour: Math.floor(at.getTime() / HOUR_MS),
    dayHour: hourOf(`${day}T00:00:00Z`),
    monthHour: hourOf(`${month}-01T00:00:00Z`),
  };
}

function used(rows: readonly UsageRow[]): CallsUsed {
  const calls = (isMonth: boolean) =>
    rows.find(({ period }) => (period.length === 7) === isMonth)?.count ?? 0;
  return { today: calls(false), month: calls(true) };
}

function callersOf(rows: readonly UsageRow[], names: ReadonlyMap<string, string>): CallerUse[] {
  const subjects = [...new Set(rows.map(({ subject }) => subject))].filter((subject) => subject !== '');
  return subjects
    .map((subject) => ({
      ...whoIs(subject, names),
      ...used(rows.filter((row) => row.subject === subject)),
    }))
    .sort((a, b) => b.month - a.month)
    .slice(0, MOST_CALLERS);
}

function whoIs(subject: string, names: ReadonlyMap<string, string>): Pick<CallerUse, 'kind' | 'id' | 'name'> {
  if (subject === 'public') return { kind: 'public', id: null, name: null };
  const [what, id = null] = subject.split(' ');
  return { kind: what === 'key' ? 'key' : 'person', id, name: names.get(subject) ?? null };
}

type Clients = Awaited<ReturnType<Repository['callStats']['byClient']>>;

/** Of programs, what they called through MCP. */
function clientsOf(today: Clients, month: Clients): CallerUse[] {
  const sums = new Map<string, CallsUsed>();
  const addAll = (rows: Clients, what: keyof CallsUsed) => {
    for (const { cause, client, count } of rows) {
      if (cause !== 'call') continue;
      const sum = sums.get(client) ?? { today: 0, month: 0 };
      sum[what] += count;
      sums.set(client, sum);
    }
  };
  addAll(today, 'today');
  addAll(month, 'month');
  return [...sums]
    .map(([client, sum]) => ({ kind: 'client' as const, id: null, name: client || null, ...sum }))
    .sort((a, b) => b.month - a.month)
    .slice(0, MOST_CALLERS);
}

function hitView(
  { scope, name, subject, count, lastAt }: HitRow,
  names: ReadonlyMap<string, string>,
): LimitHitView {
  return {
    of: scope as LimitScope,
    limit: name as LimitName,
    who: subject === '' ? null : whoIs(subject, names),
    refused: count,
    lastAt: new Date(lastAt).toISOString(),
  };
}
