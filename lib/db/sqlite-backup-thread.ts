import { workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';
import type { Copy } from './sqlite-backup.ts';

/** The thread that `copySqlite` starts: one copy, and it ends. */
const { from, to } = workerData as Copy;
const source = new BetterSqlite3(from, { readonly: true });
source.prepare('VACUUM INTO ?').run(to);
source.close();
