import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EgressStream } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import { opened } from '../fetching.ts';
import type { SourceRun } from '../source-kind.ts';
import type { FromThread, GitFile, GitTask, ToThread } from './messages.ts';

const MiB = 1024 * 1024;

/** Of a pack, as it comes. */
export const MOST_PACK_BYTES = 200 * MiB;
/** ms of a whole answer. */
export const LONGEST_MS = 15 * 60_000;
const MEMORY_MB = 512;

/** A repository whose newest commit lies in a folder of the server's until `close`. */
export interface OpenRepository {
  commit: string;
  branch: string;
  /** Null when the commit is the one that is known. */
  files: GitFile[] | null;
  /** What is in a file. Throws StepError. */
  read(file: GitFile): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Fetches the newest commit of a branch, without history. Throws StepError that says why it cannot be had. */
export async function openRepository(run: SourceRun, task: Omit<GitTask, 'folder'>): Promise<OpenRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-git-'));
  const worker = new Worker(new URL('./git-thread.ts', import.meta.url), {
    workerData: { ...task, folder } satisfies GitTask,
    // No variables of ours, no flags of ours: it reads what a stranger packed.
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const say = (message: ToThread) => worker.postMessage(message);
  const bodies = new Map<number, AsyncIterator<Uint8Array>>();
  const reads = new Map<number, { resolve(data: Uint8Array): void; reject(error: Error): void }>();
  let counter = 0;
  let hasEnded = false;
  /** What the outside said, where that is why the thread failed. */
  let outside: unknown = null;
  let listed: (message: Extract<FromThread, { type: 'listed' }>) => void;
  let broken: (error: unknown) => void;
  const listing = new Promise<Extract<FromThread, { type: 'listed' }>>((resolve, reject) => {
    listed = resolve;
    broken = reject;
  });

  function fail(error: unknown): void {
    broken(error);
    for (const { reject } of reads.values()) reject(error as Error);
    reads.clear();
  }

  async function fetch({ id, url, method, headers, body }: Extract<FromThread, { type: 'request' }>) {
    const answer = await ask(run, { url, method, headers, body });
    bodies.set(id, answer.body[Symbol.asyncIterator]());
    const { status, statusText } = answer;
    say({ type: 'answer', id, status, statusText, headers: answer.headers });
  }

  async function more(id: number): Promise<void> {
    const next = await bodies.get(id)?.next();
    if (!next || next.done) bodies.delete(id);
    say({ type: 'piece', id, data: next && !next.done ? next.value : null });
  }

  worker.on('message', (message: FromThread) => {
    switch (message.type) {
      case 'request':
      case 'more':
        (message.type === 'request' ? fetch(message) : more(message.id)).catch((error: unknown) => {
          outside ??= error;
          if (!hasEnded) say({ type: 'broken', id: message.id, words: String(error) });
        });
        break;
      case 'listed':
        listed(message);
        break;
      case 'file':
        reads.get(message.id)?.resolve(message.data);
        reads.delete(message.id);
        break;
      case 'failed': {
        const error = outside ?? new StepError('SOURCE_GIT', message.words);
        if (message.id === null) fail(error);
        else reads.get(message.id)?.reject(error as Error);
      }
    }
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    fail(memory ? new StepError('SOURCE_GIT', 'The repository takes too much memory to read.') : error);
  });
  worker.on('exit', () => fail(new StepError('SOURCE_GIT', 'The repository could not be read to its end.')));
  const stop = () => fail(run.signal.reason);
  run.signal.addEventListener('abort', stop, { once: true });

  async function close(): Promise<void> {
    hasEnded = true;
    run.signal.removeEventListener('abort', stop);
    await worker.terminate();
    for (const body of bodies.values()) await body.return?.().catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }

  try {
    run.signal.throwIfAborted();
    const { commit, branch, files } = await listing;
    return {
      ...{ commit, branch, files, close },
      read: ({ oid }) =>
        new Promise((resolve, reject) => {
          const id = ++counter;
          reads.set(id, { resolve, reject });
          say({ type: 'read', id, oid });
        }),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One exchange of Git's own protocol. A repository that has moved is followed as far as Git does it: at its first word. */
async function ask(
  run: SourceRun,
  {
    url,
    method,
    headers,
    body,
  }: Pick<Extract<FromThread, { type: 'request' }>, 'url' | 'method' | 'headers' | 'body'>,
): Promise<EgressStream> {
  const { headers: credential } = await run.credential(url);
  return opened(run, {
    method,
    url,
    headers: { ...headers, 'user-agent': 'git/2 (Patchbay)' },
    ...(method === 'POST' && { body }),
    sensitiveHeaders: asBasic(credential),
    maxBytes: MOST_PACK_BYTES,
    timeoutMs: LONGEST_MS,
    followRedirects: method === 'GET',
  });
}

/** Git hosts take a token as the password of somebody whose name does not matter. */
function asBasic(credential: Record<string, string>): Record<string, string> {
  const [, token] = /^Bearer (.+)$/.exec(credential['authorization'] ?? '') ?? [];
  if (token === undefined) return credential;
  const pair = Buffer.from(`x-access-token:${token}`).toString('base64');
  return { ...credential, authorization: `Basic ${pair}` };
}
