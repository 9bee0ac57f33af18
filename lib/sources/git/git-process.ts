import type { ChildProcess } from 'node:child_process';
import { readFile, realpathSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import { byteFrameReader, encodeFrame } from '#lib/sandbox/frames.ts';
import { innermostPid, launch, type Program } from '#lib/sandbox/launch.ts';
import { packageFolders } from '#lib/sandbox/package-folders.ts';
import { Starter } from '#lib/sandbox/starter.ts';
import type { FromProcess, ToProcess } from './messages.ts';

const MB = 1024 * 1024;
const root = join(import.meta.dirname, '..', '..', '..');

/** Resident memory of a process; above, it is killed. The pack lies in it, and what is unpacked of it at a time. */
const MEMORY_MB = 1024;
const CPU_SECONDS = 900;
const START_MS = 10_000;
const WATCH_MS = 100;
/** A file, or the list of files, is one frame. */
const MOST_FRAME_BYTES = 64 * MB;
const MOST_WORDS = 2000;

const id = z.int();
/** What a process may say: it has read what a stranger packed. */
const said = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('request'),
    id,
    url: z.string().max(8192),
    method: z.enum(['GET', 'POST']),
    headers: z.record(z.string(), z.string()),
  }),
  z.strictObject({ type: z.literal('more'), id }),
  z.strictObject({
    type: z.literal('listed'),
    commit: z.hex().max(64),
    branch: z.string().max(250),
    isKnown: z.boolean(),
  }),
  z.strictObject({ type: z.literal('file'), id }),
  z.strictObject({ type: z.literal('failed'), id: id.nullable(), words: z.string().max(2000) }),
]);

export interface GitProcessEvents {
  take(message: Exclude<FromProcess, { type: 'ready' }>, body: Buffer): void;
  /** It is gone, with the reason. */
  gone(error: StepError): void;
}

/** A running process that reads one repository, seen from outside. */
export class GitProcess {
  pid: number | null = null;
  words = '';
  readonly ready: Promise<boolean>;
  events: GitProcessEvents | null = null;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #watch: NodeJS.Timeout;
  #isTooLarge = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    const ready = Promise.withResolvers<boolean>();
    const gone = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#gone = gone.promise;
    const receive = byteFrameReader(({ head, body }) => {
      const message = said.parse(head) as FromProcess;
      if (message.type !== 'ready') return this.events?.take(message, body);
      this.pid = child.pid === undefined ? null : innermostPid(child.pid);
      ready.resolve(true);
    }, MOST_FRAME_BYTES);
    child.stdout!.on('data', (bytes: Buffer) => {
      try {
        receive(bytes);
      } catch (error) {
        this.words += String(error).slice(0, MOST_WORDS);
        this.#child.kill('SIGKILL');
      }
    });
    child.stderr!.on('data', (bytes: Buffer) => {
      this.words = (this.words + bytes.toString('utf8')).slice(-MOST_WORDS);
    });
    // The process may end while it is written to; its end is told by 'close'.
    child.stdin!.on('error', () => {});
    child.on('error', (error) => {
      this.words += error.message;
    });
    const slow = setTimeout(() => child.kill('SIGKILL'), START_MS);
    void this.ready.then(() => clearTimeout(slow));
    this.#watch = setInterval(() => this.#look(), WATCH_MS);
    child.on('close', () => {
      clearInterval(this.#watch);
      ready.resolve(false);
      gone.resolve();
      this.events?.gone(this.#reason());
    });
  }

  say(message: ToProcess, body?: Uint8Array): void {
    this.#child.stdin!.write(encodeFrame({ ...message }, body));
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  /** Resident memory, as the kernel counts it. The process has no part in it. */
  #look(): void {
    if (this.pid === null) return;
    readFile(`/proc/${this.pid}/status`, 'utf8', (error, status) => {
      if (error !== null || Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024 <= MEMORY_MB) return;
      this.#isTooLarge = true;
      this.#child.kill('SIGKILL');
    });
  }

  #reason(): StepError {
    const outOfMemory = /out of memory|heap limit|allocation fail|is_heap_oom/i.test(this.words);
    const tooMuch = this.#isTooLarge || outOfMemory || this.#child.signalCode === 'SIGXCPU';
    return new StepError(
      'SOURCE_GIT',
      tooMuch
        ? 'The repository takes too much memory or time to read. Make a smaller one of what is to be read.'
        : 'The repository could not be read to its end.',
      { details: { words: this.words } },
    );
  }
}

let starter: Starter<GitProcess> | undefined;

/** A process that is ready for one repository, behind the walls of the sandbox. */
export function startGitProcess(): Promise<GitProcess> {
  starter ??= new Starter({
    name: 'repository reader',
    without: [],
    start: (walls) => new GitProcess(launch(walls, program())),
    innerLayers: () => [],
    log: () => {},
  });
  return starter.start();
}

function program(): Program {
  const own = ['workers/git.ts', 'package.json', 'lib/sources/git', 'lib/sandbox/frames.ts'];
  return {
    readable: [...own, ...packageFolders(['isomorphic-git'])].map((name) => ({
      file: realpathSync(join(root, name)),
      name,
    })),
    flags: [
      `--max-old-space-size=${MEMORY_MB / 2}`,
      '--v8-pool-size=1',
      '--disable-warning=SecurityWarning',
      '--disable-warning=ExperimentalWarning',
    ],
    args: [],
    rlimits: [`--cpu=${CPU_SECONDS}`, `--data=${(MEMORY_MB + 1024) * MB}`],
  };
}
