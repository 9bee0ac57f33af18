import { type ChildProcess, spawn } from 'node:child_process';
import type { Server } from 'node:http';
import { createInterface } from 'node:readline';

/** For server processes of the bench: listens on a free port and prints where. */
export function listenAndTell(server: Server, address: () => string): void {
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${address()}\n`));
}

export interface Contender {
  name: string;
  url: string;
  headers: Record<string, string>;
  pid: number;
  /** ms from spawning to the line with its address. */
  startedMs: number;
  stop(): Promise<void>;
}

/** Starts a server process and waits until it prints an address. */
export function startContender(
  name: string,
  command: string[],
  options: { env?: Record<string, string>; headers?: Record<string, string>; path?: string } = {},
): Promise<Contender> {
  const began = performance.now();
  const child: ChildProcess = spawn(process.execPath, command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', ...options.env },
  });
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`${name} ended with ${code}:\n${said.join('\n')}`)));
    const look = (line: string) => {
      said.push(line);
      const address = /(http:\/\/[^\s"/]+)(\/[^\s"]*)?/.exec(line);
      if (!address) return;
      const url = options.path === undefined ? address[0] : address[1] + options.path;
      resolve({
        name,
        url,
        headers: options.headers ?? {},
        pid: child.pid!,
        startedMs: performance.now() - began,
        stop: () => stop(child),
      });
    };
    for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on('line', look);
  });
}

function stop(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit');
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  return ended.finally(() => clearTimeout(timer));
}
