import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from './postgres.ts';

/** An empty database of the test's own. */
export interface EmptyDatabase {
  url: string;
  remove(): Promise<void>;
}

/** The databases that every contract of lib/db holds on: `describe.each(DATABASES)`. */
export const DATABASES: { name: string; create(): Promise<EmptyDatabase> }[] = [
  {
    name: 'SQLite',
    async create() {
      const folder = mkdtempSync(join(tmpdir(), 'patchbay-db-'));
      return {
        url: `file:${join(folder, 'patchbay.db')}`,
        async remove() {
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  },
  {
    name: 'PostgreSQL',
    async create() {
      const { url, stop } = await startPostgres();
      return { url, remove: stop };
    },
  },
];
