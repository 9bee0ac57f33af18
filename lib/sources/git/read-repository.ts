import git, { type GitHttpRequest, type GitHttpResponse } from 'isomorphic-git';
import { memoryFiles } from './memory-files.ts';
import type { FromProcess, GitFile, GitTask, ToProcess } from './messages.ts';

/** Files of a commit that are looked through at most. */
const MOST_ENTRIES = 200_000;
const MOST_DEPTH = 50;
const gitdir = '/repository';

/**
 * What the process that reads a repository does: fetches the newest commit, lists its files, and hands them out. It
 * reaches nothing: what it asks of the outside the server fetches for it. Files are never checked out; their names stay
 * names. Returns what takes the server's messages, bodies beside them.
 */
export function repositoryReading(
  say: (message: FromProcess, body?: Uint8Array) => void,
): (message: ToProcess, body: Buffer) => void {
  const fs = memoryFiles();
  const cache = {};
  let counter = 0;
  const answers = new Map<
    number,
    { resolve(answer: { message: ToProcess; body: Buffer }): void; reject(error: Error): void }
  >();

  function asked(message: FromProcess & { id: number }, body?: Uint8Array) {
    return new Promise<{ message: ToProcess; body: Buffer }>((resolve, reject) => {
      answers.set(message.id, { resolve, reject });
      say(message, body);
    });
  }

  const http = {
    async request({ url, method = 'GET', headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> {
      const pieces: Uint8Array[] = [];
      for await (const piece of body ?? []) pieces.push(piece);
      const id = ++counter;
      const { message } = await asked({ type: 'request', id, url, method, headers }, Buffer.concat(pieces));
      if (message.type !== 'answer') throw new Error('The answer came out of order.');
      const { status, statusText, headers: said } = message;
      return { url, method, headers: said, statusCode: status, statusMessage: statusText, body: bodyOf(id) };
    },
  };

  async function* bodyOf(id: number): AsyncIterableIterator<Uint8Array> {
    for (;;) {
      const { message, body } = await asked({ type: 'more', id });
      if (message.type !== 'piece' || message.last) return;
      yield body;
    }
  }

  async function list(task: GitTask): Promise<void> {
    const { branch, commit } = await newest(task);
    if (commit === task.known) return say({ type: 'listed', commit, branch, isKnown: true });
    await git.init({ fs, gitdir, bare: true, defaultBranch: 'main' });
    await git.addRemote({ fs, gitdir, remote: 'origin', url: task.url });
    const fetched = await git.fetch({
      ...{ fs, http, gitdir, cache, remote: 'origin', ref: branch },
      ...{ depth: 1, singleBranch: true, tags: false },
    });
    const oid = fetched.fetchHead ?? commit;
    say(
      { type: 'listed', commit: oid, branch, isKnown: false },
      Buffer.from(JSON.stringify(await filesOf(oid))),
    );
  }

  /** The branch, and the commit it is at, before anything is fetched. */
  async function newest(task: GitTask): Promise<{ branch: string; commit: string }> {
    const refs = await git.listServerRefs({
      http,
      url: task.url,
      symrefs: true,
      prefix: 'HEAD',
      protocolVersion: 2,
    });
    const head = refs.find(({ ref }) => ref === 'HEAD');
    const branch = task.branch ?? head?.target?.replace('refs/heads/', '');
    if (!branch)
      throw new Error('The repository is empty, or does not say which branch is its own: name one.');
    const ref = `refs/heads/${branch}`;
    if (head?.target === ref) return { branch, commit: head.oid };
    const [found] = (
      await git.listServerRefs({ http, url: task.url, prefix: ref, protocolVersion: 2 })
    ).filter((one) => one.ref === ref);
    if (!found) throw new Error(`There is no branch "${branch}" in the repository.`);
    return { branch, commit: found.oid };
  }

  /** All plain files of a commit: no links, no repositories within it. */
  async function filesOf(oid: string): Promise<GitFile[]> {
    const files: GitFile[] = [];
    const walk = async (tree: string, folder: string, depth: number): Promise<void> => {
      if (depth > MOST_DEPTH) return;
      const { tree: entries } = await git.readTree({ fs, gitdir, cache, oid: tree });
      for (const { mode, path, oid: entry, type } of entries) {
        const whole = `${folder}${path}`;
        if (type === 'tree') await walk(entry, `${whole}/`, depth + 1);
        else if (type === 'blob' && mode.startsWith('100')) {
          if (files.length >= MOST_ENTRIES) return;
          files.push({ path: whole, oid: entry });
        }
      }
    };
    const { commit } = await git.readCommit({ fs, gitdir, cache, oid });
    await walk(commit.tree, '', 0);
    return files;
  }

  async function readFile(id: number, oid: string, most: number): Promise<void> {
    const { blob } = await git.readBlob({ fs, gitdir, cache, oid });
    if (blob.byteLength > most) throw new Error(`It is larger than ${most / 1024 / 1024} MB.`);
    say({ type: 'file', id }, blob);
  }

  const failed = (id: number | null) => (error: unknown) =>
    say({ type: 'failed', id, words: wordsOf(error) });

  return (message, body) => {
    switch (message.type) {
      case 'begin':
        list(message.task).catch(failed(null));
        break;
      case 'read':
        readFile(message.id, message.oid, message.most).catch(failed(message.id));
        break;
      default: {
        const waiting = answers.get(message.id);
        answers.delete(message.id);
        if (message.type === 'broken') waiting?.reject(new Error(message.words));
        else waiting?.resolve({ message, body });
      }
    }
  };
}

function wordsOf(error: unknown): string {
  const { code, message, data } = error as Error & { code?: string; data?: { statusCode?: number } };
  if (code !== 'HttpError') return message;
  const status = data?.statusCode ?? 0;
  if (status === 401 || status === 403) {
    return `The repository does not let it be read (HTTP ${status}). Give this source a connection with a token that may.`;
  }
  if (status === 404) {
    return 'There is no repository at this address, or it is private: then give this source a connection with a token.';
  }
  return `The repository answered HTTP ${status}.`;
}
