import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { Connection } from '#lib/db/connections.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { mayEdit } from './roles.ts';
import { runCaller } from './run-caller.ts';

const LONGEST_MS = 15_000;
/** Of an answer; nothing of it is shown. */
const MOST_BYTES = 4 * 1024 * 1024;

export interface ConnectionTest {
  /** Whether the other side answered, and did not refuse the credential. */
  ok: boolean;
  /** What was seen, in a sentence. */
  seen: string;
  /** What to do about it; null when nothing. */
  todo: string | null;
  /** Of an HTTP answer. */
  status: number | null;
  ms: number;
}

/**
 * Sends the credential where it may go: a GET request to an address of one of its hosts, or a query to its database.
 * What came back is said, and nothing of its content. Throws `bad_request` for a path where there is none.
 */
export async function testConnection(
  app: App,
  principal: Principal,
  at: { project: string; connection: string },
  { host, path, signal }: { host?: string | undefined; path?: string | undefined; signal: AbortSignal },
): Promise<ConnectionTest> {
  mayEdit(principal, 'test a connection');
  const { id: projectId, organizationId } = await findProject(app, principal, at.project);
  const connection = await repository(app.db, principal).connections.get(projectId, at.connection);
  if (!connection) throw new AppError('not_found', 'There is no such connection.');
  const reach = app.capabilities({
    organizationId,
    projectId,
    versionKey: null,
    runId: randomUUID(),
    depth: 0,
    caller: runCaller(principal, null),
  });
  const begun = performance.now();
  const ended = (rest: Omit<ConnectionTest, 'ms'>) => ({
    ...rest,
    ms: Math.round(performance.now() - begun),
  });
  const abort = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
  try {
    if (connection.type === 'postgres') {
      await reach.sql.query(
        {
          connectionId: connection.id,
          text: 'SELECT 1',
          params: [],
          readOnly: true,
          maxRows: 1,
          timeoutMs: LONGEST_MS,
        },
        abort,
      );
      return ended({ ok: true, seen: 'The database answered a query.', todo: null, status: null });
    }
    const { status } = await reach.http.request(
      {
        method: 'GET',
        url: addressOf(connection, host, path),
        connectionId: connection.id,
        followRedirects: false,
        maxBytes: MOST_BYTES,
      },
      abort,
    );
    return ended(answered(status));
  } catch (error) {
    if (abort.aborted && !signal.aborted) {
      return ended({
        ok: false,
        seen: `There was no answer within ${LONGEST_MS / 1000} seconds.`,
        todo: 'Look whether the host is right, and reachable from this server.',
        status: null,
      });
    }
    if (!(error instanceof StepError)) throw error;
    return ended({ ok: false, seen: error.message, todo: null, status: null });
  }
}

function answered(status: number): Omit<ConnectionTest, 'ms'> {
  const seen = `It answered with HTTP ${status}.`;
  if (status === 401 || status === 403) {
    return {
      ok: false,
      seen: `${seen} The credential was refused.`,
      todo: 'Replace the secret, or give what it belongs to the rights it lacks.',
      status,
    };
  }
  if (status >= 500) {
    return { ok: false, seen: `${seen} The other side has a fault.`, todo: 'Try again later.', status };
  }
  if (status >= 400) {
    return {
      ok: true,
      seen: `${seen} The credential was not refused, but there is nothing at this path.`,
      todo: 'To be sure, test a path that needs the credential.',
      status,
    };
  }
  return { ok: true, seen, todo: null, status };
}

/** On the first host that is no pattern, unless another of its own is named. */
function addressOf({ hosts }: Connection, host: string | undefined, path = '/'): string {
  const wanted = host ?? hosts.find((one) => !one.includes('*'));
  if (wanted === undefined) {
    throw new AppError('bad_request', 'host: say which host, as this connection names patterns only.');
  }
  if (!path.startsWith('/') || path.startsWith('//')) {
    throw new AppError('bad_request', 'path: begin it with one slash.');
  }
  const local = /^(localhost|127\.|\[::1\])/.test(wanted);
  const address = `${local ? 'http' : 'https'}://${wanted}${path}`;
  if (!URL.canParse(address)) throw new AppError('bad_request', 'host: this is no host of an address.');
  return address;
}
