import { Worker } from 'node:worker_threads';
import type { ParseCapability, ParseRequest } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { PARSE_LIMITS } from './limits.ts';
import { ParseError } from './parse-error.ts';
import type { ThreadAnswer } from './parse-thread.ts';

export interface Parser extends ParseCapability {
  /** Ends the threads; what is under way fails. */
  close(): Promise<void>;
}

export interface ParserOptions {
  /** Threads at most. */
  threads: number;
  /** Texts that may wait for one. */
  queue: number;
  /** ms that one text may take in a thread. */
  timeoutMs: number;
  memoryMb: number;
  /** ms after which a thread without work ends. */
  idleMs: number;
}

const OPTIONS: ParserOptions = { threads: 2, queue: 200, timeoutMs: 5_000, memoryMb: 256, idleMs: 30_000 };

/** Characters that are read where the server answers; reading them takes some milliseconds at most. */
const SMALL = 64 * 1024;

interface Task {
  request: ParseRequest;
  signal: AbortSignal;
  resolve(value: JsonValue): void;
  reject(error: unknown): void;
  /** It waits no longer. */
  begin(): void;
}

/**
 * Reads texts as data. Large ones, and all pages (a selector takes time of its own), are read in threads, so that a
 * hostile text costs the process neither its event loop nor its memory. Threads start when they are needed.
 */
export function createParser(options: Partial<ParserOptions> = {}): Parser {
  const { threads, queue, timeoutMs, memoryMb, idleMs } = { ...OPTIONS, ...options };
  const waiting: Task[] = [];
  const idle: { worker: Worker; timer: NodeJS.Timeout }[] = [];
  const all = new Set<Worker>();
  let closed = false;

  function start(): Worker {
    const worker = new Worker(new URL('./parse-thread.ts', import.meta.url), {
      // No variables of ours, no flags of ours: it reads a stranger's text.
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32 },
    });
    // One that is thrown away may still fail; nobody is there to hear of it.
    worker.on('error', () => {});
    all.add(worker);
    return worker;
  }

  function awake(): Worker {
    const rested = idle.pop();
    if (!rested) return start();
    clearTimeout(rested.timer);
    rested.worker.ref();
    return rested.worker;
  }

  function end(worker: Worker): Promise<number> {
    all.delete(worker);
    return worker.terminate();
  }

  function next(): void {
    while (waiting.length > 0 && (idle.length > 0 || all.size < threads)) {
      work(awake(), waiting.shift()!);
    }
  }

  function work(worker: Worker, task: Task): void {
    task.begin();
    let ended = false;
    const finish = (keep: boolean, settle: () => void) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      task.signal.removeEventListener('abort', cancel);
      for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
      if (keep) rest(worker);
      else void end(worker);
      settle();
      next();
    };
    const cancel = () => finish(false, () => task.reject(task.signal.reason));
    const timer = setTimeout(() => finish(false, () => task.reject(tooLong(timeoutMs))), timeoutMs);
    task.signal.addEventListener('abort', cancel, { once: true });
    const listeners = {
      message: (answer: ThreadAnswer) =>
        finish(true, () => {
          if ('json' in answer) task.resolve(JSON.parse(answer.json) as JsonValue);
          else task.reject(new StepError(answer.code, answer.message, { details: { ...answer.place } }));
        }),
      error: (error: NodeJS.ErrnoException) =>
        finish(false, () =>
          task.reject(
            error.code === 'ERR_WORKER_OUT_OF_MEMORY'
              ? new StepError('TOO_LARGE', 'The text takes too much memory to read. Split it.')
              : error,
          ),
        ),
      exit: () =>
        finish(false, () => task.reject(new Error('The thread that reads texts ended without an answer.'))),
    };
    for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
    worker.postMessage(task.request);
  }

  function rest(worker: Worker): void {
    // A thread without work keeps no process from ending.
    worker.unref();
    const timer = setTimeout(() => {
      idle.splice(
        idle.findIndex((one) => one.worker === worker),
        1,
      );
      void end(worker);
    }, idleMs);
    timer.unref();
    idle.push({ worker, timer });
  }

  function enqueue(request: ParseRequest, signal: AbortSignal): Promise<JsonValue> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(task), 1);
        reject(signal.reason);
      };
      const task: Task = {
        request,
        signal,
        resolve,
        reject,
        begin: () => signal.removeEventListener('abort', leave),
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(task);
      next();
    });
  }

  return {
    async parse(request, signal) {
      signal.throwIfAborted();
      const { length } = request.text;
      if (length > PARSE_LIMITS.characters) {
        throw new StepError('TOO_LARGE', `The text has ${length} characters; at most 5 MiB are read.`);
      }
      if (length <= SMALL && request.format !== 'html') return here(request);
      if (closed || waiting.length >= queue) {
        throw new StepError('BUSY', 'Too many texts wait to be read. Try again later.', { transient: true });
      }
      return enqueue(request, signal);
    },
    async close() {
      closed = true;
      for (const { begin, reject } of waiting.splice(0)) {
        begin();
        reject(new StepError('CANCELLED', 'The server stops.'));
      }
      for (const { timer } of idle.splice(0)) clearTimeout(timer);
      await Promise.all([...all].map(end));
    },
  };
}

/** Loaded with the first text: most servers never read one, and its packages take 100 ms and 20 MB. */
async function here(request: ParseRequest): Promise<JsonValue> {
  const { parseText } = await import('./parse-text.ts');
  try {
    return parseText(request);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new StepError(error.code, error.message, { details: { ...error.place }, cause: error });
  }
}

function tooLong(timeoutMs: number): StepError {
  return new StepError(
    'TIMEOUT',
    `Reading the text took longer than ${timeoutMs / 1000} s. Split it, or use a simpler selector.`,
  );
}
