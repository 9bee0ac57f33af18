import type { CodeRequest } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { SendHttp } from './http-bridge.ts';
import type { SandboxLimits } from './limits.ts';

/** One run of user JavaScript. */
export interface SandboxRequest extends Omit<CodeRequest, 'http'> {
  /** Processes are never shared between projects. */
  projectId: string;
  /** Version that the code belongs to; its runs may use a warm isolate. Null: a fresh isolate, for code nobody published. */
  versionKey: string | null;
  /** Sends the code's HTTP requests. */
  http: SendHttp;
}

/** A source text as the processes of its project know it. */
export interface Code {
  id: number;
  source: string;
}

const LONGEST_MS = 60 * 60_000;

let lastId = 0;

/** A run between its request and its end, whichever process it is in. */
export class Job {
  readonly id = ++lastId;
  readonly request: SandboxRequest;
  readonly signal: AbortSignal;
  readonly code: Code;
  /** Whole ms, and no more than a timer can count. */
  readonly timeoutMs: number;
  /** Time, seed, arguments, steps, environment and caller as JSON. */
  readonly scope: string;
  readonly result: Promise<JsonValue>;
  /** Ends the requests that the code has sent and not waited for. */
  readonly #requests = new AbortController();
  #resolve!: (value: JsonValue) => void;
  #reject!: (error: unknown) => void;
  settled = false;
  /** Runs with no other in its process, because it may be the one that ended the last. */
  alone = false;
  /** Requests that were sent; a run that has sent one is never begun again. */
  hostCalls = 0;
  /** Of those, the ones without an answer. */
  pending = 0;
  #lines = 0;
  #linesBefore = 0;

  constructor(request: SandboxRequest, options: { code: Code; scope: string; signal: AbortSignal }) {
    this.request = request;
    this.code = options.code;
    this.timeoutMs = Math.min(Math.max(1, Math.ceil(request.timeoutMs)), LONGEST_MS);
    this.scope = options.scope;
    this.signal = options.signal;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get requestSignal(): AbortSignal {
    return this.#requests.signal;
  }

  resolve(value: JsonValue): void {
    if (this.#end()) this.#resolve(value);
  }

  reject(error: unknown): void {
    if (this.#end()) this.#reject(error);
  }

  #end(): boolean {
    if (this.settled) return false;
    this.settled = true;
    if (this.pending > 0) this.#requests.abort(new StepError('CANCELLED', 'The run has ended.'));
    return true;
  }

  /** Passes a line on, unless an earlier try passed it on already. Answers whether the log still has room. */
  log(level: unknown, text: string, limits: SandboxLimits): boolean {
    this.#lines += 1;
    // One more than the guest's budget: the line that says that the log is full.
    if (this.#lines > limits.logLines + 1) return false;
    if (this.#lines > this.#linesBefore && !this.settled) {
      const known = level === 'debug' || level === 'warn' || level === 'error' ? level : 'info';
      this.request.onLog(known, text.slice(0, limits.logLineCharacters));
    }
    return true;
  }

  /** Made ready for another process: alone, and without telling its lines twice. */
  again(): void {
    this.alone = true;
    this.#linesBefore = Math.max(this.#linesBefore, this.#lines);
    this.#lines = 0;
  }
}
