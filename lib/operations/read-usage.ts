import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { RUN_RETENTION } from '#lib/db/runs.ts';
import { STORE_LIMITS } from '#lib/db/store.ts';
import type { Mention, Usage } from '#lib/db/usage.ts';
import { MOST_DOCUMENT_BYTES } from '#lib/workflow/document-formats.ts';
import type { App } from './app.ts';
import { STREAMS_AT_ONCE } from './call-limits.ts';
import { findProject } from './find-project.ts';

export interface UsageView extends Usage {
  limits: {
    /** Event streams of one caller that stay open. */
    streamsPerCaller: number;
    /** Background runs at once. */
    background: number;
    /** Runs that are kept, and for how many days. */
    runs: number;
    runDays: number;
    /** Of one document. */
    documentBytes: number;
    storeEntries: number;
    storeValueBytes: number;
  };
}

/** How much a project has of everything, and how much it may. */
export async function readUsage(app: App, principal: Principal, slug: string): Promise<UsageView> {
  const project = await findProject(app, principal, slug);
  const usage = await repository(app.db, principal).usage.of(project.id);
  return {
    ...usage,
    limits: {
      streamsPerCaller: STREAMS_AT_ONCE.perCaller,
      background: project.concurrency,
      runs: RUN_RETENTION.perProject,
      runDays: RUN_RETENTION.days,
      documentBytes: MOST_DOCUMENT_BYTES,
      storeEntries: STORE_LIMITS.entries,
      storeValueBytes: STORE_LIMITS.valueBytes,
    },
  };
}

export interface MentionsView {
  /** By the id of the connection. */
  connections: Record<string, Mention[]>;
  /** By the name of the environment value. */
  env: Record<string, Mention[]>;
}

/** Which workflows use each connection and each environment value, in the draft or in what is live. */
export async function readMentions(app: App, principal: Principal, slug: string): Promise<MentionsView> {
  const { id, env } = await findProject(app, principal, slug);
  const { connections, usage } = repository(app.db, principal);
  // Ids are letters, digits and hyphens: each is its own pattern.
  const [byConnection, byName] = await Promise.all([
    connections
      .list(id)
      .then((all) => usage.mentions(id, new Map(all.map((one) => [one.id, new RegExp(one.id)])))),
    usage.mentions(id, new Map(Object.keys(env).map((name) => [name, readsOf(name)]))),
  ]);
  return { connections: Object.fromEntries(byConnection), env: Object.fromEntries(byName) };
}

/** `env.NAME` and `env["NAME"]`, as they stand in expressions and code; in JSON the quotes are escaped. */
function readsOf(name: string): RegExp {
  return new RegExp(
    String.raw`\benv\s*(?:\??\.\s*${name}\b|(?:\?\.)?\[\s*\\?["'\x60]${name}\\?["'\x60]\s*\])`,
  );
}
