import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs';
import type { Socket } from 'node:net';
import { guestFailure } from './failures.ts';
import { encodeFrame, type Frame, frameReader } from './frames.ts';
import { parseGuestJson } from './guest-json.ts';
import { answerHttp } from './http-bridge.ts';
import type { Job } from './job.ts';
import { innermostPid } from './launch.ts';
import type { SandboxLimits } from './limits.ts';

/**
 * Why a process ended. `wall`, `stuck` and `abort`: a run would not stop. `memory`: above its limit, or V8 gave up.
 * `protocol`: it sent what it never should. `crash`: it ended by itself. `unwanted`: it was told to go.
 */
export type EndReason = 'wall' | 'stuck' | 'abort' | 'memory' | 'protocol' | 'crash' | 'unwanted';

export interface End {
  reason: EndReason;
  /** The run that caused it, where that is known. */
  culprit: Job | null;
  /** Last words on standard error. */
  words: string;
}

const WATCH_MS = 25;
const MAX_WORDS = 4096;
/** Ticks of the kernel's CPU times per second: 100 on every Linux. */
const TICKS = 100;

/** A running sandbox process, seen from outside: sends it runs, watches it, kills it. */
export class SandboxProcess {
  /** Runs inside, by id. */
  readonly jobs = new Map<number, Job>();
  /** Runs it was ever given. */
  served = 0;
  usedAt = performance.now();
  /** Has used enough processor time to be replaced. */
  worn = false;
  /** The Node process itself; null where the system does not tell. */
  pid: number | null = null;
  /** Its last words on standard error. */
  words = '';
  readonly #child: ChildProcess;
  readonly #limits: SandboxLimits;
  readonly #walls = new Map<number, NodeJS.Timeout>();
  /** Sources it has been told. */
  readonly #known = new Set<number>();
  #watch: NodeJS.Timeout | undefined;
  #reason: EndReason | undefined;
  #culprit: Job | null = null;
  #ended = false;

  /** Called when runs have left and there may be room. */
  onRoom: () => void = () => {};
  /** Called once, after the last frame, with the runs that are still open in `jobs`. */
  onEnd: (end: End) => void = () => {};
  /** Settles when the process has said that it is ready, or has ended before. */
  readonly ready: Promise<boolean>;
  readonly #gone: Promise<void>;

  constructor(child: ChildProcess, limits: SandboxLimits) {
    this.#child = child;
    this.#limits = limits;
    const read = frameReader((frame) => this.#receive(frame));
    child.stdout!.on('data', (chunk: Buffer) => {
      if (this.#reason === 'protocol') return;
      try {
        read(chunk);
      } catch {
        this.kill('protocol');
      }
    });
    child.stderr!.on('data', (chunk: Buffer) => {
      this.words = (this.words + chunk.toString('utf8')).slice(-MAX_WORDS);
    });
    // The process may end while it is written to; its end is told by 'close'.
    child.stdin!.on('error', () => {});
    child.on('error', (error) => {
      this.words += error.message;
      if (child.pid === undefined) this.#finish();
    });
    child.on('close', () => this.#finish());
    this.ready = new Promise((resolve) => {
      this.#settleReady = resolve;
    });
    this.#gone = new Promise((resolve) => {
      this.#settleGone = resolve;
    });
    // What keeps the server alive are the timers of its runs, not an idle process.
    this.#keepServerAlive(false);
    const slow = setTimeout(() => this.kill('unwanted'), limits.startMs);
    void this.ready.then(() => clearTimeout(slow));
  }

  #settleReady: (ready: boolean) => void = () => {};
  #settleGone: () => void = () => {};

  get ended(): boolean {
    return this.#ended || this.#reason !== undefined;
  }

  /** Runs that are not waiting for an answer from outside. */
  get active(): number {
    let count = 0;
    for (const job of this.jobs.values()) if (job.pending === 0) count += 1;
    return count;
  }

  /** Hands over a run, and kills the process if the run is not over soon after its time. */
  start(job: Job): void {
    const { code, request } = job;
    const once = request.versionKey === null;
    this.jobs.set(job.id, job);
    this.served += 1;
    if (once || !this.#known.has(code.id)) {
      this.#send({ type: 'code', code: code.id }, code.source);
      if (!once) this.#known.add(code.id);
    }
    const { cpuMs } = this.#limits;
    this.#send({ type: 'run', run: job.id, code: code.id, once, ms: job.timeoutMs, cpuMs }, job.scope);
    const wallMs = job.timeoutMs + this.#limits.graceMs;
    this.#walls.set(
      job.id,
      setTimeout(() => this.kill('wall', job), wallMs),
    );
    this.#watch ??= setInterval(() => this.#look(), WATCH_MS);
  }

  /** No other could be started to take its place: it works on, and the next try is some way off. */
  postponeReplacement(): void {
    this.served = 0;
    this.worn = false;
  }

  /** Stops a run; if the process does not obey within the grace of half a second, it is killed. */
  abort(job: Job): void {
    if (!this.jobs.has(job.id)) return;
    this.#send({ type: 'abort', run: job.id });
    clearTimeout(this.#walls.get(job.id));
    this.#walls.set(
      job.id,
      setTimeout(() => this.kill('abort', job), 500),
    );
  }

  forget(code: number): void {
    if (this.#known.delete(code)) this.#send({ type: 'forget', code });
  }

  /** SIGKILL: nothing less stops a thread inside a built-in function. */
  kill(reason: EndReason, culprit: Job | null = null): void {
    if (this.ended) return;
    this.#reason = reason;
    this.#culprit = culprit;
    // Whoever waits for its end shall live to see it.
    this.#keepServerAlive(true);
    this.#child.kill('SIGKILL');
  }

  /** Kills it and waits until it is gone. */
  stop(): Promise<void> {
    this.kill('unwanted');
    return this.#gone;
  }

  #keepServerAlive(keep: boolean): void {
    const handles = [this.#child, ...(this.#child.stdio as (Socket | null)[])];
    for (const handle of handles) keep ? handle?.ref() : handle?.unref();
  }

  #send(head: Record<string, unknown>, body?: string): void {
    const stdin = this.#child.stdin!;
    if (stdin.writableCorked === 0) {
      stdin.cork();
      process.nextTick(() => stdin.uncork());
    }
    stdin.write(encodeFrame(head, body));
  }

  #receive({ head, body }: Frame): void {
    if (head['type'] === 'ready') {
      this.pid = this.#child.pid === undefined ? null : innermostPid(this.#child.pid);
      this.#settleReady(true);
      return;
    }
    const job = this.jobs.get(head['run'] as number);
    // It may have ended a moment before.
    if (job === undefined) return;
    switch (head['type']) {
      case 'log':
        if (!job.log(head['level'], body, this.#limits)) this.kill('protocol', job);
        break;
      case 'http':
        this.#http(job, head['call'], body);
        break;
      case 'done':
        this.#done(job, body);
        break;
      case 'fail':
        this.#leave(job);
        job.reject(guestFailure(head['code'], body, job.timeoutMs, this.#limits));
        break;
      case 'stuck':
        this.kill('stuck', job);
        break;
      default:
        this.kill('protocol', job);
    }
  }

  #done(job: Job, body: string): void {
    try {
      const value = parseGuestJson(body);
      this.#leave(job);
      job.resolve(value);
    } catch {
      this.kill('protocol', job);
    }
  }

  #http(job: Job, call: unknown, body: string): void {
    job.hostCalls += 1;
    if (job.hostCalls > this.#limits.hostCalls) {
      this.kill('protocol', job);
      return;
    }
    job.pending += 1;
    const options = {
      signal: job.requestSignal,
      now: job.request.now ?? Date.now,
      timeoutMs: job.timeoutMs,
      maxBytes: this.#limits.answerBytes,
    };
    void answerHttp(body, job.request.http, options).then((reply) => {
      job.pending -= 1;
      if (this.jobs.has(job.id)) this.#send({ type: reply.type, run: job.id, call }, reply.body);
    });
    this.onRoom();
  }

  #leave(job: Job): void {
    this.jobs.delete(job.id);
    clearTimeout(this.#walls.get(job.id));
    this.#walls.delete(job.id);
    this.usedAt = performance.now();
    this.onRoom();
  }

  /** Memory and processor time, as the kernel counts them. The process has no part in it. */
  #look(): void {
    if (this.jobs.size === 0 || this.#ended) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      return;
    }
    if (this.pid === null) return;
    readFile(`/proc/${this.pid}/status`, 'utf8', (error, status) => {
      if (error !== null) return;
      const resident = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
      if (resident > this.#limits.processMb) this.kill('memory');
    });
    readFile(`/proc/${this.pid}/stat`, 'utf8', (error, stat) => {
      if (error !== null) return;
      // Fields 14 and 15; the name before them may contain spaces.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
      if (seconds > this.#limits.processCpuSeconds / 2) this.worn = true;
    });
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#settleReady(false);
    clearInterval(this.#watch);
    for (const timer of this.#walls.values()) clearTimeout(timer);
    this.#settleGone();
    const outOfMemory = /out of memory|heap limit|allocation fail|is_heap_oom/i.test(this.words);
    this.onEnd({
      reason: this.#reason ?? (outOfMemory ? 'memory' : 'crash'),
      culprit: this.#culprit,
      words: this.words,
    });
  }
}
