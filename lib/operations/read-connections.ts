import type { Connection, ConnectionType } from '#lib/db/connections.ts';
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
}

/** Connections of a project, by name. */
export async function listConnections(
  app: App,
  principal: Principal,
  slug: string,
): Promise<ConnectionView[]> {
  const { id } = await findProject(app, principal, slug);
  return (await repository(app.db, principal).connections.list(id)).map(connectionView);
}

export function connectionView({ id, name, type, hosts, preview }: Connection): ConnectionView {
  return { id, name, type, hosts, preview };
}
