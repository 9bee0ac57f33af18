import type { Logger } from 'pino';
import type { Events } from '#lib/db/events.ts';
import type { LiveRelease } from '#lib/db/projects.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';

type StoredVersion = LiveRelease['versions'][number];

export interface LiveProjects {
  /** What the address of this project serves now; null when there is none. */
  get(slug: string): Promise<LiveProject | null>;
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
/** Compiled versions in memory, of all projects. */
const MAX_VERSIONS = 5000;

/**
 * The projects this process answers for, each read once and again after it changed. A version is immutable, so
 * what is compiled of it outlives the release; it is compiled when it is first called, so that a project of a
 * thousand workflows answers its first request at once.
 */
export function createLiveProjects({ load, events, log }: LiveProjectsOptions): LiveProjects {
  const projects = new Map<string, Promise<LiveProject | null>>();
  const slugById = new Map<string, string>();
  /** Addresses being read: whose id is not known yet. */
  const pending = new Set<string>();
  const versions = new Map<string, LiveWorkflow>();

  function workflowOf(stored: StoredVersion): LiveWorkflow {
    let workflow = versions.get(stored.versionId);
    if (workflow) versions.delete(stored.versionId);
    else workflow = compileLater(stored, log);
    versions.set(stored.versionId, workflow);
    if (versions.size > MAX_VERSIONS) versions.delete(versions.keys().next().value!);
    return workflow;
  }

  async function read(slug: string): Promise<LiveProject | null> {
    const stored = await readNamed(slug);
    if (!stored) return null;
    const { versions: storedVersions, ...project } = stored;
    const workflows = storedVersions
      .map(workflowOf)
      .sort((a, b) => (a.contract.name < b.contract.name ? -1 : 1))
      .map((workflow) => [workflow.contract.name, workflow] as const);
    return { ...project, workflows: new Map(workflows) };
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
    const cached = projects.get(slug);
    if (cached) return cached;
    // The promise itself is kept: requests that come while it is read share it, and an invalidation that comes
    // meanwhile removes it, so that the next request reads again.
    const reading = read(slug);
    projects.set(slug, reading);
    const forget = () => {
      if (projects.get(slug) === reading) projects.delete(slug);
    };
    // Unknown addresses are not kept: guessing them would push the real ones out.
    reading.then((project) => project ?? forget(), forget);
    if (projects.size > MAX_PROJECTS) projects.delete(projects.keys().next().value!);
    return reading;
  }

  /** `{ projectId }` or `{ slug }`; anything else may have changed every project. */
  function changed(payload: unknown): void {
    const { projectId, slug } = (payload ?? {}) as { projectId?: string; slug?: string };
    const known = slug ?? (projectId === undefined ? undefined : slugById.get(projectId));
    if (known !== undefined) projects.delete(known);
    else if (projectId === undefined) projects.clear();
    else for (const unknown of pending) projects.delete(unknown);
  }

  const ends = ['release.changed', 'project.changed', 'database.changed'].map((topic) =>
    events.subscribe(topic, topic === 'database.changed' ? () => projects.clear() : changed),
  );

  return {
    get,
    close() {
      for (const end of ends) end();
      projects.clear();
      versions.clear();
    },
  };
}

/** A version whose plan and validators are made at the first call. They throw when this program cannot run it. */
function compileLater({ document, ...stored }: StoredVersion, log: Logger): LiveWorkflow {
  let compiled: Pick<LiveWorkflow, 'plan' | 'validateInput' | 'validateOutput'> | undefined;
  let source: JsonValue | undefined = document;
  const made = () => {
    if (compiled) return compiled;
    const { plan, problems } = compile(source, kinds);
    if (!plan) {
      log.error({ versionId: stored.versionId, problems }, 'a published version does not compile');
      throw new Error(`Version ${stored.versionId} does not compile: ${problems[0]?.message}`);
    }
    const { inputSchema, outputSchema } = stored.contract;
    compiled = {
      plan,
      validateInput: compileSchema(inputSchema),
      validateOutput: outputSchema && compileSchema(outputSchema),
    };
    source = undefined;
    return compiled;
  };
  return {
    ...stored,
    get plan() {
      return made().plan;
    },
    get validateInput() {
      return made().validateInput;
    },
    get validateOutput() {
      return made().validateOutput;
    },
  };
}
