import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '#lib/db/access-mode.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '#lib/operations/app.ts';
import { createKey } from '#lib/operations/create-key.ts';
import { createProject } from '#lib/operations/create-project.ts';
import { createWorkflow } from '#lib/operations/create-workflow.ts';
import { parseEnv } from '#lib/operations/env.ts';
import { publishWorkflow } from '#lib/operations/publish-workflow.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { startServer } from '../../../workers/server.ts';

export interface TestProject {
  slug: string;
  /** The MCP address. */
  url: string;
  key: string;
  /** Makes another key. */
  newKey(tools?: string[]): Promise<{ id: string; key: string }>;
  /** Makes a workflow and publishes it. Returns its id. */
  publish(document: WorkflowDocument): Promise<string>;
}

export interface TestServer {
  app: App;
  owner: Principal;
  url: string;
  project(slug: string, options?: { access?: Access; workflows?: WorkflowDocument[] }): Promise<TestProject>;
  close(): Promise<void>;
}

/**
 * The real server on a free port with a database of its own; another one with the `env` of the first (`DATA_DIR`, a
 * database) is a replica of it. Nodes may reach this machine.
 */
export async function startTestServer(env: Record<string, string> = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-gateway-'));
  const server = await startServer({
    env: parseEnv({
      PORT: '0',
      DATA_DIR: folder,
      ROLE: 'runtime',
      LOG_LEVEL: 'silent',
      EGRESS_ALLOW: '127.0.0.1',
      ...env,
    }),
  });
  const app = server.app!;
  const url = `http://127.0.0.1:${server.port}`;
  const organization = await repository(app.db, { type: 'system' }).members.defaultOrganization();
  const owner: Principal = { type: 'user', userId: 'tester', organizationId: organization.id, role: 'owner' };

  return {
    app,
    owner,
    url,
    async project(slug, { access = 'key', workflows = [] } = {}) {
      await createProject(app, owner, { name: slug, slug, access });
      const newKey = async (tools?: string[]) => {
        const { id, secret } = await createKey(app, owner, slug, { name: 'test', tools });
        return { id, key: secret };
      };
      const project: TestProject = {
        slug,
        url: `${url}/mcp/${slug}`,
        key: (await newKey()).key,
        newKey,
        async publish(document) {
          const { id, revision } = await createWorkflow(app, owner, slug, { name: document.name, document });
          await publishWorkflow(app, owner, { project: slug, workflow: id, revision });
          return id;
        },
      };
      for (const workflow of workflows) await project.publish(workflow);
      return project;
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
