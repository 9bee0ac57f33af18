import type { Vault } from '#lib/auth/vault.ts';
import type { Database } from '#lib/db/client.ts';
import type { Events } from '#lib/db/events.ts';
import type { Egress } from '#lib/egress/fetch.ts';
import type { Postgres } from '#lib/egress/postgres.ts';
import type { Capabilities, HttpCapability, HttpResponse } from '#lib/engine/capabilities.ts';
import type { Parser } from '#lib/parse/parser.ts';
import type { Sandbox } from '#lib/sandbox/pool.ts';
import type { App } from './app.ts';
import { createCallableWorkflows } from './callable-workflows.ts';
import { connectionCredential } from './connection-headers.ts';
import type { FileStore } from './files.ts';
import { knowledgeFor } from './knowledge-capability.ts';
import type { LiveProjects } from './live-projects.ts';
import { createMcpCapability } from './mcp-capability.ts';
import { createNews } from './news-capability.ts';
import type { RunCaller } from './run-caller.ts';
import { createSchemas } from './schemas-capability.ts';
import type { SecretMask, SecretMasks } from './secret-mask.ts';
import { sqlFor } from './sql-capability.ts';
import { storeFor } from './store-capability.ts';
import { workflowsFor } from './workflows-capability.ts';

/** On whose behalf a run reaches out. */
export interface RunScope {
  organizationId: string;
  projectId: string;
  /** Id of the version: same code, same warm isolate. null = a fresh isolate: the code is a draft. */
  versionKey: string | null;
  /** The run: what it calls is its child. */
  runId: string;
  /** Calls of workflows by workflows above it. */
  depth: number;
  /** Of the outermost run, and all that it calls: workflows called so far. */
  calls?: { made: number } | undefined;
  /** Secrets that it gets hold of; one of its own unless said. */
  mask?: SecretMask | undefined;
  /** The release it is pinned to, with all that it calls. */
  release?: number | undefined;
  caller: RunCaller;
}

export interface World {
  /** The program these are a part of: a called workflow is a run like any other. */
  app: () => App;
  live: LiveProjects;
  db: Database;
  events: Events;
  egress: Egress;
  postgres: Postgres;
  sandbox: Sandbox;
  files: FileStore;
  parser: Parser;
  vault: Vault;
  masks: SecretMasks;
}

/** Makes what the engine is handed for one run. Nothing in it reaches beyond the run's project. */
export function createCapabilities(world: World): (scope: RunScope) => Capabilities {
  const schemasOf = createSchemas();
  const callable = createCallableWorkflows(world);
  const mcp = createMcpCapability(world);
  const newsOf = createNews(world.events);
  return (scope) => {
    const mask = scope.mask ?? world.masks.create();
    const http = httpFor(world, scope, mask);
    const { projectId, versionKey } = scope;
    const files = world.files.of(projectId);
    return {
      now: () => Date.now(),
      random: () => Math.random(),
      sleep,
      http,
      code: {
        // The run's own HTTP, whose calls are counted. Without connections: code could name any of the project's.
        run: ({ http: counted = http, ...request }, signal) =>
          world.sandbox.run(
            {
              ...request,
              projectId,
              versionKey,
              http: (outgoing, abort) => counted.request({ ...outgoing, connectionId: undefined }, abort),
            },
            signal,
          ),
      },
      knowledge: knowledgeFor(world.app(), scope, mask),
      files,
      store: storeFor(world.db, scope),
      sql: sqlFor(world, projectId, mask),
      mcp: mcp({ ...scope, files, mask }),
      workflows: workflowsFor(world.app(), callable, scope),
      parse: world.parser,
      schemas: schemasOf(projectId),
      news: newsOf(scope),
    };
  };
}

/**
 * Adds the credential on this side: the graph names a connection and never sees what is in it, also where an answer
 * repeats it.
 */
function httpFor({ app, egress }: World, scope: RunScope, mask: SecretMask): HttpCapability {
  return {
    async request({ connectionId, ...request }, signal) {
      if (connectionId === undefined) return masked(mask, () => egress.request(request, signal));
      const { headers, query } = await connectionCredential(app(), scope, {
        connectionId,
        url: request.url,
      });
      mask.addCredential({ headers, query });
      const url = withQuery(request.url, query);
      return masked(mask, async () => {
        const response = await egress.request({ ...request, url, sensitiveHeaders: headers }, signal);
        return { ...response, url: withoutQuery(response.url, query) };
      });
    },
  };
}

/** What comes back, and what went wrong, without the secrets that the run has got hold of by then. */
async function masked(mask: SecretMask, exchange: () => Promise<HttpResponse>): Promise<HttpResponse> {
  let response: HttpResponse;
  try {
    response = await exchange();
  } catch (error) {
    throw mask.error(error);
  }
  if (mask.isEmpty) return response;
  const { status, body, ...said } = response;
  return { status, ...mask.value(said), body: mask.bytes(body) };
}

function withQuery(address: string, query: Record<string, string>): string {
  const entries = Object.entries(query);
  if (entries.length === 0) return address;
  const url = new URL(address);
  for (const [name, value] of entries) url.searchParams.set(name, value);
  return url.href;
}

/** What is told of an answer, and recorded, does not hold the key. */
function withoutQuery(address: string, query: Record<string, string>): string {
  const names = Object.keys(query);
  if (names.length === 0) return address;
  const url = new URL(address);
  for (const name of names) url.searchParams.delete(name);
  return url.href;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
