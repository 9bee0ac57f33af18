import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { nameOfClient } from './client-name.ts';
import { findProject } from './find-project.ts';

/** Who made a run begin, as far as it is known. */
export interface RunCaller {
  /** What the client calls itself, without its version; null for what is no call of a client. */
  client: string | null;
  version: string | null;
  /** In the list of clients, while it is on it. */
  clientId: string | null;
  /** `name` null: revoked since. */
  key: { name: string | null; preview: string } | null;
  /** Revision of MCP that it speaks, as it said last. */
  protocol: string | null;
}

/** Who called. Throws `not_found`. */
export async function readRunCaller(
  app: App,
  principal: Principal,
  at: { project: string; run: string },
): Promise<RunCaller> {
  const { id } = await findProject(app, principal, at.project);
  const repo = repository(app.db, principal);
  const live = app.recorder.find(at.run)?.opening;
  const run = (await repo.runs.get(id, at.run)) ?? (live?.projectId === id ? live : null);
  if (!run) throw new AppError('not_found', 'There is no such run.');
  const { keyId } = run;
  const client = run.cause === 'call' ? nameOfClient(run.client) : null;
  await app.clients.flush();
  const [clients, keys] = await Promise.all([
    client === null ? [] : repo.clients.list(id),
    keyId === null ? [] : repo.keys.list(id),
  ]);
  const seen = clients.find((one) => one.name === client && one.keyId === keyId && one.access !== 'refused');
  return {
    client,
    version: client === null || run.client === null ? null : versionIn(run.client, client),
    clientId: seen?.id ?? null,
    key: keyId === null ? null : keyIn(keys, keyId),
    protocol: seen?.protocol ?? null,
  };
}

function keyIn(
  keys: readonly { id: string; name: string; preview: string }[],
  id: string,
): NonNullable<RunCaller['key']> {
  const key = keys.find((one) => one.id === id);
  return key ? { name: key.name, preview: key.preview } : { name: null, preview: `pbk_${id.slice(0, 4)}…` };
}

/** What follows the name: `2.1` of `claude-code 2.1`. */
function versionIn(said: string, name: string): string | null {
  const rest = said.startsWith(name) ? said.slice(name.length).replace(/^[\s/]+/, '') : '';
  return rest === '' || rest === 'undefined' ? null : rest;
}
