import type { Vault } from '#lib/auth/vault.ts';
import type { Database } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import type { Postgres } from '#lib/egress/postgres.ts';
import type { SqlCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { jsonExcess } from '#lib/workflow/json-excess.ts';
import { postgresSecret } from './connection-secret.ts';
import type { SecretMask } from './secret-mask.ts';

/** As deep as expressions go. */
const VALUE_LIMITS = { depth: 200, values: 1_000_000 };

/** The databases that connections of one project name. The graph never sees what is in them. */
export function sqlFor(
  { db, postgres, vault }: { db: Database; postgres: Postgres; vault: Vault },
  projectId: string,
  mask: SecretMask,
): SqlCapability {
  return {
    async query({ connectionId, ...query }, signal) {
      if (connectionId === '') {
        throw new StepError(
          'CONNECTION_MISSING',
          'This step has no connection. Choose one of the type PostgreSQL.',
        );
      }
      const connection = await repository(db, { type: 'system' }).connections.sealed(projectId, connectionId);
      if (!connection) {
        throw new StepError(
          'CONNECTION_MISSING',
          'The connection of this step is not there any more. Choose another one.',
        );
      }
      if (connection.type !== 'postgres') {
        throw new StepError(
          'CONNECTION_TYPE',
          `The connection "${connection.name}" is not one to a database. Choose one of the type PostgreSQL.`,
        );
      }
      const secret = await postgresSecret(vault, connection);
      if (!secret) {
        throw new StepError(
          'CONNECTION_UNBOUND',
          `The connection "${connection.name}" has no secret yet. Enter it under the project's connections.`,
        );
      }
      // A password that is also a name would blank that name everywhere.
      const { host, user, database, password } = secret;
      if (![host, user, database].includes(password)) mask.add(password);
      const answer = await postgres
        .query({ ...secret, id: connection.id }, query, signal)
        .then(mask.value.bind(mask), (error: unknown) => {
          throw mask.error(error);
        });
      const excess = jsonExcess(answer.rows, VALUE_LIMITS);
      if (excess) throw new StepError('SQL_TYPE', `A value that was read ${excess}.`);
      return answer;
    },
  };
}
