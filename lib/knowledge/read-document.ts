import { availableParallelism } from 'node:os';
import { AppError } from '#lib/db/app-error.ts';
import { launch, type Walls } from '#lib/sandbox/launch.ts';
import { type SandboxLevel, Starter } from '#lib/sandbox/starter.ts';
import { CHUNK_SETTINGS } from './chunk.ts';
import { LIMITS, type UploadedFile } from './document.ts';
import type { Reading, ReadingSettings } from './read.ts';
import { type ReaderLimits, ReaderProcess } from './reader-process.ts';
import { readerProgram } from './reader-program.ts';

/** What reading may take. */
export const READER_LIMITS: ReaderLimits = {
  timeoutMs: 30_000,
  memoryMb: 512,
  filesPerProcess: 500,
  idleMs: 20_000,
  startMs: 10_000,
  processes: Math.max(2, Math.floor(availableParallelism() / 2)),
};

export interface ReadOptions {
  settings?: ReadingSettings;
  signal?: AbortSignal;
  /** Whose file it is: files of one project may be read by one process, one after the other. */
  projectId?: string;
  /** ms; 30,000 when not said. */
  timeoutMs?: number;
}

export interface ReaderOptions {
  limits?: Partial<ReaderLimits>;
  log?: (message: string, facts: Record<string, unknown>) => void;
  /** Walls to leave out, to see what the others hold. */
  without?: (keyof Walls)[];
}

/** Reads documents in processes of their own, away from the server. */
export interface Reader {
  /**
   * Parses and cuts a file: a hostile one costs this process neither its event loop nor its memory. Throws AppError as
   * `parseDocument` does, `invalid` when the limits are passed, and the reason of `signal` when it aborts.
   */
  read(file: UploadedFile, options?: ReadOptions): Promise<Reading>;
  level(): SandboxLevel;
  /** Of its processes that run, as the system counts them. */
  pids(): number[];
  /** Ends all processes. */
  close(): Promise<void>;
}

/** Without any process yet: the first starts with the first file. */
export function openReader(options: ReaderOptions = {}): Reader {
  return new ReaderPool(options);
}

let shared: Reader | undefined;

/** Opens the reader that `readDocument` uses from now on, until whoever opened it closes it. */
export function shareReader(options: ReaderOptions): Reader {
  const reader = openReader(options);
  const close = reader.close.bind(reader);
  reader.close = () => {
    if (shared === reader) shared = undefined;
    return close();
  };
  shared = reader;
  return reader;
}

/** `Reader.read` of the reader that this server shares; its processes end when they were idle for a while. */
export function readDocument(file: UploadedFile, options: ReadOptions = {}): Promise<Reading> {
  shared ??= openReader();
  return shared.read(file, options);
}

/** A process between two files, and whose files it has read. */
interface Idle {
  process: ReaderProcess;
  projectId: string;
  timer: NodeJS.Timeout;
}

class ReaderPool implements Reader {
  readonly #limits: ReaderLimits;
  readonly #log: NonNullable<ReaderOptions['log']>;
  readonly #starter: Starter<ReaderProcess>;
  readonly #busy = new Set<ReaderProcess>();
  #idle: Idle[] = [];
  /** Files that are being read, or for which a process is being started. */
  #open = 0;
  readonly #waiting: { projectId: string | undefined; begin: () => void }[] = [];
  /** How many of the open ones are whose. */
  readonly #served = new Map<string | undefined, number>();

  constructor({ limits = {}, log = () => {}, without = [] }: ReaderOptions) {
    const all = { ...READER_LIMITS, ...limits };
    this.#limits = all;
    this.#log = log;
    const cpuSeconds = Math.ceil((all.filesPerProcess * all.timeoutMs) / 1000 / 20) + 60;
    this.#starter = new Starter({
      name: 'document reader',
      without,
      start: (walls) => {
        const program = readerProgram({ memoryMb: all.memoryMb, cpuSeconds });
        return new ReaderProcess(launch(walls, program), all);
      },
      innerLayers: () => [],
      log,
    });
  }

  level(): SandboxLevel {
    return this.#starter.level();
  }

  pids(): number[] {
    const processes = [...this.#busy, ...this.#idle.map(({ process }) => process)];
    return processes.flatMap(({ pid, ended }) => (pid === null || ended ? [] : [pid]));
  }

  async close(): Promise<void> {
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    const processes = [...this.#busy, ...idle.map(({ process }) => process)];
    await Promise.all([this.#starter.close(), ...processes.map((process) => process.stop())]);
  }

  async read(file: UploadedFile, options: ReadOptions = {}): Promise<Reading> {
    const { signal, projectId, timeoutMs = this.#limits.timeoutMs, settings = CHUNK_SETTINGS } = options;
    signal?.throwIfAborted();
    if (file.data.byteLength > LIMITS.bytes) {
      throw new AppError('too_large', `"${file.name}" is larger than ${LIMITS.bytes / 1024 / 1024} MB.`);
    }
    await this.#turn(projectId);
    try {
      signal?.throwIfAborted();
      const process = this.#takeIdle(projectId) ?? (await this.#starter.start());
      this.#busy.add(process);
      try {
        return await process.read(file, settings, { timeoutMs, signal });
      } catch (error) {
        if (!(error instanceof AppError)) {
          this.#log('reading a document ended badly', { error: String(error) });
        }
        throw error;
      } finally {
        this.#busy.delete(process);
        // A parser that threw what it should not: the file comes to words all the same, and the hole can be mended.
        if (process.words !== '') this.#log('a document reader complained', { words: process.words });
        process.words = '';
        this.#putAway(process, projectId);
      }
    } finally {
      this.#endTurn(projectId);
    }
  }

  async #turn(projectId: string | undefined): Promise<void> {
    if (this.#open < this.#limits.processes) return this.#beginTurn(projectId);
    await new Promise<void>((begin) => this.#waiting.push({ projectId, begin }));
  }

  #beginTurn(projectId: string | undefined): void {
    this.#open += 1;
    this.#served.set(projectId, (this.#served.get(projectId) ?? 0) + 1);
  }

  /** The next is of a project whose turn it was not, and of which none is read; else whoever waits the longest. */
  #endTurn(projectId: string | undefined): void {
    this.#open -= 1;
    const left = (this.#served.get(projectId) ?? 1) - 1;
    if (left > 0) this.#served.set(projectId, left);
    else this.#served.delete(projectId);
    const isOther = (one: string | undefined) => one !== projectId && !this.#served.has(one);
    const other = this.#waiting.findIndex((one) => isOther(one.projectId));
    const [next] = this.#waiting.splice(Math.max(other, 0), 1);
    if (!next) return;
    this.#beginTurn(next.projectId);
    next.begin();
  }

  /** The project's process, or nothing; then one of another project makes room. */
  #takeIdle(projectId: string | undefined): ReaderProcess | undefined {
    this.#idle = this.#idle.filter(({ process }) => !process.ended);
    const found = this.#idle.find((one) => one.projectId === projectId);
    const leaves =
      found ?? (this.#idle.length + this.#open > this.#limits.processes ? this.#idle[0] : undefined);
    if (!leaves) return undefined;
    clearTimeout(leaves.timer);
    this.#idle = this.#idle.filter((one) => one !== leaves);
    if (leaves === found) return found.process;
    leaves.process.kill();
    return undefined;
  }

  /** For the next file of the project. Of one that went wrong the process has ended: what it left behind shall meet no other. */
  #putAway(process: ReaderProcess, projectId: string | undefined): void {
    const usedUp = process.worn || process.served >= this.#limits.filesPerProcess;
    if (projectId === undefined || usedUp || process.ended) {
      process.kill();
      return;
    }
    const timer = setTimeout(() => process.kill(), this.#limits.idleMs).unref();
    this.#idle.push({ process, projectId, timer });
  }
}
