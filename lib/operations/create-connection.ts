import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { ConnectionType } from '#lib/db/connections.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { sealConnection } from './connection-secret.ts';
import { findProject } from './find-project.ts';
import { type ConnectionView, connectionView } from './read-connections.ts';

export interface CreateConnection {
  name: string;
  type: ConnectionType;
  /** Left out where the secret names its host itself. */
  hosts?: string[] | undefined;
  secret: unknown;
}

/** Stores a credential. Its secret is sealed, and is never read back by anybody but the HTTP call that sends it. */
export async function createConnection(
  app: App,
  principal: Principal,
  project: string,
  { name, type, hosts, secret }: CreateConnection,
): Promise<ConnectionView> {
  const { id: projectId, organizationId } = await findProject(app, principal, project);
  const id = randomUUID();
  const sealed = await sealConnection(app.vault, { organizationId, id }, { type, secret });
  const { connections } = repository(app.db, principal);
  const allowed = hostsOf(sealed.hosts, hosts);
  return connectionView(await connections.create(projectId, { id, name, type, ...sealed, hosts: allowed }));
}

function hostsOf(own: string[] | undefined, given: string[] | undefined): string[] {
  if (own) return own;
  if (given) return given;
  throw new AppError('bad_request', 'hosts: say where the secret may be sent.');
}
