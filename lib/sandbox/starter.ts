import { fallbacks, offeredWalls, standingWalls, type Walls } from './launch.ts';

export interface SandboxLevel {
  /** 0: a process and isolates. 1: and limits by the kernel. 2: and namespaces. 3: and a filter of system calls. */
  level: 0 | 1 | 2 | 3;
  layers: string[];
  /** False until the first process has run: then `layers` is what the machine seems to offer. */
  proven: boolean;
}

/** A process that was started, and may be ready some time. */
export interface Startable {
  /** Settles when the process has said that it is ready, or has ended before. */
  readonly ready: Promise<boolean>;
  /** The Node process itself; null where the system does not tell. */
  readonly pid: number | null;
  /** Its last words on standard error. */
  readonly words: string;
  /** Kills it and waits until it is gone. */
  stop(): Promise<void>;
}

interface StarterOptions<P extends Startable> {
  /** What is started, in messages: `sandbox`. */
  name: string;
  without: readonly (keyof Walls)[];
  start: (walls: Walls) => P;
  /** What the program itself puts around what runs in it. */
  innerLayers: (walls: Walls) => string[];
  log: (message: string, facts: Record<string, unknown>) => void;
}

/** Starts processes of one kind, behind the strongest walls that work on this machine: the first start finds them. */
export class Starter<P extends Startable> {
  readonly #options: StarterOptions<P>;
  /** Sets of walls that have not failed, the strongest first. */
  #candidates: Walls[];
  /** The walls of the first process that ran, as seen from outside. */
  #proven: Walls | null = null;
  /** The first start: others wait to learn which walls work. */
  #proving: Promise<unknown> | null = null;
  /** Processes that are not ready yet. */
  readonly #launching = new Set<P>();
  #closed = false;

  constructor(options: StarterOptions<P>) {
    this.#options = options;
    this.#candidates = fallbacks(offeredWalls(options.without));
  }

  level(): SandboxLevel {
    const walls = this.#proven ?? this.#candidates[0]!;
    const level = walls.seccomp ? 3 : walls.namespaces ? 2 : walls.rlimits ? 1 : 0;
    const layers = ['process', ...this.#options.innerLayers(walls)];
    if (process.platform === 'linux') layers.push('memory watch');
    for (const wall of ['permissions', 'rlimits', 'namespaces', 'nobody', 'seccomp'] as const) {
      if (walls[wall]) layers.push(wall);
    }
    return { level, layers, proven: this.#proven !== null };
  }

  /** A process that is ready. Throws its last words when it does not start. */
  async start(): Promise<P> {
    if (this.#proven === null) {
      await this.#proving;
      if (this.#proven === null) {
        const first = this.#prove();
        this.#proving = first.catch(() => {});
        return first;
      }
    }
    const process = await this.#try(this.#candidates[0]!);
    if (typeof process === 'string') throw new Error(process);
    return process;
  }

  /** Ends what is just being started, and starts nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#launching].map((process) => process.stop()));
  }

  async #prove(): Promise<P> {
    const { name, log } = this.#options;
    let words = '';
    for (const [index, walls] of this.#candidates.entries()) {
      const process = await this.#try(walls);
      if (typeof process !== 'string') {
        this.#candidates = this.#candidates.slice(index);
        this.#proven = process.pid === null ? walls : standingWalls(process.pid, walls);
        log(`${name} ready`, { ...this.level() });
        return process;
      }
      words = process;
      log(`a ${name} process did not start behind these walls`, { walls, words });
    }
    throw new Error(words);
  }

  /** A process that is ready, or its last words. */
  async #try(walls: Walls): Promise<P | string> {
    if (this.#closed) return `the ${this.#options.name} is closed`;
    const process = this.#options.start(walls);
    this.#launching.add(process);
    const ready = await process.ready;
    this.#launching.delete(process);
    return ready ? process : process.words;
  }
}
