import { repository } from '#lib/db/repository.ts';
import { StepError } from '#lib/engine/errors.ts';
import { type AccountWorld, accountCredential, type OnBehalf } from './account-credential.ts';
import { type Credential, httpCredential, mayReceive } from './connection-secret.ts';

/**
 * What carries the credential of a project's connection to an address. Throws StepError `CONNECTION_MISSING`, `CONNECTION_TYPE`, `CONNECTION_HOST` when it is not for this host, `CONNECTION_UNBOUND` when it has no secret; and as `accountCredential`.
 */
export async function connectionCredential(
  world: AccountWorld,
  { projectId, ...on }: OnBehalf & { projectId: string },
  { connectionId, url }: { connectionId: string; url: string },
): Promise<Credential> {
  const { db, vault } = world;
  const connection = await repository(db, { type: 'system' }).connections.sealed(projectId, connectionId);
  if (!connection) {
    throw new StepError(
      'CONNECTION_MISSING',
      'The connection of this step is not there any more. Choose another one.',
    );
  }
  if (connection.type === 'postgres') {
    throw new StepError(
      'CONNECTION_TYPE',
      `The connection "${connection.name}" is one to a database, and cannot be sent over HTTP. Choose another one.`,
    );
  }
  if (!mayReceive(connection.hosts, url)) {
    const host = URL.canParse(url) ? new URL(url).host : url;
    throw new StepError(
      'CONNECTION_HOST',
      `The connection "${connection.name}" may not be sent to ${host}. It is for ${connection.hosts.join(', ')}.`,
    );
  }
  if (connection.perCaller || connection.type === 'oauth2') return accountCredential(world, connection, on);
  const credential = await httpCredential(vault, connection);
  if (credential) return credential;
  throw new StepError(
    'CONNECTION_UNBOUND',
    `The connection "${connection.name}" has no secret yet. Enter it under the project's connections.`,
  );
}

/** The same where only headers can be sent. Throws `CONNECTION_TYPE` for a key that goes into the address. */
export async function connectionHeaders(
  world: AccountWorld,
  scope: OnBehalf & { projectId: string },
  at: { connectionId: string; url: string },
): Promise<Record<string, string>> {
  const { headers, query } = await connectionCredential(world, scope, at);
  if (Object.keys(query).length === 0) return headers;
  throw new StepError(
    'CONNECTION_TYPE',
    'The connection is a key for the query of an address, which is not sent here. Choose another one.',
  );
}
