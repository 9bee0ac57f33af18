import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findAddon } from './addon.ts';
import { type SandboxLimits, workerLimits } from './limits.ts';
import { seccompProgram } from './seccomp.ts';

const workers = join(import.meta.dirname, '..', '..', 'workers');
/** The program of a sandbox process: its entry, and what that reads. */
const PROGRAM = ['sandbox.cjs', 'sandbox-isolates.cjs', 'sandbox-guest.js'].map((name) =>
  join(workers, name),
);

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

/** What this machine offers, by the look of it: whether it works is seen when the first process starts. */
export function offeredWalls(): Walls {
  const linux = process.platform === 'linux';
  const namespaces = linux && tool('bwrap') !== null;
  return {
    rlimits: linux && tool('prlimit') !== null,
    namespaces,
    seccomp: namespaces && seccompProgram(process.arch) !== null,
    nobody: namespaces && process.getuid?.() === 0,
    permissions: true,
  };
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

export interface LaunchOptions {
  jit: boolean;
  limits: SandboxLimits;
  /** Another program instead of the sandbox's, to see what the walls hold. The first file is run. */
  program?: string[];
}

/** Starts a sandbox process inside these walls. Its first frame says that it is ready. */
export function launch(walls: Walls, options: LaunchOptions): ChildProcess {
  const addon = findAddon();
  const { program = PROGRAM } = options;
  // Inside the namespace its own files have a folder of their own, so that their place outside is not told.
  const inside = (file: string, name: string) => (walls.namespaces ? `/sandbox/${name}` : file);
  const files = [
    { file: process.execPath, name: 'node' },
    { file: addon, name: 'isolated-vm.node' },
    ...program.map((file) => ({ file, name: basename(file) })),
  ];
  const readable = program.map((file) => inside(file, basename(file)));
  const node = [
    inside(process.execPath, 'node'),
    ...nodeFlags(options.jit),
    ...(walls.permissions
      ? ['--permission', '--allow-addons', ...readable.map((file) => `--allow-fs-read=${file}`)]
      : []),
    readable[0]!,
    inside(addon, 'isolated-vm.node'),
    workerLimits(options.limits),
  ];
  const command = [
    ...(walls.rlimits ? rlimits(options) : []),
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

const NOBODY = 65534;

function nodeFlags(jit: boolean): string[] {
  return [
    // No compiled code: no bugs of the compilers, no memory that can be written and executed, no WebAssembly.
    ...(jit ? [] : ['--jitless']),
    // Copying one out of an isolate aborts the process.
    '--no-js-float16array',
    '--max-old-space-size=64',
    '--max-semi-space-size=1',
    '--stack-size=700',
    // isolated-vm needs it off.
    '--no-node-snapshot',
    // Fewer helper threads: isolates bring their own.
    '--v8-pool-size=1',
    '--disable-warning=SecurityWarning',
  ];
}

function rlimits({ jit, limits }: LaunchOptions): string[] {
  const { processCpuSeconds, processMb } = limits;
  return [
    tool('prlimit')!,
    '--core=0',
    '--fsize=0',
    '--nofile=64',
    `--cpu=${processCpuSeconds}`,
    // Compiled code reserves far more address space than it uses, so these would say nothing.
    ...(jit ? [] : [`--as=${3072 * MB}`, `--data=${(processMb + 400) * MB}`]),
    '--',
  ];
}

const MB = 1024 * 1024;

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
