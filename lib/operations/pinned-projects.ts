import type { Logger } from 'pino';
import type { Events } from '#lib/db/events.ts';
import type { LiveRelease } from '#lib/db/projects.ts';
import { createCompiledVersions } from './compiled-versions.ts';
import type { LiveProject } from './live.ts';
import type { LiveProjects } from './live-projects.ts';
import { pinnedAddress } from './pinned-address.ts';

export interface PinnedProjects {
  /** The project as it is now, with the workflows of that release; null when there is none. */
  get(address: string): Promise<LiveProject | null>;
  /** Whether `get` would have to ask the database. */
  needsRead(address: string): boolean;
  close(): void;
}

export interface PinnedProjectsOptions {
  load(slug: string, release: number): Promise<LiveRelease | null>;
  /** What the project serves now: releases have the numbers up to its own, so that others are not looked for. */
  latest: Pick<LiveProjects, 'get'>;
  events: Pick<Events, 'subscribe'>;
  log: Logger;
}

/** Releases in memory, and workflows of all of them; the one read longest ago goes first. */
const MAX_RELEASES = 100;
const MAX_WORKFLOWS = 5000;

interface Kept {
  reading: Promise<LiveProject | null>;
  /** Once it is read. */
  project?: LiveProject;
}

/**
 * Releases that somebody asked for by number. They have places of their own, so that however many are asked for none
 * of what is live is pushed out. A release does not change, but the project it is of does: its access, instructions
 * and environment are those of now.
 */
export function createPinnedProjects({ load, latest, events, log }: PinnedProjectsOptions): PinnedProjects {
  const kept = new Map<string, Kept>();
  /** Of what is read again they are still good. */
  const compiled = createCompiledVersions(log);

  async function read(slug: string, release: number): Promise<LiveProject | null> {
    const now = await latest.get(slug);
    const stored = now && release <= now.release ? await load(slug, release) : null;
    if (!stored) return null;
    const { versions, ...project } = stored;
    return { ...project, pin: release, workflows: compiled.byName(versions) };
  }

  /** The oldest go until there is room; the newest stays, however large it is. */
  function makeRoom(): void {
    let count = [...kept.values()].reduce((sum, { project }) => sum + (project?.workflows.size ?? 0), 0);
    for (const [address, { project }] of kept) {
      if ((kept.size <= MAX_RELEASES && count <= MAX_WORKFLOWS) || kept.size === 1) return;
      kept.delete(address);
      count -= project?.workflows.size ?? 0;
    }
  }

  function changed(payload: unknown): void {
    const { projectId, slug } = (payload ?? {}) as { projectId?: string; slug?: string };
    for (const [address, { project }] of kept) {
      // One that is on its way may be of any project.
      const isOther =
        project !== undefined &&
        (slug !== undefined ? project.slug !== slug : projectId !== undefined && project.id !== projectId);
      if (!isOther) kept.delete(address);
    }
  }

  const ends = ['release.changed', 'project.changed', 'database.changed'].map((topic) =>
    events.subscribe(topic, topic === 'database.changed' ? () => kept.clear() : changed),
  );

  return {
    get(address) {
      const known = kept.get(address);
      if (known) return known.reading;
      const wanted = pinnedAddress(address);
      if (!wanted) return Promise.resolve(null);
      const entry: Kept = { reading: read(wanted.slug, wanted.release) };
      kept.set(address, entry);
      const forget = () => {
        if (kept.get(address) === entry) kept.delete(address);
      };
      entry.reading.then((project) => {
        if (!project) return forget();
        entry.project = project;
        makeRoom();
      }, forget);
      return entry.reading;
    },
    needsRead: (address) => !kept.has(address),
    close() {
      for (const end of ends) end();
      kept.clear();
      compiled.clear();
    },
  };
}
