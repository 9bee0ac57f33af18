import type { Secrets } from '#lib/auth/sealing.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Database } from '#lib/db/client.ts';
import type { SealedConnection } from '#lib/db/connections.ts';
import { repository } from '#lib/db/repository.ts';
import type { Egress } from '#lib/egress/fetch.ts';
import type { Capabilities, HttpCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { Sandbox } from '#lib/sandbox/pool.ts';
import { credentialHeaders, mayReceive } from './connection-secret.ts';
import type { FileStore } from './files.ts';

/** On whose behalf a run reaches out. */
export interface RunScope {
  organizationId: string;
  projectId: string;
  /** Id of the version: same code, same warm isolate. null = a fresh isolate: the code is a draft. */
  versionKey: string | null;
}

export interface World {
  db: Database;
  egress: Egress;
  sandbox: Sandbox;
  files: FileStore;
  secrets: Secrets;
}

/** Makes what the engine is handed for one run. Nothing in it reaches beyond the run's project. */
export function createCapabilities(world: World): (scope: RunScope) => Capabilities {
  return (scope) => {
    const http = httpFor(world, scope);
    const { projectId, organizationId, versionKey } = scope;
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
      knowledge: {
        async search({ base, text, topK, filter }) {
          const principal = { type: 'public', organizationId, projectId } as const;
          const { knowledge } = repository(world.db, principal);
          const hits = await knowledge.search(projectId, base, { text, topK, filter }).catch(lookUpFailure);
          return hits.map(({ document, documentId, headings, text: passage, score }) => ({
            document,
            documentId,
            headings,
            text: passage,
            score,
          }));
        },
      },
      files: world.files.of(projectId),
      store: absent('store'),
      sql: absent('sql'),
      mcp: absent('mcp'),
      workflows: absent('workflows'),
      parse: absent('parse'),
      schemas: absent('schemas'),
    };
  };
}

/** What the author can mend; of anything else nothing is told. */
function lookUpFailure(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'not_found') {
    throw new StepError(
      'KNOWLEDGE_MISSING',
      'The knowledge base of this step is not there any more. Choose another one.',
      { cause: error },
    );
  }
  if (error.code === 'bad_request') throw new StepError('KNOWLEDGE_QUERY', error.message, { cause: error });
  throw error;
}

/** Adds the credential on this side: the graph names a connection and never sees what is in it. */
function httpFor({ db, egress, secrets }: World, { projectId }: RunScope): HttpCapability {
  return {
    async request({ connectionId, ...request }, signal) {
      if (connectionId === undefined) return egress.request(request, signal);
      const connection = await repository(db, { type: 'system' }).connections.sealed(projectId, connectionId);
      if (!connection) {
        throw new StepError(
          'CONNECTION_MISSING',
          'The connection of this step is not there any more. Choose another one.',
        );
      }
      if (!mayReceive(connection.hosts, request.url)) {
        const host = URL.canParse(request.url) ? new URL(request.url).host : request.url;
        throw new StepError(
          'CONNECTION_HOST',
          `The connection "${connection.name}" may not be sent to ${host}. It is for ${connection.hosts.join(', ')}.`,
        );
      }
      return egress.request({ ...request, sensitiveHeaders: openHeaders(secrets, connection) }, signal);
    },
  };
}

function openHeaders(secrets: Secrets, connection: SealedConnection): Record<string, string> {
  const headers = credentialHeaders(secrets, connection);
  if (headers) return headers;
  throw new StepError(
    'CONNECTION_UNBOUND',
    `The connection "${connection.name}" has no secret yet. Enter it under the project's connections.`,
  );
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

function absent<Name extends keyof Capabilities>(name: Name): Capabilities[Name] {
  const reject = () => Promise.reject(new StepError('ABSENT', `This server has no ${name} yet.`));
  return new Proxy({}, { get: () => reject }) as Capabilities[Name];
}
