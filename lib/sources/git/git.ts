import { StepError } from '#lib/engine/errors.ts';
import { documentFormat } from '#lib/workflow/document-formats.ts';
import { isJsonObject } from '#lib/workflow/json.ts';
import { pathFilter } from '../globs.ts';
import type { SourceEnd, SourceKind, SourceRun } from '../source-kind.ts';
import { type GitConfig, gitConfig } from './config.ts';
import { linkToFile } from './links.ts';
import type { GitFile } from './messages.ts';
import { LONGEST_MS, MOST_PACK_BYTES, type OpenRepository, openRepository } from './repository.ts';

/** Files of a branch of a repository, as they are now. */
export const git = {
  kind: 'git',
  config: gitConfig,
  check: (config) => void pathFilter(config),
  connection: {
    types: ['bearer', 'basic', 'header', 'oauth2'],
    words: 'a token, a user name with password, a header or an account',
  },
  limits: { largestBytes: MOST_PACK_BYTES, longestMs: LONGEST_MS },
  read,
} satisfies SourceKind<GitConfig>;

async function read(config: GitConfig, run: SourceRun): Promise<SourceEnd> {
  const known = run.isAsLeft() && isJsonObject(run.mark) ? run.mark['commit'] : null;
  const repository = await openRepository(run, {
    url: config.url,
    branch: config.branch,
    known: typeof known === 'string' ? known : null,
  });
  try {
    const { files, commit } = repository;
    if (files === null) {
      for (const { path } of run.others()) await run.settle(path, { type: 'unchanged' });
      run.tell(`Nothing was committed since ${commit.slice(0, 10)}.`);
      return { complete: true };
    }
    const isComplete = await readFiles(config, run, { ...repository, files });
    return { complete: isComplete, ...(isComplete && { mark: { commit } }) };
  } finally {
    await repository.close();
  }
}

async function readFiles(
  config: GitConfig,
  run: SourceRun,
  repository: OpenRepository & { files: readonly GitFile[] },
): Promise<boolean> {
  const isWanted = pathFilter(config);
  const folder = config.prefix.replace(/^\/+|\/+$/g, '');
  let count = 0;
  for (const file of repository.files) {
    run.signal.throwIfAborted();
    if (folder !== '' && !file.path.startsWith(`${folder}/`)) continue;
    if (!isWanted(folder === '' ? file.path : file.path.slice(folder.length + 1))) continue;
    if (run.isSettled(file.path)) {
      count += 1;
      continue;
    }
    if (!documentFormat(file.path)) {
      await run.settle(file.path, { type: 'left-out', reason: 'It is of a kind that is not read.' });
      continue;
    }
    if (count === config.maxFiles) {
      run.tell(
        `There are more files than ${config.maxFiles}, which is the limit of this source: the rest was left out, and nothing was removed.`,
      );
      return false;
    }
    count += 1;
    await readFile(config, run, repository, file);
  }
  return true;
}

async function readFile(
  config: GitConfig,
  run: SourceRun,
  repository: OpenRepository,
  file: GitFile,
): Promise<void> {
  const { path, oid } = file;
  if (run.markOf(path) === oid) return run.settle(path, { type: 'unchanged' });
  let data: Uint8Array;
  try {
    data = await repository.read(file);
  } catch (error) {
    if (!(error instanceof StepError) || run.signal.aborted) throw error;
    return run.settle(path, { type: 'failed', reason: error.message });
  }
  const uri = linkToFile(config.url, repository.commit, path) ?? path;
  const document = { name: path.split('/').at(-1)!, data, mimeType: '', uri };
  await run.settle(path, { type: 'document', document, mark: oid });
}
