import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Asked, Exchange, RecordedStep, Recording } from '#lib/workflow/recording.ts';
import { canonical } from '#lib/workflow/same-json.ts';
import type {
  CalledWorkflow,
  Capabilities,
  FileHandle,
  FilesCapability,
  KnowledgeCapability,
  KnowledgeHit,
  KnowledgeText,
  McpCapability,
  NewsCapability,
  SqlCapability,
  StoreCapability,
  WorkflowsCapability,
  WrittenKnowledge,
} from './capabilities.ts';
import { StepError } from './errors.ts';
import { bytesOfJson, hashOf, httpQuestion, httpResponse, knowledgeQuestion } from './tape-format.ts';
import { Redaction } from './tape-redaction.ts';

/** A step asked for what was not recorded. */
export interface Miss {
  path: string;
  /** In words. */
  asked: string;
  /** What the recording has for the step and has not given yet, in words. */
  recorded: string[];
}

export interface Player {
  /** For `RunOptions.worldOf`. */
  worldOf(capabilities: Capabilities, path: string): Capabilities;
  /** In the order in which they came. */
  misses: readonly Miss[];
}

/**
 * Gives what was recorded in the place of the world; nothing reaches out. A step gets an answer when it asks what it
 * asked then; in another order is well. Otherwise it fails with `REPLAY_MISSING`. Code, parsers and schemas run as
 * ever, code with the recorded time and randomness. A step that asks for more times or random numbers than it did
 * then gets `startedAt` (ms since the epoch) or its last time, and numbers that are the same in each replay.
 */
export function playTape(recording: Recording | null, options: { startedAt: number }): Player {
  return new TapePlayer(recording ?? { steps: {} }, options.startedAt);
}

/** How far a step is in what was recorded for it. */
interface Position {
  step: RecordedStep;
  times: number;
  randoms: number;
  /** Exchanges that were not given yet. */
  left: Exchange[];
}

class TapePlayer implements Player {
  readonly misses: Miss[] = [];
  /** Nothing is kept of a replay: it only blanks what was blanked when it was recorded. */
  readonly redaction = new Redaction();
  /** Files that steps made in this replay. */
  readonly files = new Map<string, Uint8Array>();
  private readonly recording: Recording;
  private readonly startedAt: number;
  private readonly positions = new Map<string, Position>();

  constructor(recording: Recording, startedAt: number) {
    this.recording = recording;
    this.startedAt = startedAt;
  }

  worldOf(capabilities: Capabilities, path: string): Capabilities {
    return replayedWorld(this, capabilities, path);
  }

  time(path: string): number {
    const position = this.at(path);
    const { times = [] } = position.step;
    const given = times[position.times] ?? times.at(-1) ?? this.startedAt;
    position.times += 1;
    return given;
  }

  random(path: string): number {
    const position = this.at(path);
    const given = position.step.randoms?.[position.randoms] ?? numberFrom(`${path}/${position.randoms}`);
    position.randoms += 1;
    return given;
  }

  /** The recorded answer. Throws StepError: the recorded one, or `REPLAY_MISSING`. */
  answer(path: string, ask: Asked, request: JsonObject): JsonValue {
    const { left } = this.at(path);
    const index = left.findIndex((exchange) => exchange.ask === ask && fits(exchange.request, request));
    if (index < 0) throw this.missing(path, ask, request);
    const { answer, error, cut } = left.splice(index, 1)[0]!;
    if (answer !== undefined) return answer;
    if (error) {
      const { code, message, transient = false, details = {} } = error;
      throw new StepError(code, message, { transient, details });
    }
    throw cut === undefined ? unanswered(ask, request) : this.tooLarge(path, { ask, request, cut });
  }

  private missing(path: string, ask: Asked, request: JsonObject): StepError {
    const asked = inWords(ask, request);
    const recorded = this.at(path).left.map((exchange) => inWords(exchange.ask, exchange.request));
    this.misses.push({ path, asked, recorded });
    const known =
      recorded.length > 0
        ? `Recorded for it and not asked yet: ${recorded.slice(0, 5).join('; ')}.`
        : this.recording.full
          ? 'The recording was full before it came to this.'
          : 'Nothing more is recorded for it.';
    return new StepError(
      'REPLAY_MISSING',
      `This step asks for what the recording does not have: ${asked}. ${known} Run the workflow for real to record it.`,
      { details: { asked, recorded: recorded.slice(0, 20) } },
    );
  }

  private tooLarge(path: string, { ask, request, cut }: { ask: Asked; request: JsonObject; cut: number }) {
    const asked = inWords(ask, request);
    this.misses.push({ path, asked, recorded: [] });
    return new StepError(
      'REPLAY_MISSING',
      `The answer to ${asked} was too large to be recorded (${cut} bytes or more), so this step cannot be replayed. Pin its output instead, or ask for less.`,
      { details: { asked, bytes: cut } },
    );
  }

  private at(path: string): Position {
    const known = this.positions.get(path);
    if (known) return known;
    const step = (Object.hasOwn(this.recording.steps, path) && this.recording.steps[path]) || {};
    const position = { step, times: 0, randoms: 0, left: [...(step.asked ?? [])] };
    this.positions.set(path, position);
    return position;
  }
}

/** The step ended before there was an answer: it had taken too long, or the run was stopped. */
function unanswered(ask: Asked, request: JsonObject): StepError {
  return new StepError(
    'TIMEOUT',
    `There was no answer to ${inWords(ask, request)} before the recorded step ended.`,
    { transient: true },
  );
}

/** What is left out of the recorded request is not compared. */
function fits(recorded: JsonObject, asked: JsonObject): boolean {
  return Object.entries(recorded).every(
    ([name, value]) => canonical(value) === canonical(asked[name] ?? null),
  );
}

const MOST_WORDS = 300;

/** `GET https://…`, `store.get {"key":"a"}`. */
function inWords(ask: Asked, request: JsonObject): string {
  const { method, url, body, ...rest } = request;
  let words = `${ask} ${JSON.stringify(request)}`;
  if (ask === 'http') {
    words = `${method ?? 'any'} ${url ?? 'address'}`;
    if (typeof body === 'string') words += ` with a body (SHA-256 ${body.slice(0, 8)}…)`;
    if (Object.keys(rest).length > 0) words += ` ${JSON.stringify(rest)}`;
  }
  return words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}…` : words;
}

/** [0, 1), always the same for a text. */
function numberFrom(text: string): number {
  return Number.parseInt(hashOf(text).slice(0, 12), 16) / 2 ** 48;
}

function replayedWorld(player: TapePlayer, real: Capabilities, path: string): Capabilities {
  const { redaction } = player;
  const now = () => player.time(path);
  const random = () => player.random(path);

  /** Asynchronous, so that what is wrong rejects as it does in a real run. */
  async function ask<Answer>(kind: Asked, request: object): Promise<Answer> {
    const question = redaction.value(request as JsonObject) as JsonObject;
    return player.answer(path, kind, question) as Answer;
  }

  const http: Capabilities['http'] = {
    async request(request, signal) {
      signal.throwIfAborted();
      const question = await httpQuestion(request, redaction);
      return httpResponse(player.answer(path, 'http', question), question);
    },
  };
  const sql: SqlCapability = { query: ({ text, params }) => ask('sql', { text, params: [...params] }) };
  const mcp: McpCapability = {
    call: ({ url, tool, arguments: given }) =>
      ask('mcp', { url: redaction.url(url), tool: tool.name, arguments: given }),
  };
  const workflows: WorkflowsCapability = {
    run: ({ version, input }) => ask<CalledWorkflow>('workflow', { version, input }),
    resume: ({ runId, answers }) => ask<CalledWorkflow>('workflow.resume', { runId, answers }),
  };
  const knowledge: KnowledgeCapability = {
    search: ({ base: _, onWarning: __, ...query }) => ask<KnowledgeHit[]>('knowledge', query),
    read: ({ base: _, ...from }) => ask<KnowledgeText>('knowledge.read', from),
    put: (document) => ask<WrittenKnowledge>('knowledge.put', knowledgeQuestion(document)),
    remove: ({ path: written }) => ask<boolean>('knowledge.remove', { path: written }),
  };
  const store: StoreCapability = {
    get: (key) => ask('store.get', { key }),
    set: async (key, value, ttlMs) => {
      await ask('store.set', { key, value, ttlMs: ttlMs ?? null });
    },
    remove: (key) => ask('store.remove', { key }),
    increment: (key, by, ttlMs) => ask('store.increment', { key, by, ttlMs: ttlMs ?? null }),
    list: (prefix, limit) => ask('store.list', { prefix, limit }),
  };
  const news: NewsCapability = {
    resourceChanged: async (uri) => {
      await ask('resource.changed', { uri });
    },
    listChanged: async (list) => {
      await ask('list.changed', { list });
    },
  };
  const files: FilesCapability = {
    async put({ name, mimeType, data }) {
      const handle = await ask<FileHandle>('file.put', { name, mimeType, hash: hashOf(data) });
      player.files.set(handle.file, data);
      return handle;
    },
    async get({ file }) {
      return player.files.get(file) ?? bytesOfJson(await ask<JsonObject>('file.get', { file }));
    },
  };
  return {
    now,
    random,
    async sleep(_, signal) {
      signal.throwIfAborted();
    },
    http,
    code: {
      run: (request, signal) => real.code.run({ ...request, http, now, seed: random() }, signal),
    },
    knowledge,
    files,
    store,
    sql,
    mcp,
    workflows,
    parse: real.parse,
    schemas: real.schemas,
    news,
  };
}
