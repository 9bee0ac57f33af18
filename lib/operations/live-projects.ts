import type { Logger } from 'pino';
import type { Events } from '#lib/db/events.ts';
import type { LiveRelease } from '#lib/db/projects.ts';
import { createCompiledVersions } from './compiled-versions.ts';
import type { LiveProject } from './live.ts';

export interface LiveProjects {
  /** What the address of this project serves now; null when there is none. */
  get(slug: string): Promise<LiveProject | null>;
  /** Whether `get` would have to ask the database. */
  needsRead(slug: string): boolean;
  close(): void;
}

export interface LiveProjectsOptions {
  /** One read: the project with the versions of its release, or null. */
  load(slug: string): Promise<LiveRelease | null>;
  events: Pick<Events, 'subscribe'>;
  log: Logger;
}

/** Projects in memory; the one read longest ago goes first. */
const MAX_PROJECTS = 500;
/** Addresses at which there is nothing, so that asking for them again costs nothing; and for how long, in ms. */
const MAX_UNKNOWN = 5000;
const UNKNOWN_MS = 10_000;

/**
 * The projects this process answers for, each read once and again after it changed. A version is immutable, so
 * what is compiled of it outlives the release; it is compiled when it is first called, so that a project of a
 * thousand workflows answers its first request at once.
 */
export function createLiveProjects({ load, events, log }: LiveProjectsOptions): LiveProjects {
  const projects = new Map<string, Promise<LiveProject | null>>();
  /** On their way, or found to be nothing: only what is there takes a place among the projects. */
  const reading = new Map<string, Promise<LiveProject | null>>();
  const unknown = new Map<string, number>();
  const slugById = new Map<string, string>();
  /** Addresses being read: whose id is not known yet. */
  const pending = new Set<string>();
  const compiled = createCompiledVersions(log);

  async function read(slug: string): Promise<LiveProject | null> {
    const stored = await readNamed(slug);
    if (!stored) return null;
    const { versions, ...project } = stored;
    return { ...project, workflows: compiled.byName(versions) };
  }

  /** From the moment it is no longer pending its id is known: no news falls in between. */
  async function readNamed(slug: string): Promise<LiveRelease | null> {
    pending.add(slug);
    try {
      const stored = await load(slug);
      if (stored) slugById.set(stored.id, slug);
      return stored;
    } finally {
      pending.delete(slug);
    }
  }

  function get(slug: string): Promise<LiveProject | null> {
    const cached = projects.get(slug) ?? reading.get(slug);
    if (cached) return cached;
    if (isUnknown(slug)) return NOTHING;
    // The promise itself is kept: requests that come while it is read share it, and an invalidation that comes
    // meanwhile removes it, so that the next request reads again.
    const made = read(slug);
    reading.set(slug, made);
    const settle = (project: LiveProject | null | undefined) => {
      if (reading.get(slug) !== made) return;
      reading.delete(slug);
      if (project) keep(projects, MAX_PROJECTS, [slug, made]);
      else if (project === null) keep(unknown, MAX_UNKNOWN, [slug, Date.now() + UNKNOWN_MS]);
    };
    made.then(settle, () => settle(undefined));
    return made;
  }

  function isUnknown(slug: string): boolean {
    const until = unknown.get(slug);
    if (until === undefined) return false;
    if (Date.now() < until) return true;
    unknown.delete(slug);
    return false;
  }

  function forget(slug: string): void {
    projects.delete(slug);
    reading.delete(slug);
  }

  function forgetAll(): void {
    projects.clear();
    reading.clear();
    unknown.clear();
  }

  /** `{ projectId }` or `{ slug }`; anything else may have changed every project. */
  function changed(payload: unknown): void {
    const { projectId, slug } = (payload ?? {}) as { projectId?: string; slug?: string };
    const known = slug ?? (projectId === undefined ? undefined : slugById.get(projectId));
    // It may be new, or have another address than before.
    unknown.clear();
    if (known !== undefined) forget(known);
    else if (projectId === undefined) forgetAll();
    else for (const unnamed of pending) forget(unnamed);
  }

  const ends = ['release.changed', 'project.changed', 'database.changed'].map((topic) =>
    events.subscribe(topic, topic === 'database.changed' ? forgetAll : changed),
  );

  return {
    get,
    needsRead: (slug) => !projects.has(slug) && !reading.has(slug) && !isUnknown(slug),
    close() {
      for (const end of ends) end();
      forgetAll();
      compiled.clear();
    },
  };
}

const NOTHING: Promise<null> = Promise.resolve(null);

/** Adds an entry; the oldest goes when there are too many. */
function keep<T>(map: Map<string, T>, most: number, [key, value]: [string, T]): void {
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
