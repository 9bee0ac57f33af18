import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Asked, Exchange, RecordedStep, Recording } from '#lib/workflow/recording.ts';
import type {
  CalledWorkflow,
  Capabilities,
  CodeCapability,
  FileHandle,
  FilesCapability,
  HttpCapability,
  KnowledgeCapability,
  McpCapability,
  NewsCapability,
  ParseCapability,
  SchemasCapability,
  SqlCapability,
  StoreCapability,
  WorkflowsCapability,
} from './capabilities.ts';
import { AskFirst, StepError } from './errors.ts';
import { jsonSize } from './json-size.ts';
import { bytesAsJson, hashOf, httpAnswer, httpQuestion, knowledgeQuestion } from './tape-format.ts';
import { Redaction } from './tape-redaction.ts';

export interface TapeLimits {
  /** Bytes of one answer. What is larger is marked as cut. */
  answerBytes: number;
  /** Bytes of all of a run. */
  runBytes: number;
}

export const TAPE_LIMITS: TapeLimits = { answerBytes: 64 * 1024, runBytes: 1024 * 1024 };

/** Bytes that a number in a list takes, and those around an exchange. */
const NUMBER_BYTES = 18;
const EXCHANGE_BYTES = 64;

/** What stands between the steps of a run and the world, and keeps what came from there. */
export interface Tape {
  /** For `RunOptions.worldOf`. */
  worldOf(capabilities: Capabilities, path: string): Capabilities;
  /** A question of the run was answered, or several: by their keys. */
  answered(answers: Readonly<Record<string, JsonValue>>): void;
  /** What was recorded so far; null when no step asked for anything. */
  recording(): Recording | null;
}

/**
 * Records what a run gets from outside. `from` is what was recorded of it before it was suspended. A run that
 * asks for nothing allocates nothing but this object.
 */
export function createTape(
  options: { limits?: Partial<TapeLimits>; from?: Recording | null | undefined } = {},
): Tape {
  const limits = options.limits ? { ...TAPE_LIMITS, ...options.limits } : TAPE_LIMITS;
  return new RecordingTape(limits, options.from ?? null);
}

/** How an answer is kept. */
interface KeptAnswer<Answer> {
  /** Bytes it takes; counting stops above `limit`. */
  bytes(answer: Answer, limit: number): number;
  /** Asked for when that is not too much. */
  value(answer: Answer): JsonValue;
}

class RecordingTape implements Tape {
  private readonly limits: TapeLimits;
  private kept: Recording | null;
  private left: number;
  private made: Redaction | null = null;
  /** Files that steps of this run made here: a replay makes them again. */
  private files: Set<string> | null = null;

  constructor(limits: TapeLimits, from: Recording | null) {
    this.limits = limits;
    this.kept = from === null ? null : structuredClone(from);
    this.left = limits.runBytes - (from === null ? 0 : jsonSize(from, limits.runBytes));
  }

  get redaction(): Redaction {
    this.made ??= new Redaction();
    return this.made;
  }

  worldOf(capabilities: Capabilities, path: string): Capabilities {
    return new RecordedWorld(this, capabilities, path);
  }

  answered(answers: Readonly<Record<string, JsonValue>>): void {
    for (const [key, answer] of Object.entries(answers)) {
      const value = this.redaction.value(answer);
      if (!this.take(key.length + jsonSize(value, this.limits.runBytes))) return;
      this.kept ??= { steps: {} };
      this.kept.answers = { ...this.kept.answers, [key]: value };
    }
  }

  recording(): Recording | null {
    return this.kept;
  }

  time(path: string, value: number): number {
    this.number(path, 'times', value);
    return value;
  }

  random(path: string, value: number): number {
    this.number(path, 'randoms', value);
    return value;
  }

  /** Asks, and keeps what was asked and what came of it. */
  async ask<Answer>(
    path: string,
    question: { ask: Asked; request: JsonObject },
    call: () => Promise<Answer>,
    kept: KeptAnswer<Answer>,
  ): Promise<Answer> {
    const exchange: Exchange = question;
    const room = this.take(jsonSize(question.request, this.limits.runBytes) + EXCHANGE_BYTES);
    if (room) {
      const step = this.step(path);
      step.asked ??= [];
      step.asked.push(exchange);
    }
    try {
      const answer = await call();
      if (room) this.keep(exchange, answer, kept);
      return answer;
    } catch (error) {
      if (error instanceof AskFirst) {
        // It is asked again when there is an answer, and only then does it count.
        const asked = this.step(path).asked;
        asked?.splice(asked.indexOf(exchange) >>> 0, 1);
        throw error;
      }
      // Anything else is a bug, or the end of the step: of that nothing is told.
      if (room && error instanceof StepError) exchange.error = failureOf(error, this.redaction);
      throw error;
    }
  }

  /** Whether a step of this run made the file, as far as this process knows. */
  madeHere(file: string): boolean {
    return this.files?.has(file) ?? false;
  }

  noteFile(file: string): void {
    this.files ??= new Set();
    this.files.add(file);
  }

  private keep<Answer>(exchange: Exchange, answer: Answer, kept: KeptAnswer<Answer>): void {
    const { answerBytes } = this.limits;
    const bytes = kept.bytes(answer, answerBytes);
    if (bytes <= answerBytes) {
      const value = kept.value(answer);
      if (this.fits(jsonSize(value, this.limits.runBytes))) {
        exchange.answer = value;
        return;
      }
    }
    exchange.cut = bytes;
  }

  private number(path: string, list: 'times' | 'randoms', value: number): void {
    if (!this.take(NUMBER_BYTES)) return;
    const step = this.step(path);
    const known = step[list];
    if (known) known.push(value);
    else step[list] = [value];
  }

  /** Takes room, or marks the recording as full. */
  private take(bytes: number): boolean {
    if (this.kept?.full) return false;
    if (this.fits(bytes)) return true;
    this.kept ??= { steps: {} };
    this.kept.full = true;
    return false;
  }

  private fits(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.left -= bytes;
    return true;
  }

  private step(path: string): RecordedStep {
    this.kept ??= { steps: {} };
    const { steps } = this.kept;
    const known = Object.hasOwn(steps, path) ? steps[path] : undefined;
    if (known) return known;
    const step: RecordedStep = {};
    steps[path] = step;
    this.left -= path.length;
    return step;
  }
}

function failureOf(error: StepError, redaction: Redaction): Exchange['error'] {
  const { code, message, transient, details } = error;
  return {
    code,
    message: redaction.text(message),
    ...(transient && { transient: true as const }),
    ...(Object.keys(details).length > 0 && { details: redaction.value(details) as JsonObject }),
  };
}

/** One step's capabilities. Members are made when they are asked for: read them, do not spread them. */
class RecordedWorld implements Capabilities {
  private readonly tape: RecordingTape;
  private readonly real: Capabilities;
  private readonly path: string;

  constructor(tape: RecordingTape, real: Capabilities, path: string) {
    this.tape = tape;
    this.real = real;
    this.path = path;
  }

  readonly now = (): number => this.tape.time(this.path, this.real.now());

  readonly random = (): number => this.tape.random(this.path, this.real.random());

  get sleep(): Capabilities['sleep'] {
    return this.real.sleep;
  }

  get parse(): ParseCapability {
    return this.real.parse;
  }

  get schemas(): SchemasCapability {
    return this.real.schemas;
  }

  get http(): HttpCapability {
    const { tape, real, path } = this;
    return {
      async request(request, signal) {
        const question = { ask: 'http' as const, request: await httpQuestion(request, tape.redaction) };
        return tape.ask(path, question, () => real.http.request(request, signal), {
          bytes: ({ body }) => body.byteLength,
          value: (response) => httpAnswer(response, tape.redaction),
        });
      },
    };
  }

  get code(): CodeCapability {
    const { real, http } = this;
    return {
      run: (request, signal) =>
        real.code.run({ ...request, http, now: this.now, seed: this.random() }, signal),
    };
  }

  get knowledge(): KnowledgeCapability {
    return {
      search: ({ base, onWarning, ...query }, signal) =>
        this.ask('knowledge', query, () => this.real.knowledge.search({ base, onWarning, ...query }, signal)),
      read: ({ base, ...from }, signal) =>
        this.ask('knowledge.read', from, () => this.real.knowledge.read({ base, ...from }, signal)),
      put: (document, signal) =>
        this.ask('knowledge.put', knowledgeQuestion(document), () =>
          this.real.knowledge.put(document, signal),
        ),
      remove: ({ base, path }) =>
        this.ask('knowledge.remove', { path }, () => this.real.knowledge.remove({ base, path })),
    };
  }

  get sql(): SqlCapability {
    return {
      query: (query, signal) =>
        this.ask('sql', { text: query.text, params: [...query.params] }, () =>
          this.real.sql.query(query, signal),
        ),
    };
  }

  get mcp(): McpCapability {
    return {
      call: (call, signal) =>
        this.ask(
          'mcp',
          { url: this.tape.redaction.url(call.url), tool: call.tool.name, arguments: call.arguments },
          () => this.real.mcp.call(call, signal),
        ),
    };
  }

  get workflows(): WorkflowsCapability {
    return {
      run: (call, signal) =>
        this.ask<CalledWorkflow>('workflow', { version: call.version, input: call.input }, () =>
          this.real.workflows.run(call, signal),
        ),
      resume: (call, signal) =>
        this.ask<CalledWorkflow>('workflow.resume', { runId: call.runId, answers: call.answers }, () =>
          this.real.workflows.resume(call, signal),
        ),
    };
  }

  get news(): NewsCapability {
    const { news } = this.real;
    return {
      resourceChanged: (uri) => this.ask('resource.changed', { uri }, () => news.resourceChanged(uri)),
      listChanged: (list) => this.ask('list.changed', { list }, () => news.listChanged(list)),
    };
  }

  get store(): StoreCapability {
    const { store } = this.real;
    return {
      get: (key) => this.ask('store.get', { key }, () => store.get(key)),
      set: (key, value, ttlMs) =>
        this.ask('store.set', { key, value, ttlMs: ttlMs ?? null }, () => store.set(key, value, ttlMs)),
      remove: (key) => this.ask('store.remove', { key }, () => store.remove(key)),
      increment: (key, by, ttlMs) =>
        this.ask('store.increment', { key, by, ttlMs: ttlMs ?? null }, () => store.increment(key, by, ttlMs)),
      list: (prefix, limit) => this.ask('store.list', { prefix, limit }, () => store.list(prefix, limit)),
    };
  }

  get files(): FilesCapability {
    const { tape, real, path } = this;
    return {
      put: async (file) => {
        const { name, mimeType, data } = file;
        const handle = await this.ask<FileHandle>('file.put', { name, mimeType, hash: hashOf(data) }, () =>
          real.files.put(file),
        );
        tape.noteFile(handle.file);
        return handle;
      },
      get: (handle) => {
        const { file } = handle;
        if (tape.madeHere(file)) return real.files.get(handle);
        return tape.ask(path, { ask: 'file.get', request: { file } }, () => real.files.get(handle), {
          bytes: (data) => data.byteLength,
          value: (data) => ({ hash: hashOf(data), ...bytesAsJson(data, tape.redaction) }),
        });
      },
    };
  }

  private ask<Answer>(ask: Asked, request: object, call: () => Promise<Answer>): Promise<Answer> {
    const { tape } = this;
    const question = { ask, request: tape.redaction.value(request as JsonObject) as JsonObject };
    return tape.ask(this.path, question, call, {
      bytes: (answer, limit) => jsonSize(jsonOf(answer), limit),
      value: (answer) => tape.redaction.value(jsonOf(answer)),
    });
  }
}

/** What the capabilities answer is JSON, or nothing. */
function jsonOf(answer: unknown): JsonValue {
  return (answer ?? null) as JsonValue;
}
