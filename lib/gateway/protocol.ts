import {
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  SERVER_INFO_META_KEY,
} from '@modelcontextprotocol/server';
import type { Principal } from '#lib/db/principal.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';

/** The revision that has no sessions: every request carries its own envelope. */
export const MODERN_VERSION = '2026-07-28';

/** A call may be answered with a task, and its client asks how far it is (2026-07-28). */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** Revisions that begin with `initialize`, the newest first. */
export const LEGACY_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26'] as const;

/** The one legacy revision that has batches; also what a request without a version header is taken for. */
export const BATCH_VERSION = '2025-03-26';

/**
 * Of the transport before Streamable HTTP, and served where a connection carries messages both ways. Named in headers by
 * its clients, which send it over Streamable HTTP all the same.
 */
export const OLDER_VERSION = '2024-11-05';

const BOTH: JsonObject = {
  logging: {},
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  completions: {},
};

/**
 * What this server can do, by revision. Nothing is advertised that is not served; but prompts and resources also where
 * a project has none, as the next release may bring some and a client asks what there is only once.
 */
export const CAPABILITIES: Record<Era, JsonObject> = {
  legacy: BOTH,
  modern: { ...BOTH, extensions: { [TASKS_EXTENSION]: {} } },
};

/** ms a client may keep a list. Short: not every client listens for changes. */
export const LIST_TTL_MS = 60_000;

export type Era = 'modern' | 'legacy';
export type RequestId = string | number;

export interface RpcRequest {
  jsonrpc: '2.0';
  id: RequestId;
  method: string;
  params?: JsonObject;
}

export interface RpcNotification {
  jsonrpc: '2.0';
  method: string;
  params?: JsonObject;
}

export function isLegacyVersion(version: string): boolean {
  return version === OLDER_VERSION || (LEGACY_VERSIONS as readonly string[]).includes(version);
}

/** A text or an integer. Past 2^53 JSON is read as another number, and its answer would be to another request. */
export function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** A JSON-RPC request: an object of the right members, with an id. */
export function isRequest(value: unknown): value is RpcRequest {
  return isJsonObject(value) && isRequestId(value['id']) && isMessage(value);
}

/** A JSON-RPC notification: as a request, without an id. */
export function isNotification(value: unknown): value is RpcNotification {
  return isJsonObject(value) && !('id' in value) && isMessage(value);
}

function isMessage(value: JsonObject): boolean {
  const { jsonrpc, method, params } = value;
  return jsonrpc === '2.0' && typeof method === 'string' && (params === undefined || isJsonObject(params));
}

/** `params._meta`, or an empty object. */
export function metaOf(message: { params?: JsonObject }): JsonObject {
  const meta = message.params?.['_meta'];
  return isJsonObject(meta) ? meta : {};
}

/** The revision a message's own envelope names; undefined when it has none. */
export function envelopeVersion(message: { params?: JsonObject }): unknown {
  return metaOf(message)[PROTOCOL_VERSION_META_KEY];
}

/** `claude-code 2.1`: what the caller calls itself, from its envelope or its User-Agent header. */
export function clientName(message: { params?: JsonObject }, userAgent: string | undefined): string | null {
  return implementationName(metaOf(message)[CLIENT_INFO_META_KEY]) ?? userAgent?.slice(0, 100) ?? null;
}

/** Of a client's own description of itself, which may be anything; null when it gave no name. */
export function implementationName(info: JsonValue | undefined): string | null {
  if (!isJsonObject(info)) return null;
  const { name, version } = info;
  if (typeof name !== 'string') return null;
  return `${name} ${typeof version === 'string' ? version : undefined}`.slice(0, 100);
}

/** What this server calls itself in every result; the version is the release they see. */
export function serverInfo(project: LiveProject): { name: string; title: string; version: string } {
  const { slug, toolset, name: title, release } = project;
  return { name: toolset ? `${slug}-${toolset.name}` : slug, title, version: String(release) };
}

/** `_meta` of every modern result. */
export function resultMeta(project: LiveProject): JsonObject {
  return { [SERVER_INFO_META_KEY]: serverInfo(project) };
}

/** Members of every modern result that may be kept by the client; by others only what is the same for all callers. */
export function cacheHints(
  project: LiveProject,
  principal: Principal,
): { ttlMs: number; cacheScope: 'public' | 'private' } {
  const isForAll = project.access === 'public' && principal.type === 'public';
  return { ttlMs: LIST_TTL_MS, cacheScope: isForAll ? 'public' : 'private' };
}
