import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '#lib/db/principal.ts';
import { type App, createApp } from '#lib/operations/app.ts';
import { createWorkflow } from '#lib/operations/create-workflow.ts';
import { parseEnv } from '#lib/operations/env.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { publishWorkflow } from '#lib/operations/publish-workflow.ts';
import { runTool } from '#lib/operations/run-tool.ts';
import type { ToolRun } from '#lib/operations/run-world.ts';
import { startWorkers } from '#lib/operations/workers.ts';
import type { KindExample } from '#lib/workflow/example.ts';
import { exampleDocument } from '#lib/workflow/example.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { makeTeam, type Team } from '#test/db/team.ts';
import type { EmptyDatabase } from '#test/support/databases.ts';

/** Processes on one database, and a team with a project. */
export interface World {
  team: Team;
  owner: Extract<Principal, { type: 'user' }>;
  key: Extract<Principal, { type: 'key' }>;
  /** As another process would. */
  open(): Promise<App>;
  /** For what happens at the same moment: on SQLite two connections of one process would wait for each other. */
  rival(app: App): Promise<App>;
  /** Has the jobs done by this one. */
  work(app: App): void;
  project(app: App): Promise<LiveProject>;
  publish(app: App, name: string, steps: KindExample['steps'], edges: string[]): Promise<string>;
  call(app: App, name: string, args?: JsonObject, principal?: Principal): Promise<ToolRun>;
  close(): Promise<void>;
}

export const noSignal = new AbortController().signal;

/** Where a workflow begins that takes a text. */
export const start = {
  kind: 'input',
  config: { schema: { type: 'object', properties: { text: { type: 'string' } } } },
};

/** Where one ends, with this text. */
export const says = (text: string) => ({ kind: 'output', config: { parts: [{ type: 'text', text }] } });

export async function makeWorld(create: () => Promise<EmptyDatabase>): Promise<World> {
  const empty = await create();
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-waiting-'));
  const ends: (() => Promise<void>)[] = [];
  const env = parseEnv({
    DATA_DIR: folder,
    DATABASE_URL: empty.url,
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    EGRESS_ALLOW: '127.0.0.1',
    LOG_LEVEL: 'silent',
  });
  const open: World['open'] = async () => {
    const app = await createApp(env);
    ends.push(() => app.close());
    return app;
  };
  const first = await open();
  const team = await makeTeam(first.db, 'team');
  const { organizationId, userId, projectId, slug } = team;
  const owner = { type: 'user', userId, organizationId, role: 'owner' } as const;
  const key = {
    type: 'key',
    keyId: 'key000000000',
    organizationId,
    projectId,
    tools: null,
    readOnly: false,
  } as const;
  const project = async (app: App) => (await app.live.get(slug))!;

  return {
    team,
    owner,
    key,
    open,
    rival: (app) => (app.db.provider === 'sqlite' ? Promise.resolve(app) : open()),
    work(app) {
      const { stop } = startWorkers(app);
      ends.unshift(stop);
    },
    project,
    async publish(app, name, steps, edges) {
      const example = { summary: name, steps, edges, input: {}, answer: {} };
      const document = { ...exampleDocument('x', example), name };
      const { id, revision } = await createWorkflow(app, owner, slug, { name, document });
      await publishWorkflow(app, owner, { project: slug, workflow: id, revision });
      return id;
    },
    async call(app, name, args = {}, principal = key) {
      const live = await project(app);
      const workflow = live.workflows.get(name)!;
      return runTool(app, principal, {
        project: live,
        workflow,
        args,
        signal: noSignal,
        client: 'test 1.0',
      });
    },
    async close() {
      for (const end of ends) await end();
      rmSync(folder, { recursive: true, force: true });
      await empty.remove();
    },
  };
}
