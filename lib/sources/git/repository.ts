import * as z from 'zod';
import type { EgressStream } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import { MOST_DOCUMENT_BYTES } from '#lib/workflow/document-formats.ts';
import { opened } from '../fetching.ts';
import type { SourceRun } from '../source-kind.ts';
import { startGitProcess } from './git-process.ts';
import type { FromProcess, GitFile, GitTask } from './messages.ts';

/** Of a pack, as it comes. */
export const MOST_PACK_BYTES = 200 * 1024 * 1024;
/** ms of a whole answer. */
export const LONGEST_MS = 15 * 60_000;

type Request = Extract<FromProcess, { type: 'request' }>;

const filesSchema = z.array(
  z.strictObject({ path: z.string().min(1).max(5000), oid: z.string().regex(/^[0-9a-f]{40,64}$/) }),
);

/** A repository whose newest commit a process holds until `close`. */
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
export async function openRepository(run: SourceRun, task: GitTask): Promise<OpenRepository> {
  const git = await startGitProcess();
  const bodies = new Map<number, AsyncIterator<Uint8Array>>();
  const reads = new Map<number, { resolve(data: Uint8Array): void; reject(error: unknown): void }>();
  const listing = Promise.withResolvers<Pick<OpenRepository, 'commit' | 'branch' | 'files'>>();
  let counter = 0;
  /** Why nothing more comes. */
  let end: unknown = null;
  /** What the outside said, where that is why the process failed. */
  let outside: unknown = null;

  function fail(error: unknown): void {
    end ??= error;
    listing.reject(end);
    for (const { reject } of reads.values()) reject(end);
    reads.clear();
  }

  async function fetchFor(request: Request, body: Buffer): Promise<void> {
    const answer = await ask(run, request, body);
    bodies.set(request.id, answer.body[Symbol.asyncIterator]());
    const { status, statusText, headers } = answer;
    git.say({ type: 'answer', id: request.id, status, statusText, headers });
  }

  async function more(id: number): Promise<void> {
    const next = await bodies.get(id)?.next();
    const last = !next || next.done === true;
    if (last) bodies.delete(id);
    git.say({ type: 'piece', id, last }, last ? undefined : next.value);
  }

  git.events = {
    take(message, body) {
      switch (message.type) {
        case 'request':
        case 'more':
          (message.type === 'request' ? fetchFor(message, body) : more(message.id)).catch(
            (error: unknown) => {
              outside ??= error;
              git.say({ type: 'broken', id: message.id, words: 'It could not be fetched.' });
            },
          );
          break;
        case 'listed': {
          const { commit, branch, isKnown } = message;
          listing.resolve({
            commit,
            branch,
            files: isKnown ? null : filesSchema.parse(JSON.parse(body.toString())),
          });
          break;
        }
        case 'file':
          // A copy: the frame goes on.
          reads.get(message.id)?.resolve(Uint8Array.from(body));
          reads.delete(message.id);
          break;
        case 'failed': {
          const error = outside ?? new StepError('SOURCE_GIT', message.words);
          if (message.id === null) return fail(error);
          reads.get(message.id)?.reject(error);
          reads.delete(message.id);
        }
      }
    },
    gone: fail,
  };
  const stop = () => fail(run.signal.reason);
  run.signal.addEventListener('abort', stop, { once: true });

  async function close(): Promise<void> {
    run.signal.removeEventListener('abort', stop);
    await git.stop();
    for (const body of bodies.values()) await body.return?.().catch(() => {});
  }

  try {
    run.signal.throwIfAborted();
    git.say({ type: 'begin', task });
    return {
      ...(await listing.promise),
      close,
      read({ oid }) {
        if (end !== null) return Promise.reject(end);
        const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
        const id = ++counter;
        reads.set(id, { resolve, reject });
        git.say({ type: 'read', id, oid, most: MOST_DOCUMENT_BYTES });
        return promise;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One exchange of Git's own protocol. A repository that has moved is followed as far as Git does it: at its first word. */
async function ask(run: SourceRun, { url, method, headers }: Request, body: Buffer): Promise<EgressStream> {
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
