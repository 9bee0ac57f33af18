import { readFileSync } from 'node:fs';
import type { App } from './app.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export interface SystemView {
  version: string;
  database: 'sqlite' | 'postgresql';
  sandbox: { level: number; layers: string[] };
}

/** What runs here, and which layers hold user code. */
export function readSystem(app: App): SystemView {
  const { level, layers } = app.sandbox.level();
  return {
    version,
    database: app.db.version.startsWith('SQLite') ? 'sqlite' : 'postgresql',
    sandbox: { level, layers },
  };
}
