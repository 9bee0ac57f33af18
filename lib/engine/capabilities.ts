import type { CallerFacts } from '#lib/workflow/caller.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Question } from './question.ts';

/** A file as it travels between nodes: a handle, never bytes. */
export interface FileHandle {
  file: string;
  mimeType: string;
  name: string;
  bytes: number;
}

export interface HttpRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  /** Text, bytes, a form, or null for none. */
  body?: string | Uint8Array | FormData | null;
  /** Credentials to add; the capability checks that the connection may be sent to this host. */
  connectionId?: string;
  /** ms for the whole exchange. */
  timeoutMs?: number;
  /** ms without a byte, until the answer begins and in the middle of it. The egress' own limit when left out. */
  quietMs?: number;
  /** Upper bound of the (decoded) body in bytes; more is an error. */
  maxBytes?: number;
  /** Follow redirects (at most 5). Default true. */
  followRedirects?: boolean;
}

export interface HttpResponse {
  status: number;
  statusText: string;
  /** Lower-case names; repeated headers joined by ", ". */
  headers: Record<string, string>;
  /** The address after redirects. */
  url: string;
  body: Uint8Array;
}

/** Every outgoing HTTP call. Throws StepError (`EGRESS_BLOCKED`, `TIMEOUT`, `NETWORK`, `TOO_LARGE` …). */
export interface HttpCapability {
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
}

export interface CodeRequest {
  /** The body of an async function; `input`, `steps`, `env`, `caller`, `http`, `console` are in scope. */
  source: string;
  input: JsonValue;
  steps: Record<string, JsonValue>;
  env: Record<string, string>;
  /** Who calls. */
  caller?: CallerFacts;
  /** ms of wall time. */
  timeoutMs: number;
  /** What `http` in the code calls: the run's own, so that its calls are counted with the others. */
  http?: HttpCapability;
  /** The clock of the code, ms since the epoch: read when it begins and whenever an answer comes to it. */
  now?: () => number;
  /** [0, 1): what its random numbers are made from. */
  seed?: number;
  onLog(level: 'debug' | 'info' | 'warn' | 'error', text: string): void;
}

/** Runs user JavaScript in the sandbox. Throws StepError with line and column in the user's own code. */
export interface CodeCapability {
  run(request: CodeRequest, signal: AbortSignal): Promise<JsonValue>;
}

/** How a knowledge base is searched. */
export interface LookUpQuery {
  text: string;
  /** 1 to 50 */
  topK: number;
  /** 0 to 1: passages that score less are left out. */
  minScore?: number | undefined;
  /** Only documents whose metadata has these values. */
  filter?: JsonObject | undefined;
  /** `auto`: hybrid where the base has vectors, else full text. */
  mode?: LookUpMode | undefined;
  /** With the passages before and after each. */
  neighbours?: boolean | undefined;
  /** False: without the model that orders passages once more, also where the base has one. */
  rerank?: boolean | undefined;
  /** The last word is still being typed. */
  prefix?: boolean | undefined;
  /** False: passages that say nearly the same are not put together. */
  merge?: boolean | undefined;
}

export type LookUpMode = 'auto' | 'text' | 'vectors' | 'hybrid';

/** A passage that was found. */
export interface KnowledgeHit {
  /** Name of the document. */
  document: string;
  documentId: string;
  title: string;
  /** `knowledge://<base>/<document>`, or where it came from. */
  uri: string;
  /** Headings from the document's title down to the passage. */
  headings: string[];
  /** From 1, where the document has pages. */
  page: number | null;
  /** Its place in the document, from 0. */
  passage: number;
  text: string;
  before?: string;
  after?: string;
  /** 0 to 1; comparable between searches of one base in one mode. */
  score: number;
  /** A line of the text around the matches, which stand between `**`. */
  snippet: string;
  /** Documents that say nearly the same. */
  also?: { document: string; documentId: string }[];
}

/** What a document is to hold from now on. */
export interface NewKnowledge {
  base: string;
  /** Names it among what workflows wrote: the same path again is its next version. */
  path: string;
  /** Its type is told by its ending. */
  name: string;
  data: Uint8Array;
  metadata?: JsonObject | undefined;
  /** ms to wait at most until it can be found; 0: not at all. */
  waitMs: number;
}

export interface WrittenKnowledge {
  document: string;
  documentId: string;
  uri: string;
  outcome: 'added' | 'changed' | 'unchanged';
  /** Whether this content can be found already, or could not be read. */
  state: 'searchable' | 'reading' | 'failed';
  /** Why it could not be read. */
  error: string | null;
}

/** Passages of a document in their order, as one text. */
export interface KnowledgeText {
  document: string;
  documentId: string;
  title: string;
  uri: string;
  mimeType: string;
  metadata: JsonObject;
  text: string;
  /** The passage that the text begins with. */
  passage: number;
  /** Where the next part begins; null after the last. */
  next: number | null;
  /** Passages of the whole document. */
  passages: number;
}

export interface KnowledgeCapability {
  /**
   * `base`: id or name. `onWarning` hears of what was left out, as a model that does not answer. Throws StepError
   * (`KNOWLEDGE_MISSING`, `KNOWLEDGE_QUERY`).
   */
  search(
    query: { base: string; onWarning?: ((text: string) => void) | undefined } & LookUpQuery,
    signal: AbortSignal,
  ): Promise<KnowledgeHit[]>;
  /**
   * By id, path, name or URI, from a passage on, as many passages as fit into so many characters (one at least). Throws
   * StepError (`KNOWLEDGE_MISSING`, `DOCUMENT_MISSING`).
   */
  read(
    from: { base: string; document: string; passage: number; characters: number },
    signal: AbortSignal,
  ): Promise<KnowledgeText>;
  /** Throws StepError (`KNOWLEDGE_MISSING`, `DOCUMENT_REFUSED`, `KNOWLEDGE_LIMIT`). */
  put(document: NewKnowledge, signal: AbortSignal): Promise<WrittenKnowledge>;
  /** What a workflow wrote at this path. False when there is nothing. */
  remove(document: { base: string; path: string }): Promise<boolean>;
}

export interface FilesCapability {
  put(file: { name: string; mimeType: string; data: Uint8Array }): Promise<FileHandle>;
  get(handle: FileHandle): Promise<Uint8Array>;
}

/** Values of the project that outlive a run. Keys are at most 256 characters, values 64 KiB of JSON. */
export interface StoreCapability {
  /** null when there is none, or its time is over. */
  get(key: string): Promise<JsonValue>;
  /** Without `ttlMs` it stays until it is removed. */
  set(key: string, value: JsonValue, ttlMs?: number): Promise<void>;
  /** False when there was none. */
  remove(key: string): Promise<boolean>;
  /** Adds to a number in one step, which begins at 0; answers the sum. A `ttlMs` counts from the first. */
  increment(key: string, by: number, ttlMs?: number): Promise<number>;
  /** In the order of the keys. */
  list(prefix: string, limit: number): Promise<{ key: string; value: JsonValue }[]>;
}

export interface SqlQuery {
  connectionId: string;
  /** With `$1`, `$2` … for the parameters. One statement. */
  text: string;
  params: readonly JsonValue[];
  /** In a read-only transaction, unless false. */
  readOnly: boolean;
  maxRows: number;
  timeoutMs: number;
}

/** PostgreSQL. Throws StepError (`SQL_ERROR`, `TIMEOUT`, `EGRESS_BLOCKED`, `CONNECTION_MISSING` …). */
export interface SqlCapability {
  query(
    query: SqlQuery,
    signal: AbortSignal,
  ): Promise<{
    rows: JsonObject[];
    rowCount: number /** There were more than `maxRows`. */;
    truncated: boolean;
  }>;
}

/** A tool of another MCP server, as it was when somebody picked it. */
export interface PinnedTool {
  name: string;
  /** SHA-256 of the definition, hexadecimal. */
  hash: string;
}

/** Other MCP servers. Throws StepError (`MCP_DEFINITION_CHANGED` with the differences, `MCP_ERROR`, `NETWORK` …). */
export interface McpCapability {
  call(
    call: {
      url: string;
      connectionId?: string;
      tool: PinnedTool;
      arguments: JsonObject;
      timeoutMs: number;
    },
    signal: AbortSignal,
  ): Promise<{ content: JsonObject[]; structured?: JsonValue; isError: boolean }>;
}

/** How a called workflow ended, or what it waits for. */
export type CalledWorkflow =
  | { runId: string; value: JsonValue; text: string }
  | { runId: string; waiting: Record<string, Question> };

/** Workflows of the same project. Throws StepError (`WORKFLOW_MISSING`, `WORKFLOW_FAILED`, `WORKFLOW_DEPTH` …). */
export interface WorkflowsCapability {
  /** `version` null: the live one. */
  run(
    call: { workflow: string; version: number | null; input: JsonObject },
    signal: AbortSignal,
  ): Promise<CalledWorkflow>;
  /** Goes on with a called workflow that waited. */
  resume(
    call: { runId: string; answers: Record<string, JsonValue> },
    signal: AbortSignal,
  ): Promise<CalledWorkflow>;
}

export type ParseRequest =
  | { format: 'json'; text: string }
  /** Rows as objects by the names of the first row, or as lists. */
  | { format: 'csv'; text: string; header: boolean; delimiter: string }
  | { format: 'xml'; text: string }
  /** What a CSS selector finds: the text, the inner HTML or an attribute of each. */
  | {
      format: 'html';
      text: string;
      selector: string;
      take: 'text' | 'html' | 'attribute';
      attribute: string;
    };

/** Reads text as data. Throws StepError (`PARSE_ERROR` with the place, `TOO_LARGE`). */
export interface ParseCapability {
  parse(request: ParseRequest, signal: AbortSignal): Promise<JsonValue>;
}

/** What a client of the project can list. */
export type McpList = 'tools' | 'prompts' | 'resources';

/** News to clients of the project's MCP server that listen for them. */
export interface NewsCapability {
  /** Whoever is subscribed to this resource is told to read it again. Throws StepError `RESOURCE_URI`. */
  resourceChanged(uri: string): Promise<void>;
  /** Whoever listens for changes of this list is told to ask for it again. */
  listChanged(list: McpList): Promise<void>;
}

/** JSON Schema 2020-12. */
export interface SchemasCapability {
  /** One sentence per fault, null when it fits. Throws StepError `SCHEMA_INVALID`. */
  check(schema: JsonObject, value: JsonValue): string[] | null;
}

/** The world, as the engine is handed it. Tests hand it another one. */
export interface Capabilities {
  /** Wall clock, ms since the epoch. */
  now(): number;
  /** [0, 1) */
  random(): number;
  /** Resolves after ms, rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  http: HttpCapability;
  code: CodeCapability;
  knowledge: KnowledgeCapability;
  files: FilesCapability;
  store: StoreCapability;
  sql: SqlCapability;
  mcp: McpCapability;
  workflows: WorkflowsCapability;
  parse: ParseCapability;
  schemas: SchemasCapability;
  news: NewsCapability;
}
