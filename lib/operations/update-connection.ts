import { AppError } from '#lib/db/app-error.ts';
import { type ConnectionSettings, fitsType } from '#lib/db/connections.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { sameJson } from '#lib/workflow/same-json.ts';
import type { App } from './app.ts';
import { sealConnection } from './connection-secret.ts';
import { findProject } from './find-project.ts';
import { type ConnectionView, connectionView } from './read-connections.ts';

export interface UpdateConnection {
  name?: string | undefined;
  hosts?: string[] | undefined;
  settings?: ConnectionSettings | undefined;
  secret?: unknown;
}

/**
 * Changes what is given. New hosts ask for the secret again: whoever may edit a connection could otherwise send what
 * they do not know to a host of their own. For the same reason accounts that people connected are forgotten where the
 * hosts or the provider are others: they connect them again, and see to whom.
 */
export async function updateConnection(
  app: App,
  principal: Principal,
  at: { project: string; connection: string },
  { name, hosts, settings, secret }: UpdateConnection,
): Promise<ConnectionView> {
  const { id: projectId, organizationId } = await findProject(app, principal, at.project);
  const { connections, connectedAccounts } = repository(app.db, principal);
  const current = await connections.get(projectId, at.connection);
  if (!current) throw new AppError('not_found', 'There is no such connection.');
  if (hosts !== undefined && current.type === 'postgres') {
    throw new AppError(
      'bad_request',
      'hosts: the server of a database is part of its secret. Enter that again.',
    );
  }
  if (secret !== undefined && current.perCaller && current.type !== 'oauth2') {
    throw new AppError('bad_request', 'secret: each caller enters their own, and there is none for all.');
  }
  const fault = settings === undefined ? null : fitsType(current, settings);
  if (fault !== null) throw new AppError('bad_request', `settings: ${fault}`);
  const added = hosts?.filter((host) => !current.hosts.includes(host)) ?? [];
  const isElsewhere = settings !== undefined && !sameJson(settings, current.settings);
  const asks = added.length > 0 || (isElsewhere && current.type === 'oauth2');
  if (asks && secret === undefined && current.preview !== '') {
    const to = added.length > 0 ? added.join(', ') : 'another provider';
    throw new AppError('bad_request', `Enter the secret again to send it to ${to}.`);
  }
  const place = { organizationId, id: current.id };
  const sealed =
    secret === undefined ? {} : await sealConnection(app.vault, place, { type: current.type, secret });
  const patch = {
    ...(name === undefined ? {} : { name }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(settings === undefined ? {} : { settings }),
    ...sealed,
  };
  if (added.length > 0 || isElsewhere) await connectedAccounts.removeAll(projectId, current.id);
  const updated = await connections.update(projectId, current.id, patch);
  return connectionView(updated, (await connectedAccounts.counts(projectId)).get(current.id));
}
