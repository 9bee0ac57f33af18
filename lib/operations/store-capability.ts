import { AppError, type AppErrorCode } from '#lib/db/app-error.ts';
import type { Database } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import type { StoreCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';

/** What the author or the caller can mend, by what the database says. */
const CODES: Partial<Record<AppErrorCode, string>> = {
  bad_request: 'BAD_KEY',
  too_large: 'TOO_LARGE',
  too_many: 'STORE_FULL',
  conflict: 'NOT_A_NUMBER',
};

/** The store of one project. */
export function storeFor(
  db: Database,
  { organizationId, projectId }: { organizationId: string; projectId: string },
): StoreCapability {
  const open = () => repository(db, { type: 'public', organizationId, projectId }).store;
  return {
    get: async (key) => (await told(open().get(projectId, key)))?.value ?? null,
    set: (key, value, ttlMs) => told(open().set(projectId, key, value, ttlMs)),
    remove: (key) => told(open().remove(projectId, key)),
    increment: (key, by, ttlMs) => told(open().increment(projectId, key, by, ttlMs)),
    list: (prefix, limit) => told(open().list(projectId, prefix, limit)),
  };
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof AppError ? CODES[error.code] : undefined;
    if (code === undefined) throw error;
    throw new StepError(code, (error as AppError).message, { cause: error });
  }
}
