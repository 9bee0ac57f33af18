/** The numbers of the sandbox. Tests shrink some; everything else takes the defaults. */
export interface SandboxLimits {
  /** MB of V8 heap of one isolate. */
  isolateMb: number;
  /** MB of resident memory of one process; above, it is killed. */
  processMb: number;
  /** ms of CPU of one run. */
  cpuMs: number;
  /** ms after the time-out of a run until its process is killed. */
  graceMs: number;
  /** ms an entry may outlive its time-out before its process is killed. */
  stuckMs: number;
  /** Runs in one process that do not wait for an answer from outside. */
  activeRuns: number;
  /** Runs in one process. */
  openRuns: number;
  /** Runs of one project that may wait for a place. */
  queuedRuns: number;
  /** ms a run may wait for a place. */
  queueMs: number;
  /** Runs after which a process is replaced. */
  runsPerProcess: number;
  /** Seconds of CPU after which the kernel ends a process; it is replaced at half of that. */
  processCpuSeconds: number;
  /** ms without a run after which a process ends. */
  idleMs: number;
  /** ms a process may take to start. */
  startMs: number;
  /** Requests and sleeps of one run. */
  hostCalls: number;
  /** Characters of one request. */
  requestCharacters: number;
  /** Bytes of one answer. */
  answerBytes: number;
  /** Characters of a result as JSON. */
  resultCharacters: number;
  /** Characters of arguments, steps and environment as JSON. */
  inputCharacters: number;
  /** Characters of the code. */
  sourceCharacters: number;
  logLines: number;
  logCharacters: number;
  logLineCharacters: number;
}

export const defaultLimits: SandboxLimits = {
  isolateMb: 64,
  processMb: 400,
  cpuMs: 1000,
  graceMs: 1000,
  stuckMs: 250,
  activeRuns: 4,
  openRuns: 64,
  queuedRuns: 512,
  queueMs: 30_000,
  runsPerProcess: 20_000,
  processCpuSeconds: 600,
  idleMs: 10 * 60_000,
  startMs: 10_000,
  hostCalls: 50,
  requestCharacters: 1024 * 1024,
  answerBytes: 1024 * 1024,
  resultCharacters: 1024 * 1024,
  inputCharacters: 8 * 1024 * 1024,
  sourceCharacters: 256 * 1024,
  logLines: 1000,
  logCharacters: 256 * 1024,
  logLineCharacters: 8 * 1024,
};

/** What the process is told, on its command line. */
export function workerLimits(limits: SandboxLimits): string {
  return JSON.stringify({
    memoryMb: limits.isolateMb,
    maxIsolates: 12,
    maxIsolatesPerCode: 3,
    maxContexts: 24,
    maxServed: 1000,
    maxPosts: limits.logLines + limits.hostCalls + 10,
    stuckMs: limits.stuckMs,
    abortMs: 200,
    quietMs: 5000,
    guest: {
      hostCalls: limits.hostCalls,
      payload: limits.requestCharacters,
      result: limits.resultCharacters,
      logLines: limits.logLines,
      logCharacters: limits.logCharacters,
      lineCharacters: limits.logLineCharacters,
      message: 4096,
      depth: 64,
    },
  });
}
