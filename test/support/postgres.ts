import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL database of the caller's own. */
export interface PostgresForTest {
  url: string;
  /** Drops the database. The server stays for whoever comes next in this process, and ends with it. */
  stop(): Promise<void>;
}

/** With which address databases are made on the server of this process. */
let server: Promise<string> | null = null;
let names = 0;

/**
 * An empty PostgreSQL database: on the server `TEST_DATABASE_URL` names, else on a scratch server that this
 * process starts from the system's binaries and shares among its tests. Throws, with what to do, where there
 * are neither: a test that needs PostgreSQL is never skipped.
 */
export async function startPostgres(): Promise<PostgresForTest> {
  const given = process.env['TEST_DATABASE_URL'];
  server ??= given ? Promise.resolve(given) : startServer();
  const adminUrl = await server;
  names += 1;
  const name = `patchbay_test_${process.pid}_${names}_${Math.random().toString(36).slice(2, 8)}`;
  await administer(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    stop: () => administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function administer(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function startServer(): Promise<string> {
  const bin = binaries();
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-postgres-'));
  const user = unprivilegedUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'patchbay', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );

  const port = await freePort();
  const settings = ['fsync=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1', `port=${port}`];
  const child = spawnTied(
    join(bin, 'postgres'),
    ['-D', data, '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
    user,
    folder,
  );
  const adminUrl = `postgres://patchbay@127.0.0.1:${port}/postgres`;
  await ready(adminUrl, child);
  child.unref();
  return adminUrl;
}

/** Runs a program until its shell is told to end, and removes the folder then. */
const UNTIL_TOLD = `
folder=$1; shift
"$@" & server=$!
trap 'kill -QUIT $server; wait $server; rm -rf "$folder"; exit' TERM INT
wait $server
rm -rf "$folder"
`;

/**
 * Starts the server so that it ends with this process, and its folder is removed: on Linux however the process ends,
 * elsewhere unless it is killed.
 */
function spawnTied(
  command: string,
  args: string[],
  user: { uid: number; gid: number } | null,
  folder: string,
): ChildProcess {
  const options = { cwd: '/', stdio: 'ignore' } as const;
  if (process.platform === 'linux' && existsSync('/usr/bin/setpriv')) {
    const as = user
      ? ['/usr/bin/setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
      : [];
    const shell = ['sh', '-c', UNTIL_TOLD, 'sh', folder, ...as, command, ...args];
    return spawn('/usr/bin/setpriv', ['--pdeathsig=TERM', ...shell], options);
  }
  const child = spawn(command, args, { ...options, ...(user ?? {}) });
  process.once('exit', () => {
    child.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  });
  return child;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with code ${child.exitCode} at its start`);
    try {
      await administer(url, 'SELECT 1');
      return;
    } catch {
      await sleep(50);
    }
  }
}

/** The folder of initdb and postgres; installs Debian's package when there is none and this is root. */
function binaries(): string {
  const found = findBinaries();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const quiet = { stdio: 'ignore' } as const;
    try {
      execFileSync('apt-get', ['update'], quiet);
      execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], quiet);
    } catch {
      // The message below says what to do.
    }
    const installed = findBinaries();
    if (installed) return installed;
  }
  throw new Error(
    'These tests need PostgreSQL 15 or newer. Install its server (Debian: apt-get install postgresql; ' +
      'macOS: brew install postgresql@17), or set TEST_DATABASE_URL to a server where databases may be made, ' +
      'for example postgres://postgres:secret@127.0.0.1:5432/postgres',
  );
}

function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...['/opt/homebrew/opt', '/usr/local/opt'].flatMap((brew) =>
      existsSync(brew)
        ? readdirSync(brew)
            .filter((name) => name.startsWith('postgresql'))
            .map((name) => join(brew, name, 'bin'))
        : [],
    ),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** PostgreSQL refuses to run as root. Null when we are not. */
function unprivilegedUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // Try the next one.
    }
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a user "postgres" nor "nobody".');
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
