import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import git, { type GitHttpRequest, type GitHttpResponse } from 'isomorphic-git';
import type { FromThread, GitFile, GitTask, ToThread } from './messages.ts';

/**
 * The thread that reads a repository: a pack is unpacked in JavaScript, which would hold the event loop. It reaches
 * nothing: what it asks of the outside the other thread fetches. Files are never checked out; their names stay names.
 */
const port = parentPort!;
const task = workerData as GitTask;
const gitdir = `${task.folder}/repository`;
const cache = {};

/** Files of a commit that are looked through at most. */
const MOST_ENTRIES = 200_000;
const MOST_DEPTH = 50;

const say = (message: FromThread) => port.postMessage(message);

let counter = 0;
const answers = new Map<number, { resolve(message: ToThread): void; reject(error: Error): void }>();

port.on('message', (message: ToThread) => {
  if (message.type === 'read') return void readFile(message.id, message.oid);
  const waiting = answers.get(message.id);
  answers.delete(message.id);
  if (message.type === 'broken') waiting?.reject(new Error(message.words));
  else waiting?.resolve(message);
});

function asked(message: FromThread & { id: number }): Promise<ToThread> {
  return new Promise((resolve, reject) => {
    answers.set(message.id, { resolve, reject });
    say(message);
  });
}

const http = {
  async request({ url, method = 'GET', headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> {
    const pieces: Uint8Array[] = [];
    for await (const piece of body ?? []) pieces.push(piece);
    const id = ++counter;
    const answer = await asked({ type: 'request', id, url, method, headers, body: Buffer.concat(pieces) });
    if (answer.type !== 'answer') throw new Error('The answer came out of order.');
    const { status, statusText } = answer;
    return {
      url,
      method,
      headers: answer.headers,
      statusCode: status,
      statusMessage: statusText,
      body: bodyOf(id),
    };
  },
};

async function* bodyOf(id: number): AsyncIterableIterator<Uint8Array> {
  for (;;) {
    const piece = await asked({ type: 'more', id });
    if (piece.type !== 'piece' || piece.data === null) return;
    yield piece.data;
  }
}

async function list(): Promise<void> {
  const { branch, commit } = await newest();
  if (commit === task.known) return say({ type: 'listed', commit, branch, files: null });
  await git.init({ fs, gitdir, bare: true, defaultBranch: 'main' });
  await git.addRemote({ fs, gitdir, remote: 'origin', url: task.url });
  const fetched = await git.fetch({
    ...{ fs, http, gitdir, cache, remote: 'origin', ref: branch },
    ...{ depth: 1, singleBranch: true, tags: false },
  });
  const oid = fetched.fetchHead ?? commit;
  say({ type: 'listed', commit: oid, branch, files: await filesOf(oid) });
}

/** The branch, and the commit it is at, before anything is fetched. */
async function newest(): Promise<{ branch: string; commit: string }> {
  const refs = await git.listServerRefs({
    http,
    url: task.url,
    symrefs: true,
    prefix: 'HEAD',
    protocolVersion: 2,
  });
  const head = refs.find(({ ref }) => ref === 'HEAD');
  const branch = task.branch ?? head?.target?.replace('refs/heads/', '');
  if (!branch) throw new Error('The repository is empty, or does not say which branch is its own: name one.');
  const ref = `refs/heads/${branch}`;
  if (head?.target === ref) return { branch, commit: head.oid };
  const [found] = (await git.listServerRefs({ http, url: task.url, prefix: ref, protocolVersion: 2 })).filter(
    (one) => one.ref === ref,
  );
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

async function readFile(id: number, oid: string): Promise<void> {
  try {
    const { blob } = await git.readBlob({ fs, gitdir, cache, oid });
    say({ type: 'file', id, data: blob });
  } catch (error) {
    say({ type: 'failed', id, words: wordsOf(error) });
  }
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

list().catch((error: unknown) => say({ type: 'failed', id: null, words: wordsOf(error) }));
