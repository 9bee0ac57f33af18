import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PASSWORD } from './server.ts';

const root = join(import.meta.dirname, '../..');
const entry = (name: string) => join(root, 'workers', name);

export interface ServerProcess {
  url: string;
  /** All it printed so far. */
  output(): string;
  /** Sends a signal; resolves with the exit code, or null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Sends a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

/**
 * `workers/server.ts` in a process of its own, with a first owner; on a free port, unless `PORT` is given. It stops
 * without the delay that load balancers need, unless that is given.
 */
export async function spawnServer(env: Record<string, string>): Promise<ServerProcess> {
  const child: ChildProcess = spawn(process.execPath, [entry('server.ts')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: '0',
      ROLE: 'runtime',
      LOG_LEVEL: 'error',
      STOP_DELAY_SECONDS: '0',
      PATCHBAY_ADMIN_EMAIL: 'ada@example.com',
      PATCHBAY_ADMIN_PASSWORD: PASSWORD,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const port = await new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      const match = /Patchbay is at http:\/\/[a-z0-9.]+:(\d+)/.exec(output);
      // The address it tells is that of `PUBLIC_URL`.
      if (match) resolve(env['PORT'] ?? match[1]!);
    };
    child.stdout!.on('data', take);
    child.stderr!.on('data', take);
    ended.then(() => reject(new Error(`The server ended:\n${output}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      child.kill(signal);
      return (await ended)[0];
    },
  };
}

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** `workers/cli.ts` with these arguments. */
export function runCommand(args: string[], env: Record<string, string>): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = {
      cwd: root,
      env: { PATH: process.env['PATH'], NODE_ENV: 'production' as const, ...env },
    };
    execFile(process.execPath, [entry('cli.ts'), ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
