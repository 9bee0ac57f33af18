import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

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
  /** The body of an async function; `input`, `steps`, `env`, `http`, `console` are in scope. */
  source: string;
  input: JsonValue;
  steps: Record<string, JsonValue>;
  env: Record<string, string>;
  /** ms of wall time. */
  timeoutMs: number;
  /** What `http` in the code calls: the run's own, so that its calls are counted with the others. */
  http?: HttpCapability;
  onLog(level: 'debug' | 'info' | 'warn' | 'error', text: string): void;
}

/** Runs user JavaScript in the sandbox. Throws StepError with line and column in the user's own code. */
export interface CodeCapability {
  run(request: CodeRequest, signal: AbortSignal): Promise<JsonValue>;
}

export interface KnowledgeHit {
  document: string;
  documentId: string;
  /** Headings from the document's title down to the passage. */
  headings: string[];
  text: string;
  /** Greater is better; comparable only within one answer. */
  score: number;
}

export interface KnowledgeCapability {
  search(
    query: { base: string; text: string; topK: number; filter?: JsonObject },
    signal: AbortSignal,
  ): Promise<KnowledgeHit[]>;
}

export interface FilesCapability {
  put(file: { name: string; mimeType: string; data: Uint8Array }): Promise<FileHandle>;
  get(handle: FileHandle): Promise<Uint8Array>;
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
}
