import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { sealConnection } from './connection-secret.ts';
import { findProject } from './find-project.ts';
import { type ConnectionView, connectionView } from './read-connections.ts';

export interface UpdateConnection {
  name?: string | undefined;
  hosts?: string[] | undefined;
  secret?: unknown;
}

/**
 * Changes what is given. New hosts ask for the secret again: whoever may edit a connection could otherwise send what
 * they do not know to a host of their own.
 */
export async function updateConnection(
  app: App,
  principal: Principal,
  at: { project: string; connection: string },
  { name, hosts, secret }: UpdateConnection,
): Promise<ConnectionView> {
  const { id: projectId, organizationId } = await findProject(app, principal, at.project);
  const { connections } = repository(app.db, principal);
  const current = await connections.get(projectId, at.connection);
  if (!current) throw new AppError('not_found', 'There is no such connection.');
  if (hosts !== undefined && current.type === 'postgres') {
    throw new AppError(
      'bad_request',
      'hosts: the server of a database is part of its secret. Enter that again.',
    );
  }
  const added = hosts?.filter((host) => !current.hosts.includes(host)) ?? [];
  if (added.length > 0 && secret === undefined && current.preview !== '') {
    throw new AppError('bad_request', `Enter the secret again to send it to ${added.join(', ')}.`);
  }
  const place = { organizationId, id: current.id };
  const sealed =
    secret === undefined ? {} : await sealConnection(app.vault, place, { type: current.type, secret });
  const patch = {
    ...(name === undefined ? {} : { name }),
    ...(hosts === undefined ? {} : { hosts }),
    ...sealed,
  };
  return connectionView(await connections.update(projectId, current.id, patch));
}
