import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { sourceKind } from '#lib/sources/kinds.ts';
import type { SourceKind } from '#lib/sources/source-kind.ts';
import { ExpressionError } from '#lib/workflow/expression-error.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';

/** The config of a source, complete. Throws `bad_request` that names what is wrong with it. */
export function checkSourceConfig(kindName: string, config: unknown): JsonObject {
  const kind = kindOf(kindName);
  const parsed = kind.config.safeParse(config);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = ['config', ...(issue?.path ?? [])].map(String).join('.');
    throw new AppError('bad_request', `${field}: ${issue?.message ?? 'is wrong'}.`);
  }
  try {
    kind.check?.(parsed.data);
  } catch (error) {
    if (error instanceof ExpressionError) throw new AppError('bad_request', `config: ${error.message}`);
    throw error;
  }
  return parsed.data;
}

/** Throws `not_found` for a connection of another project, `bad_request` for one of a type that it cannot be read with. */
export async function checkSourceConnection(
  app: App,
  principal: Principal,
  { projectId, kind: kindName, id }: { projectId: string; kind: string; id: string | null },
): Promise<void> {
  if (id === null) return;
  const connection = await repository(app.db, principal).connections.get(projectId, id);
  if (!connection) throw new AppError('not_found', 'There is no such connection.');
  const { types, words } = kindOf(kindName).connection;
  if (!types.includes(connection.type)) {
    throw new AppError(
      'bad_request',
      `connection: "${connection.name}" is of the type ${connection.type}; this source takes ${words}.`,
    );
  }
  if (connection.perCaller) {
    throw new AppError(
      'bad_request',
      `connection: "${connection.name}" uses an account of each caller, and a source is read when nobody calls. Choose one with an account of the project.`,
    );
  }
}

function kindOf(name: string): SourceKind<JsonObject> {
  const kind = sourceKind(name);
  if (!kind) throw new AppError('bad_request', `kind: there is no source of the kind "${name}".`);
  return kind;
}
