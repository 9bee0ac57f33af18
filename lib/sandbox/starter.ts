import { fallbacks, launch, offeredWalls, standingWalls, type Walls } from './launch.ts';
import type { SandboxLimits } from './limits.ts';
import { SandboxProcess } from './process.ts';

export interface SandboxLevel {
  /** 0: a process and isolates. 1: and limits by the kernel. 2: and namespaces. 3: and a filter of system calls. */
  level: 0 | 1 | 2 | 3;
  layers: string[];
  /** False until the first process has run: then `layers` is what the machine seems to offer. */
  proven: boolean;
}

interface StarterOptions {
  /** Compiled code; granted only inside namespaces and seccomp. */
  jit: boolean;
  without: (keyof Walls)[];
  limits: SandboxLimits;
  log: (message: string, facts: Record<string, unknown>) => void;
}

/** Starts sandbox processes, behind the strongest walls that work on this machine: the first start finds them. */
export class Starter {
  readonly #jit: boolean;
  readonly #limits: SandboxLimits;
  readonly #log: StarterOptions['log'];
  /** Sets of walls that have not failed, the strongest first. */
  #candidates: Walls[];
  /** The walls of the first process that ran, as seen from outside. */
  #proven: Walls | null = null;
  /** The first start: others wait to learn which walls work. */
  #proving: Promise<unknown> | null = null;
  /** Processes that are not ready yet. */
  readonly #launching = new Set<SandboxProcess>();
  #closed = false;

  constructor({ jit, without, limits, log }: StarterOptions) {
    this.#limits = limits;
    this.#log = log;
    const offered = offeredWalls();
    for (const wall of without) offered[wall] = false;
    if (!offered.namespaces) Object.assign(offered, { seccomp: false, nobody: false });
    this.#candidates = fallbacks(offered);
    this.#jit = jit && offered.seccomp;
    if (jit && !this.#jit) log('SANDBOX_JIT needs bubblewrap and seccomp; it stays off', {});
  }

  level(): SandboxLevel {
    const walls = this.#proven ?? this.#candidates[0]!;
    const level = walls.seccomp ? 3 : walls.namespaces ? 2 : walls.rlimits ? 1 : 0;
    const layers = ['process', 'isolate'];
    if (!(this.#jit && walls.seccomp)) layers.push('jitless');
    if (process.platform === 'linux') layers.push('memory watch');
    for (const wall of ['permissions', 'rlimits', 'namespaces', 'nobody', 'seccomp'] as const) {
      if (walls[wall]) layers.push(wall);
    }
    return { level, layers, proven: this.#proven !== null };
  }

  /** A process that is ready. Throws its last words when it does not start. */
  async start(): Promise<SandboxProcess> {
    if (this.#proven === null) {
      await this.#proving;
      if (this.#proven === null) {
        const first = this.#prove();
        this.#proving = first.catch(() => {});
        return first;
      }
    }
    const process = await this.#try(this.#candidates[0]!);
    if (process instanceof SandboxProcess) return process;
    throw new Error(process);
  }

  /** Ends what is just being started, and starts nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#launching].map((process) => process.stop()));
  }

  async #prove(): Promise<SandboxProcess> {
    let words = '';
    for (const [index, walls] of this.#candidates.entries()) {
      const process = await this.#try(walls);
      if (process instanceof SandboxProcess) {
        this.#candidates = this.#candidates.slice(index);
        this.#proven = process.pid === null ? walls : standingWalls(process.pid, walls);
        this.#log('sandbox ready', { ...this.level() });
        return process;
      }
      words = process;
      this.#log('a sandbox process did not start behind these walls', { walls, words });
    }
    throw new Error(words);
  }

  /** A process that is ready, or its last words. */
  async #try(walls: Walls): Promise<SandboxProcess | string> {
    if (this.#closed) return 'the sandbox is closed';
    const child = launch(walls, { jit: this.#jit && walls.seccomp, limits: this.#limits });
    const process = new SandboxProcess(child, this.#limits);
    this.#launching.add(process);
    const ready = await process.ready;
    this.#launching.delete(process);
    return ready ? process : process.words;
  }
}
