import { existsSync } from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EncryptionKeyError } from '#lib/auth/master-keys.ts';
import { repository } from '#lib/db/repository.ts';
import { type App, createApp } from './app.ts';
import { type Finding, failed, type Hop, hop, ok, skipped, warning } from './connection-check/hop.ts';
import { type OwnServer, ownServer } from './connection-check/own-server.ts';
import { lookAtAddress, lookAtServer } from './connection-check/public-address.ts';
import { opensSecret } from './connection-secret.ts';
import type { Env } from './env.ts';

/** Free bytes under which a data folder is running full. */
const LITTLE_SPACE = 512 * 1024 * 1024;
/** ms that clocks may be apart before signed webhooks and sign-ins are refused. */
const MOST_SKEW_MS = 60_000;
const LONGEST_MS = 60_000;

/**
 * Looks at what a Patchbay stands on: data folder, key, database, secrets, sandbox, public address, clock. `use` gets
 * the app where the database opened, and may add to the list.
 */
export async function checkInstallation(env: Env, use: (app: App) => Promise<Hop[]>): Promise<Hop[]> {
  const hops = [
    await hop('folder', 'Data folder', () => lookAtFolder(env)),
    await hop('key', 'Encryption key', () => lookAtKey(env)),
  ];
  let app: App | null = null;
  hops.push(
    await hop('database', 'Database', async () => {
      try {
        app = await createApp({ ...env, logLevel: 'silent' });
        return ok(`${app.db.version}, up to date`);
      } catch (error) {
        if (error instanceof EncryptionKeyError)
          return failed('It is sealed with another key.', error.message);
        return failed(
          `It does not open: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
          'Look whether DATABASE_URL names the right server and database, whether it runs, and whether this user may use it.',
        );
      }
    }),
  );
  const server = ownServer(env.publicUrl, AbortSignal.timeout(LONGEST_MS));
  try {
    if (app) hops.push(...(await lookInside(app)));
    hops.push(await hop('address', 'PUBLIC_URL', () => lookAtAddress(env.publicUrl)));
    hops.push(await hop('reach', 'The server answers there', () => lookAtServer(server)));
    hops.push(await hop('clock', 'Clock', () => lookAtClock(server, hops.at(-1)?.status === 'ok')));
    if (app) hops.push(...(await use(app)));
    return hops;
  } finally {
    await server.close();
    await (app as App | null)?.close();
  }
}

async function lookAtFolder({ dataDir }: Env): Promise<Finding> {
  const file = join(dataDir, `.doctor-${process.pid}`);
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(file, 'x', { flush: true });
    await rm(file);
  } catch (error) {
    return failed(
      `${dataDir} cannot be written to (${(error as NodeJS.ErrnoException).code}).`,
      'Give it to the user that runs Patchbay, make room on the disk, or set DATA_DIR to another folder.',
    );
  }
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const seen = `${dataDir}, ${(free / 1024 ** 3).toFixed(1)} GB free`;
  if (free < LITTLE_SPACE) return warning(seen, 'Make room: without it nothing can be stored.');
  return ok(seen);
}

async function lookAtKey({ encryptionKey, dataDir }: Env): Promise<Finding> {
  if (encryptionKey !== null) return ok('From ENCRYPTION_KEY');
  const path = join(dataDir, 'encryption.key');
  if (!existsSync(path)) return ok(`${path} is made together with a new database.`);
  return ok(`From ${path}. Keep a copy in another place: backups do not hold it.`);
}

async function lookInside(app: App): Promise<Hop[]> {
  return [
    await hop('secrets', 'Stored credentials', async () => {
      const all = await repository(app.db, { type: 'system' }).connections.allSealed();
      const opened = await Promise.all(all.map((connection) => opensSecret(app.vault, connection)));
      const shut = all.filter((_, index) => !opened[index]);
      if (all.length === 0) return skipped('There are none.');
      if (shut.length === 0) return ok(`${all.length} open with the encryption key.`);
      return failed(
        `${shut.length} of ${all.length} do not open: ${shut
          .slice(0, 5)
          .map(({ name }) => name)
          .join(', ')}.`,
        'Set the encryption key they were stored under, or enter their secrets again.',
      );
    }),
    await hop('sandbox', 'Sandbox', () => lookAtSandbox(app)),
  ];
}

async function lookAtSandbox(app: App): Promise<Finding> {
  try {
    await app.sandbox.run(
      {
        source: 'return 1;',
        input: null,
        steps: {},
        env: {},
        timeoutMs: 10_000,
        onLog: () => {},
        http: () => Promise.reject(new Error('The check sends nothing.')),
        projectId: 'doctor',
        versionKey: null,
      },
      AbortSignal.timeout(30_000),
    );
  } catch (error) {
    return failed(
      `Code cannot run: ${error instanceof Error ? error.message : String(error)}`,
      'JavaScript steps will fail. Look at the log of the server at start, and at docs/sandbox.md.',
    );
  }
  const { level, layers } = app.sandbox.level();
  const seen = `Level ${level} of 3: ${layers.join(', ')}`;
  if (level >= 2) return ok(seen);
  return warning(
    seen,
    'Code runs, with fewer walls around it than there could be. Install bubblewrap and allow user namespaces before strangers write workflows.',
  );
}

/** The clock of whoever answers at the public address; a proxy has one of its own, which is as good. */
async function lookAtClock(server: OwnServer, reachable: boolean): Promise<Finding> {
  if (!reachable) return skipped('There is no answer to compare with.');
  const { headers } = await server.ask({ method: 'GET', path: '/health' });
  const theirs = Date.parse(headers['date'] ?? '');
  if (Number.isNaN(theirs)) return skipped('The answer has no date.');
  const apart = Math.abs(Date.now() - theirs);
  if (apart < MOST_SKEW_MS) return ok(new Date().toISOString());
  return warning(
    `This machine and the one that answers are ${Math.round(apart / 1000)} s apart.`,
    'Set the clocks by NTP: signed webhooks, leases and expiry depend on them.',
  );
}
