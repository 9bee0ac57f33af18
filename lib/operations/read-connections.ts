import type { Connection, ConnectionSettings, ConnectionType } from '#lib/db/connections.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** A stored credential without its secret. */
export interface ConnectionView {
  id: string;
  name: string;
  type: ConnectionType;
  hosts: string[];
  preview: string;
  /** Each caller connects an account of their own. */
  perCaller: boolean;
  settings: ConnectionSettings | null;
  /** Of callers who have; of an oauth2 connection of the project whether it has, as 1 or 0. */
  accounts: number;
}

/** Connections of a project, by name. */
export async function listConnections(
  app: App,
  principal: Principal,
  slug: string,
): Promise<ConnectionView[]> {
  const { id } = await findProject(app, principal, slug);
  const { connections, connectedAccounts } = repository(app.db, principal);
  const [list, accounts] = await Promise.all([connections.list(id), connectedAccounts.counts(id)]);
  return list.map((connection) => connectionView(connection, accounts.get(connection.id)));
}

export function connectionView(
  { id, name, type, hosts, preview, perCaller, settings }: Connection,
  accounts = 0,
): ConnectionView {
  return { id, name, type, hosts, preview, perCaller, settings, accounts };
}
