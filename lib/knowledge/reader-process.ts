import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs';
import type { Socket } from 'node:net';
import * as z from 'zod';
import { APP_ERRORS, AppError, type AppErrorCode } from '#lib/db/app-error.ts';
import { byteFrameReader, encodeFrame } from '#lib/sandbox/frames.ts';
import { parseGuestJson } from '#lib/sandbox/guest-json.ts';
import { innermostPid } from '#lib/sandbox/launch.ts';
import type { ChunkSettings } from './chunk.ts';
import type { UploadedFile } from './document.ts';
import type { Reading } from './read.ts';

export interface ReaderLimits {
  /** ms for one file. */
  timeoutMs: number;
  /** MB of resident memory of a process, and of its V8 heap; above, it is killed. */
  memoryMb: number;
  /** Files that one process reads. */
  filesPerProcess: number;
  /** ms without a file after which a process ends. */
  idleMs: number;
  /** ms a process may take to start. */
  startMs: number;
  /** Processes that read at once. */
  processes: number;
}

const WATCH_MS = 25;
const MAX_WORDS = 4096;
/** A frame holds some hundred kilobytes of passages. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** All frames of one answer: ten megabytes of text, what passages repeat of each other, and their analysis. */
const MAX_ANSWER_BYTES = 160 * 1024 * 1024;

/** What a process may say: `Reading`, in pieces. */
const chunksSchema = z.array(
  z.object({
    headings: z.array(z.string()),
    text: z.string(),
    page: z.int().positive().exactOptional(),
    headingTerms: z.string(),
    terms: z.string(),
    length: z.int().nonnegative(),
    fingerprint: z.string(),
  }),
);
const aboutSchema = z.object({
  title: z.string(),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  notes: z.array(z.string()),
  language: z.string(),
});

/** A file that is being read. */
interface Task {
  file: UploadedFile;
  chunks: Reading['chunks'];
  bytes: number;
  resolve(reading: Reading): void;
  reject(error: unknown): void;
}

/** A running process that reads documents, seen from outside: sends it files, watches it, kills it. */
export class ReaderProcess {
  /** Files it was ever given. */
  served = 0;
  pid: number | null = null;
  words = '';
  ended = false;
  /** Has grown so much that the next file might not find room. */
  worn = false;
  readonly ready: Promise<boolean>;
  readonly #child: ChildProcess;
  readonly #limits: ReaderLimits;
  readonly #gone: Promise<void>;
  #task: Task | null = null;
  #settleReady: (ready: boolean) => void = () => {};
  #settleGone: () => void = () => {};

  constructor(child: ChildProcess, limits: ReaderLimits) {
    this.#child = child;
    this.#limits = limits;
    this.ready = new Promise((resolve) => {
      this.#settleReady = resolve;
    });
    this.#gone = new Promise((resolve) => {
      this.#settleGone = resolve;
    });
    const receive = byteFrameReader((frame) => this.#receive(frame), MAX_FRAME_BYTES);
    child.stdout!.on('data', (bytes: Buffer) => {
      if (this.ended) return;
      try {
        if (this.#task) this.#task.bytes += bytes.byteLength;
        if (this.#task && this.#task.bytes > MAX_ANSWER_BYTES) throw new Error('an answer without end');
        receive(bytes);
      } catch (error) {
        this.#fail(error);
      }
    });
    child.stderr!.on('data', (bytes: Buffer) => {
      this.words = (this.words + bytes.toString('utf8')).slice(-MAX_WORDS);
    });
    // The process may end while it is written to; its end is told by 'close'.
    child.stdin!.on('error', () => {});
    child.on('error', (error) => {
      this.words += error.message;
      if (child.pid === undefined) this.#finish();
    });
    child.on('close', () => this.#finish());
    // What keeps the server alive is a file that is being read, not an idle process.
    this.#keepServerAlive(false);
    const slow = setTimeout(() => this.kill(), limits.startMs);
    void this.ready.then(() => clearTimeout(slow));
  }

  /**
   * Reads one file; the one before must be done. Throws AppError as `parseDocument` does, `invalid` when a limit is
   * passed, and the reason of `signal`. After most of what is thrown the process is gone: `ended` tells.
   */
  async read(
    file: UploadedFile,
    settings: ChunkSettings,
    { timeoutMs = this.#limits.timeoutMs, signal }: { timeoutMs?: number; signal?: AbortSignal | undefined },
  ): Promise<Reading> {
    this.served += 1;
    const abort = () => this.#fail(signal!.reason);
    const timer = setTimeout(() => this.#fail(tooMuch(file)), timeoutMs);
    const watch = setInterval(() => this.#look(), WATCH_MS);
    try {
      return await new Promise<Reading>((resolve, reject) => {
        this.#task = { file, chunks: [], bytes: 0, resolve, reject };
        if (signal?.aborted) return abort();
        signal?.addEventListener('abort', abort, { once: true });
        const { name, mimeType, data } = file;
        this.#child.stdin!.write(encodeFrame({ name, mimeType, settings }, data));
      });
    } catch (error) {
      // What is of a kind that cannot be read was not given to any parser.
      if (!(error instanceof AppError && error.code === 'unsupported_media')) this.kill();
      throw error;
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
      signal?.removeEventListener('abort', abort);
      this.#task = null;
    }
  }

  /** SIGKILL: nothing less stops a loop. */
  kill(): void {
    if (this.ended) return;
    this.ended = true;
    this.#child.kill('SIGKILL');
  }

  stop(): Promise<void> {
    this.kill();
    // Whoever waits for its end shall live to see it.
    this.#keepServerAlive(true);
    return this.#gone;
  }

  #keepServerAlive(keep: boolean): void {
    const handles = [this.#child, ...(this.#child.stdio as (Socket | null)[])];
    for (const handle of handles) keep ? handle?.ref() : handle?.unref();
  }

  #receive({ head, body }: { head: Record<string, unknown>; body: Buffer }): void {
    if (head['type'] === 'ready') {
      this.pid = this.#child.pid === undefined ? null : innermostPid(this.#child.pid);
      this.#settleReady(true);
      return;
    }
    const task = this.#task;
    if (!task) throw new Error('an answer that nobody asked for');
    const text = body.toString('utf8');
    switch (head['type']) {
      case 'chunks':
        for (const chunk of chunksSchema.parse(parseGuestJson(text))) task.chunks.push(chunk);
        break;
      case 'done': {
        const about = aboutSchema.parse(parseGuestJson(text));
        task.resolve({ ...about, chunks: task.chunks });
        break;
      }
      case 'refused': {
        const code = String(head['code']);
        if (!Object.hasOwn(APP_ERRORS, code)) throw new Error('a code that there is not');
        task.reject(new AppError(code as AppErrorCode, text.slice(0, 1000)));
        break;
      }
      default:
        throw new Error('a frame of no known type');
    }
  }

  #fail(error: unknown): void {
    this.#task?.reject(error);
    this.kill();
  }

  /** Resident memory, as the kernel counts it. The process has no part in it. */
  #look(): void {
    if (this.pid === null || this.ended) return;
    readFile(`/proc/${this.pid}/status`, 'utf8', (error, status) => {
      if (error !== null) return;
      const resident = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
      this.worn = resident > this.#limits.memoryMb * 0.75;
      if (resident > this.#limits.memoryMb && this.#task) this.#fail(tooMuch(this.#task.file));
    });
  }

  #finish(): void {
    this.ended = true;
    this.#settleReady(false);
    this.#settleGone();
    if (!this.#task) return;
    const outOfMemory = /out of memory|heap limit|allocation fail|is_heap_oom/i.test(this.words);
    // The kernel ends what has used up its processor time.
    const outOfTime = this.#child.signalCode === 'SIGXCPU';
    const why = `The process that reads documents ended without an answer. ${this.words.slice(-500)}`;
    this.#task.reject(outOfMemory || outOfTime ? tooMuch(this.#task.file) : new Error(why.trim()));
  }
}

function tooMuch({ name }: UploadedFile): AppError {
  return new AppError(
    'invalid',
    `"${name}" takes too much time or memory to read; split it into smaller files.`,
  );
}
