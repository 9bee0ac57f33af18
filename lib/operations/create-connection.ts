import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import { type ConnectionSettings, type ConnectionType, fitsType } from '#lib/db/connections.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { sealConnection, sealUnbound } from './connection-secret.ts';
import { findProject } from './find-project.ts';
import { type ConnectionView, connectionView } from './read-connections.ts';

export interface CreateConnection {
  name: string;
  type: ConnectionType;
  /** Left out where the secret names its host itself. */
  hosts?: string[] | undefined;
  /** Each caller connects an account of their own: then there is no secret here, but that of an oauth2 client. */
  perCaller?: boolean | undefined;
  settings?: ConnectionSettings | undefined;
  secret?: unknown;
}

/** Stores a credential. Its secret is sealed, and is never read back by anybody but the HTTP call that sends it. */
export async function createConnection(
  app: App,
  principal: Principal,
  project: string,
  { name, type, hosts, perCaller = false, settings, secret }: CreateConnection,
): Promise<ConnectionView> {
  const { id: projectId, organizationId, slug } = await findProject(app, principal, project);
  if (perCaller && type === 'postgres') {
    throw new AppError('bad_request', 'perCaller: a database has one account for all.');
  }
  const fault = fitsType({ type, perCaller }, settings ?? null);
  if (fault !== null) throw new AppError('bad_request', `settings: ${fault}`);
  const id = randomUUID();
  const place = { organizationId, id };
  const hasSecret = !perCaller || type === 'oauth2';
  if (!hasSecret && secret !== undefined) {
    throw new AppError('bad_request', 'secret: each caller enters their own, and there is none for all.');
  }
  const sealed = hasSecret
    ? await sealConnection(app.vault, place, { type, secret })
    : { secret: await sealUnbound(app.vault, place), preview: '' };
  const { connections } = repository(app.db, principal);
  const given = hostsOf('hosts' in sealed ? sealed.hosts : undefined, hosts);
  const data = { id, name, type, ...sealed, hosts: given, perCaller, ...(settings && { settings }) };
  const made = await connections.create(projectId, data);
  // From now on a call may have to wait for its caller.
  if (perCaller) app.events.publish('project.changed', { projectId, slug });
  return connectionView(made);
}

function hostsOf(own: string[] | undefined, given: string[] | undefined): string[] {
  if (own) return own;
  if (given) return given;
  throw new AppError('bad_request', 'hosts: say where the secret may be sent.');
}
