import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { seccompProgram } from './seccomp.ts';

/** Which walls to put around a process. Each needs the ones before it in this list: seccomp is loaded by bubblewrap. */
export interface Walls {
  rlimits: boolean;
  namespaces: boolean;
  seccomp: boolean;
  /** Runs as `nobody`: only where the server itself is root, and with namespaces. */
  nobody: boolean;
  /** Node's permission model. */
  permissions: boolean;
}

/**
 * What this machine offers, by the look of it: whether it works is seen when the first process starts. `without` are
 * walls to leave out.
 */
export function offeredWalls(without: readonly (keyof Walls)[] = []): Walls {
  const linux = process.platform === 'linux';
  const namespaces = linux && tool('bwrap') !== null && !without.includes('namespaces');
  const walls = {
    rlimits: linux && tool('prlimit') !== null,
    namespaces,
    seccomp: namespaces && seccompProgram(process.arch) !== null,
    nobody: namespaces && process.getuid?.() === 0,
    permissions: true,
  };
  for (const wall of without) walls[wall] = false;
  return walls;
}

/** Weaker and weaker sets of walls to try, the strongest first. */
export function fallbacks(offered: Walls): Walls[] {
  const steps: Partial<Walls>[] = [
    {},
    { nobody: false },
    { seccomp: false },
    { namespaces: false },
    { rlimits: false },
    { permissions: false },
  ];
  let walls = offered;
  const sets: Walls[] = [];
  for (const step of steps) {
    const next = { ...walls, ...step };
    if (sets.length === 0 || JSON.stringify(next) !== JSON.stringify(walls)) sets.push(next);
    walls = next;
  }
  return sets;
}

/** A program of Node to start inside of walls. */
export interface Program {
  /** What it may read beside Node, as files or whole folders. `name` is the path inside the namespace. The first is run. */
  readable: { file: string; name: string }[];
  /** A compiled addon that it loads, by its path outside; it is told the one inside as its first argument. */
  addon?: string;
  /** For Node. */
  flags: string[];
  args: string[];
  /** For `prlimit`, beside those of all: no core dumps, no writing, 64 open files. */
  rlimits: string[];
}

/** Starts a program inside these walls: without environment, with pipes for its input, output and errors. */
export function launch(walls: Walls, program: Program): ChildProcess {
  // Inside the namespace its own files have a folder of their own, so that their place outside is not told.
  const inside = (file: string, name: string) => (walls.namespaces ? `/sandbox/${name}` : file);
  const files = [{ file: process.execPath, name: 'node' }, ...program.readable];
  if (program.addon !== undefined) files.push({ file: program.addon, name: ADDON });
  const readable = program.readable.map(({ file, name }) => inside(file, name));
  const node = [
    inside(process.execPath, 'node'),
    ...program.flags,
    ...(walls.permissions ? permissions(program, readable) : []),
    readable[0]!,
    ...(program.addon === undefined ? [] : [inside(program.addon, ADDON)]),
    ...program.args,
  ];
  const command = [
    ...(walls.rlimits ? rlimits(program) : []),
    ...(walls.namespaces ? namespaces(files, walls) : []),
    ...node,
  ];
  const child = spawn(command[0]!, command.slice(1), {
    env: {} as NodeJS.ProcessEnv,
    cwd: '/',
    windowsHide: true,
    stdio: walls.seccomp ? ['pipe', 'pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe'],
    ...(walls.nobody ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  if (walls.seccomp) {
    const pipe = child.stdio[3] as NodeJS.WritableStream;
    // bubblewrap may be gone before it has read; its end is reported elsewhere.
    pipe.on('error', () => {});
    pipe.end(seccompProgram(process.arch)!);
  }
  return child;
}

const ADDON = 'addon.node';
const NOBODY = 65534;

function permissions({ addon }: Program, readable: readonly string[]): string[] {
  return [
    '--permission',
    ...(addon === undefined ? [] : ['--allow-addons']),
    ...readable.map((file) => `--allow-fs-read=${file}`),
  ];
}

function rlimits(program: Program): string[] {
  return [tool('prlimit')!, '--core=0', '--fsize=0', '--nofile=64', ...program.rlimits, '--'];
}

function namespaces(files: { file: string; name: string }[], walls: Walls): string[] {
  return [
    tool('bwrap')!,
    '--unshare-all',
    '--unshare-user',
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    '--clearenv',
    '--uid',
    `${NOBODY}`,
    '--gid',
    `${NOBODY}`,
    ...['/lib', '/lib64', '/usr/lib', '/usr/lib64'].flatMap((folder) => ['--ro-bind-try', folder, folder]),
    ...files.flatMap(({ file, name }) => ['--ro-bind', file, `/sandbox/${name}`]),
    '--remount-ro',
    '/',
    '--chdir',
    '/sandbox',
    ...(walls.seccomp ? ['--seccomp', '3'] : []),
    '--',
  ];
}

const found = new Map<string, string | null>();

/** Path of a program, or null. Looked up by hand: the process is started without PATH. */
function tool(name: string): string | null {
  let path = found.get(name);
  if (path === undefined) {
    const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/bin', '/usr/local/bin'];
    path =
      folders.map((folder) => join(folder, name)).find((file) => file.startsWith('/') && existsSync(file)) ??
      null;
    found.set(name, path);
  }
  return path;
}

/**
 * The pid of the Node process itself: bubblewrap stands before it twice. Null where /proc does not tell.
 */
export function innermostPid(pid: number): number | null {
  let current = pid;
  for (let depth = 0; depth < 4; depth += 1) {
    const children = read(`/proc/${current}/task/${current}/children`)?.trim();
    if (children === undefined) return null;
    if (children === '') return current;
    current = Number(children.split(' ')[0]);
  }
  return null;
}

/** The walls that stand around a running process, as the kernel reports them from outside. */
export function standingWalls(pid: number, walls: Walls): Walls {
  if (process.platform !== 'linux') return walls;
  const status = read(`/proc/${pid}/status`) ?? '';
  const limits = read(`/proc/${pid}/limits`) ?? '';
  return {
    rlimits: walls.rlimits && /^Max file size\s+0\s/m.test(limits) && /^Max open files\s+64\s/m.test(limits),
    namespaces: walls.namespaces && ['net', 'pid', 'mnt', 'user'].every((kind) => apart(pid, kind)),
    seccomp: walls.seccomp && /^Seccomp:\s+2$/m.test(status),
    nobody: walls.nobody && new RegExp(`^Uid:\\s+${NOBODY}\\s`, 'm').test(status),
    permissions: walls.permissions,
  };
}

function apart(pid: number, kind: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`) !== readlinkSync(`/proc/self/ns/${kind}`);
  } catch {
    return false;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
