import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export interface SystemView {
  version: string;
  database: 'sqlite' | 'postgresql';
  sandbox: { level: number; layers: string[] };
  /** For those who run it; null for whoever is neither owner nor admin. */
  operation: {
    publicUrl: string;
    /** `SQLite 3.50.4` */
    databaseVersion: string;
    /** Where the key that seals secrets comes from: ENCRYPTION_KEY, or the file beside the data. */
    encryptionKey: 'environment' | 'file';
    /** Addresses inside the network that requests may reach, beside the public ones. */
    egressAllow: string[];
    storage: { databaseBytes: number; documentBytes: number; freeBytes: number };
  } | null;
}

/** What runs here, and which layers hold user code. */
export async function readSystem(app: App, principal: Principal): Promise<SystemView> {
  const { level, layers } = app.sandbox.level();
  return {
    version,
    database: app.db.version.startsWith('SQLite') ? 'sqlite' : 'postgresql',
    sandbox: { level, layers },
    operation: runsIt(principal) ? await operationOf(app) : null,
  };
}

function runsIt(principal: Principal): boolean {
  return principal.type === 'user' && (principal.role === 'owner' || principal.role === 'admin');
}

async function operationOf({ db, env }: App): Promise<SystemView['operation']> {
  const [stored, { bavail, bsize }] = await Promise.all([
    repository(db, { type: 'system' }).usage.storage(),
    statfs(env.dataDir),
  ]);
  return {
    publicUrl: env.publicUrl,
    databaseVersion: db.version,
    encryptionKey: env.encryptionKey === null ? 'file' : 'environment',
    egressAllow: env.egressAllow,
    storage: { ...stored, freeBytes: bavail * bsize },
  };
}
