import fs, { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import git from 'isomorphic-git';

/** A repository of a test's own, served as Git hosts do (smart HTTP, protocol 1). */
export interface FakeGit {
  /** As it is cloned. */
  url: string;
  /** Commits exactly these files to a branch; answers the commit. */
  commit(files: Record<string, string | Uint8Array>, branch?: string): Promise<string>;
  /** What was asked for, with the credential. */
  asked: { path: string; authorization: string | undefined }[];
  /** Where set, all must say this. */
  authorization: string | null;
  close(): Promise<void>;
}

const author = { name: 'Ada', email: 'ada@example.com', timestamp: 1_700_000_000, timezoneOffset: 0 };

export async function startFakeGit(): Promise<FakeGit> {
  const gitdir = mkdtempSync(join(tmpdir(), 'patchbay-fake-git-'));
  await git.init({ fs, gitdir, bare: true, defaultBranch: 'main' });
  /** All that belongs to a commit, itself included. */
  const contents = new Map<string, string[]>();
  const repository: FakeGit = {
    url: '',
    asked: [],
    authorization: null,
    async commit(files, branch = 'main') {
      const oids = new Set<string>();
      const tree = await writeTree(gitdir, files, oids);
      const ref = `refs/heads/${branch}`;
      const oid = await git.commit({ fs, gitdir, ref, tree, author, message: 'A change', parent: [] });
      contents.set(oid, [oid, ...oids]);
      return oid;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      rmSync(gitdir, { recursive: true, force: true });
    },
  };
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    repository.asked.push({ path: request.url ?? '', authorization });
    if (repository.authorization !== null && authorization !== repository.authorization) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    }
    const answer = request.method === 'POST' ? pack(gitdir, contents, request) : advertise(gitdir);
    answer.then(
      ({ type, body }) => response.writeHead(200, { 'content-type': type }).end(body),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  repository.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/team/handbook.git`;
  return repository;
}

async function writeTree(
  gitdir: string,
  files: Record<string, string | Uint8Array>,
  oids: Set<string>,
): Promise<string> {
  const tree: { mode: string; path: string; oid: string; type: 'blob' | 'tree' }[] = [];
  const folders = new Map<string, Record<string, string | Uint8Array>>();
  for (const [path, content] of Object.entries(files)) {
    const slash = path.indexOf('/');
    if (slash >= 0) {
      const folder = folders.get(path.slice(0, slash)) ?? {};
      folder[path.slice(slash + 1)] = content;
      folders.set(path.slice(0, slash), folder);
      continue;
    }
    const oid = await git.writeBlob({ fs, gitdir, blob: Buffer.from(content) });
    oids.add(oid);
    tree.push({ mode: '100644', path, oid, type: 'blob' });
  }
  for (const [path, inside] of folders) {
    tree.push({ mode: '040000', path, oid: await writeTree(gitdir, inside, oids), type: 'tree' });
  }
  const oid = await git.writeTree({ fs, gitdir, tree });
  oids.add(oid);
  return oid;
}

async function advertise(gitdir: string) {
  const branches = await git.listBranches({ fs, gitdir });
  const refs = await Promise.all(
    branches.map(
      async (name) => [await git.resolveRef({ fs, gitdir, ref: name }), `refs/heads/${name}`] as const,
    ),
  );
  const main = refs.find(([, ref]) => ref === 'refs/heads/main')?.[0];
  const lines = [...(main ? [[main, 'HEAD'] as const] : []), ...refs].map(([oid, ref], index) =>
    index === 0
      ? `${oid} ${ref}\0side-band-64k shallow ofs-delta symref=HEAD:refs/heads/main agent=fake\n`
      : `${oid} ${ref}\n`,
  );
  const body = Buffer.concat([line('# service=git-upload-pack\n'), FLUSH, ...lines.map(line), FLUSH]);
  return { type: 'application/x-git-upload-pack-advertisement', body };
}

/** All that belongs to the commit that is wanted, and no history. */
async function pack(gitdir: string, contents: ReadonlyMap<string, string[]>, request: IncomingMessage) {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const wanted = /want ([0-9a-f]{40})/.exec(Buffer.concat(pieces).toString())![1]!;
  const oids = contents.get(wanted)!;
  const { packfile } = await git.packObjects({ fs, gitdir, oids, write: false });
  const data = Buffer.from(packfile!);
  const bands: Buffer[] = [];
  for (let start = 0; start < data.length; start += 60_000) {
    bands.push(line(Buffer.concat([Buffer.from([1]), data.subarray(start, start + 60_000)])));
  }
  const body = Buffer.concat([line(`shallow ${wanted}\n`), FLUSH, line('NAK\n'), ...bands, FLUSH]);
  return { type: 'application/x-git-upload-pack-result', body };
}

const FLUSH = Buffer.from('0000');

function line(content: string | Buffer): Buffer {
  const data = Buffer.from(content);
  return Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, '0')), data]);
}
