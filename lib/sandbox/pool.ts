import { StepError } from '#lib/engine/errors.ts';
import { jsonLength } from '#lib/engine/json-size.ts';
import { NOBODY } from '#lib/workflow/caller.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { Breaker } from './breaker.ts';
import { cpuFailure, crashFailure, memoryFailure, wallFailure } from './failures.ts';
import { type Code, Job, type SandboxRequest } from './job.ts';
import { launch, offeredWalls, type Walls } from './launch.ts';
import { defaultLimits, type SandboxLimits } from './limits.ts';
import { type End, SandboxProcess } from './process.ts';
import { sandboxProgram } from './program.ts';
import { type SandboxLevel, Starter } from './starter.ts';

export type { SandboxRequest } from './job.ts';
export type { SandboxLevel } from './starter.ts';

export interface SandboxOptions {
  /** Compiled code instead of the interpreter: faster numeric loops. Used only inside namespaces and seccomp. */
  jit?: boolean;
  /** Processes at once; a project has one, for a moment two. Default 8. */
  maxProcesses?: number;
  log?: (message: string, facts: Record<string, unknown>) => void;
  /** Other numbers than the usual. */
  limits?: Partial<SandboxLimits>;
  /** Walls to leave out, to see what the others hold. */
  without?: (keyof Walls)[];
}

/** Runs user JavaScript in processes of its own. */
export interface Sandbox {
  /**
   * Runs the body of an async function; answers what it returns. Throws StepError: `CODE_ERROR` and `CODE_SYNTAX` (with
   * `details.line` and `details.column`), `CODE_TIMEOUT`, `CODE_MEMORY`, `CODE_RESULT` (JSON cannot carry the result),
   * `CODE_INPUT` (too much handed in), `SANDBOX_CRASHED`, `SANDBOX_BUSY`, `SANDBOX_REFUSED`, `SANDBOX_UNAVAILABLE`,
   * `CANCELLED`.
   */
  run(request: SandboxRequest, signal: AbortSignal): Promise<JsonValue>;
  level(): SandboxLevel;
  /** Ends all processes; open runs fail. */
  close(): Promise<void>;
}

interface Project {
  id: string;
  queue: Job[];
  process: SandboxProcess | null;
  /** A process is being started, to be the first one or to take over. */
  starting: boolean;
  /** By source, the one that was not used for longest first. */
  codes: Map<string, Code>;
}

const MAX_CODES = 200;

/** A sandbox without any process yet: the first starts with the first run of a project. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  return new Pool(options);
}

class Pool implements Sandbox {
  readonly #limits: SandboxLimits;
  readonly #maxProcesses: number;
  readonly #log: (message: string, facts: Record<string, unknown>) => void;
  readonly #projects = new Map<string, Project>();
  readonly #processes = new Set<SandboxProcess>();
  readonly #starter: Starter<SandboxProcess>;
  /** Starts under way, each of which will come to a process. */
  #starts = 0;
  readonly #breaker = new Breaker();
  #lastCode = 0;
  #closed = false;
  readonly #idleTimer: NodeJS.Timeout;

  constructor(options: SandboxOptions) {
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#maxProcesses = options.maxProcesses ?? 8;
    this.#log = options.log ?? (() => {});
    this.#starter = this.#makeStarter(options);
    this.#idleTimer = setInterval(() => this.#endIdle(), Math.min(this.#limits.idleMs, 30_000) / 2).unref();
  }

  #makeStarter({ jit: wanted = false, without = [] }: SandboxOptions): Starter<SandboxProcess> {
    const limits = this.#limits;
    const jit = wanted && offeredWalls(without).seccomp;
    if (wanted && !jit) this.#log('SANDBOX_JIT needs bubblewrap and seccomp; it stays off', {});
    return new Starter({
      name: 'sandbox',
      without,
      start: (walls) =>
        new SandboxProcess(launch(walls, sandboxProgram({ jit: jit && walls.seccomp, limits })), limits),
      innerLayers: (walls) => (jit && walls.seccomp ? ['isolate'] : ['isolate', 'jitless']),
      log: this.#log,
    });
  }

  run(request: SandboxRequest, signal: AbortSignal): Promise<JsonValue> {
    try {
      return this.#accept(request, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  level(): SandboxLevel {
    return this.#starter.level();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#idleTimer);
    for (const project of this.#projects.values()) this.#rejectAll(project, crashFailure());
    await Promise.all([this.#starter.close(), ...[...this.#processes].map((process) => process.stop())]);
  }

  #accept(request: SandboxRequest, signal: AbortSignal): Promise<JsonValue> {
    const {
      input,
      steps,
      env,
      caller = NOBODY,
      source,
      projectId,
      now = Date.now,
      seed = Math.random(),
    } = request;
    if (signal.aborted) throw cancelled();
    if (this.#closed) throw unavailable('the sandbox is closed');
    this.#refuseBroken(request);
    if (source.length > this.#limits.sourceCharacters) {
      throw new StepError(
        'CODE_SYNTAX',
        `The code is longer than ${this.#limits.sourceCharacters} characters.`,
      );
    }
    // Counted before it is written: steps may name the same long text more often than there is memory for.
    const most = this.#limits.inputCharacters;
    const scope =
      jsonLength({ input, steps, env, caller }, most) > most
        ? null
        : JSON.stringify({ input, steps, env, caller });
    if (scope === null || scope.length > most) {
      const limit = `${most} characters of JSON`;
      throw new StepError('CODE_INPUT', `The input and steps handed to the code are larger than ${limit}.`);
    }
    const project = this.#project(projectId);
    if (project.queue.length >= this.#limits.queuedRuns) throw busy();
    const clock = `{"now":${now()},"seed":${seed},`;
    const job = new Job(request, {
      code: this.#code(project, request),
      scope: clock + scope.slice(1),
      signal,
    });
    project.queue.push(job);
    this.#dispatch(project);
    return this.#await(project, job);
  }

  async #await(project: Project, job: Job): Promise<JsonValue> {
    const abort = () => this.#abort(project, job);
    job.signal.addEventListener('abort', abort, { once: true });
    const waiting = project.queue.includes(job)
      ? setTimeout(() => this.#giveUp(project, job), this.#limits.queueMs)
      : undefined;
    try {
      return await job.result;
    } finally {
      clearTimeout(waiting);
      job.signal.removeEventListener('abort', abort);
    }
  }

  #rejectAll(project: Project, error: StepError): void {
    for (const job of project.queue.splice(0)) job.reject(error);
  }

  /** Fails a run that has waited too long for a place. */
  #giveUp(project: Project, job: Job): void {
    if (this.#unqueue(project, job)) job.reject(busy());
  }

  #abort(project: Project, job: Job): void {
    this.#unqueue(project, job);
    for (const process of this.#processes) process.abort(job);
    job.reject(cancelled());
  }

  #unqueue(project: Project, job: Job): boolean {
    const index = project.queue.indexOf(job);
    if (index >= 0) project.queue.splice(index, 1);
    return index >= 0;
  }

  #refuseBroken(request: SandboxRequest): void {
    const waitMs = this.#breaker.waitMs(breakerKey(request), performance.now());
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new StepError(
      'SANDBOX_REFUSED',
      `This code ended its sandbox several times and is not run again for ${seconds} s. Mend it: it loops in a built-in function or uses too much memory.`,
      { retryAfterMs: waitMs },
    );
  }

  #project(id: string): Project {
    let project = this.#projects.get(id);
    if (project === undefined) {
      project = { id, queue: [], process: null, starting: false, codes: new Map() };
      this.#projects.set(id, project);
    }
    return project;
  }

  /** The same text is the same code, in whichever node and version of the project it stands. */
  #code({ codes, process }: Project, { versionKey, source }: SandboxRequest): Code {
    if (versionKey === null) return { id: ++this.#lastCode, source };
    const code = codes.get(source) ?? { id: ++this.#lastCode, source };
    // The oldest is first.
    codes.delete(source);
    codes.set(source, code);
    if (codes.size > MAX_CODES) {
      const [old] = codes.values();
      codes.delete(old!.source);
      process?.forget(old!.id);
    }
    return code;
  }

  /** Gives waiting runs to the project's process, as many as it may have. */
  #dispatch(project: Project): void {
    if (this.#closed) return;
    const { queue, process } = project;
    if (process === null) {
      if (queue.length > 0) void this.#start(project);
      return;
    }
    // Killed and not buried yet: its end comes back here.
    if (process.ended) return;
    while (queue.length > 0) {
      const job = queue[0]!;
      const { jobs } = process;
      const alone = jobs.size > 0 && (job.alone || jobs.values().next().value!.alone);
      if (alone || jobs.size >= this.#limits.openRuns || process.active >= this.#limits.activeRuns) break;
      queue.shift();
      process.start(job);
    }
    if (process.worn || process.served >= this.#limits.runsPerProcess) void this.#start(project);
  }

  /** Starts a process for the project; when there is one already, it works on until the new one is ready. */
  async #start(project: Project): Promise<void> {
    if (project.starting) return;
    const full = this.#processes.size + this.#starts >= this.#maxProcesses;
    if (full && project.process === null && !this.#evict()) return;
    project.starting = true;
    this.#starts += 1;
    try {
      const process = await this.#starter.start();
      if (this.#closed) {
        process.kill('unwanted');
        return;
      }
      const old = project.process;
      project.process = process;
      this.#processes.add(process);
      process.onRoom = () => this.#hasRoom(project, process);
      process.onEnd = (end) => this.#ended(project, process, end);
      if (old !== null) this.#retire(old);
    } catch (error) {
      this.#log('no sandbox process could be started', { error: String(error) });
      if (project.process === null) this.#rejectAll(project, unavailable('its process does not start'));
      else project.process.postponeReplacement();
    } finally {
      project.starting = false;
      this.#starts -= 1;
    }
    this.#dispatch(project);
    this.#serveWaiting();
  }

  #hasRoom(project: Project, process: SandboxProcess): void {
    if (project.process === process) this.#dispatch(project);
    else this.#retire(process);
    if (process.jobs.size === 0) this.#serveWaiting();
  }

  /** Ends a replaced process when its last run has left. */
  #retire(process: SandboxProcess): void {
    if (process.jobs.size === 0) process.kill('unwanted');
  }

  /** Whose fault was it? The guilty run fails, those beside it are run again, one at a time. */
  #ended(project: Project, process: SandboxProcess, end: End): void {
    this.#processes.delete(process);
    if (project.process === process) project.process = null;
    const open = [...process.jobs.values()];
    const culprit = end.culprit ?? (open.length === 1 ? open[0]! : null);
    if (end.reason !== 'unwanted') this.#blame(end, culprit);
    const again: Job[] = [];
    for (const job of open) {
      if (job.settled) continue;
      if (job === culprit) job.reject(this.#failure(end, job));
      else if (job.hostCalls > 0 || this.#closed) job.reject(crashFailure());
      else again.push(job);
    }
    for (const job of again) job.again();
    project.queue.unshift(...again);
    this.#dispatch(project);
    this.#serveWaiting();
  }

  #blame(end: End, culprit: Job | null): void {
    const { projectId, versionKey } = culprit?.request ?? {};
    // What a killed process says while it dies is of no use.
    const words = end.reason === 'crash' || end.reason === 'memory' ? end.words : '';
    this.#log('a sandbox process ended', { reason: end.reason, projectId, versionKey, words });
    // A run that was cancelled in the middle of a long built-in function is no poison.
    if (culprit !== null && end.reason !== 'abort') {
      this.#breaker.killed(breakerKey(culprit.request), performance.now());
    }
  }

  #failure({ reason }: End, job: Job): StepError {
    const { timeoutMs } = job;
    // An entry may last twice its processor time, or until the run's time is over.
    if (reason === 'stuck' && timeoutMs > 2 * this.#limits.cpuMs) return cpuFailure(this.#limits);
    if (reason === 'stuck' || reason === 'wall') return wallFailure(timeoutMs);
    if (reason === 'memory') return memoryFailure(this.#limits);
    return reason === 'abort' ? cancelled() : crashFailure();
  }

  /** A process has ended or is idle: projects without one may have their turn. */
  #serveWaiting(): void {
    for (const project of this.#projects.values()) {
      if (project.process === null && project.queue.length > 0) this.#dispatch(project);
    }
  }

  /** Ends the process that has been idle for longest. False when all are at work. */
  #evict(): boolean {
    let oldest: Project | null = null;
    for (const project of this.#projects.values()) {
      if (project.process === null || project.process.jobs.size > 0 || project.queue.length > 0) continue;
      if (oldest === null || project.process.usedAt < oldest.process!.usedAt) oldest = project;
    }
    if (oldest === null) return false;
    oldest.process!.kill('unwanted');
    oldest.process = null;
    return true;
  }

  #endIdle(): void {
    const before = performance.now() - this.#limits.idleMs;
    for (const project of this.#projects.values()) {
      const { process } = project;
      if (process === null) {
        if (project.queue.length === 0 && !project.starting) this.#projects.delete(project.id);
      } else if (process.jobs.size === 0 && process.usedAt < before) {
        process.kill('unwanted');
      }
    }
  }
}

function breakerKey({ projectId, versionKey, source }: SandboxRequest): string {
  return JSON.stringify([projectId, versionKey ?? source]);
}

const cancelled = () => new StepError('CANCELLED', 'The run was cancelled.');

const busy = () =>
  new StepError('SANDBOX_BUSY', 'Too many runs of code wait in this project. Try again in a moment.', {
    transient: true,
    retryAfterMs: 1000,
  });

const unavailable = (why: string) =>
  new StepError(
    'SANDBOX_UNAVAILABLE',
    `Code cannot be run: ${why}. The administrator finds more in the server's log.`,
  );
