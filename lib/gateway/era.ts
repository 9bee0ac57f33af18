import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  classifyInboundRequest,
} from '@modelcontextprotocol/server';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import { Fault } from './errors.ts';
import {
  type Era,
  envelopeVersion,
  isLegacyVersion,
  isNotification,
  isRequest,
  LEGACY_VERSIONS,
  MODERN_VERSION,
  metaOf,
  type RpcNotification,
  type RpcRequest,
} from './protocol.ts';

/** The headers that repeat what the body says. */
export interface ProtocolHeaders {
  version: string | undefined;
  method: string | undefined;
  name: string | undefined;
}

export type Classified =
  | { kind: 'request'; era: Era; message: RpcRequest }
  | { kind: 'notification'; era: Era; message: RpcNotification }
  /** An answer to a request of the server's. */
  | { kind: 'response'; era: 'legacy'; message: JsonObject };

/** Which member of params the header Mcp-Name repeats. */
const NAME_SOURCE: Record<string, string> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/**
 * Which era one message belongs to, and whether its headers agree with it. The body decides. Messages as every
 * client sends them are told apart here; of all others the SDK's classifier says what is wrong.
 *
 * Tolerated, as real clients do it (each with a test): a 2026 body under the header of an older revision or under
 * none, then also without Mcp-Method and Mcp-Name.
 * Throws Fault with the code and the HTTP status the specification names.
 */
export function classify(body: unknown, headers: ProtocolHeaders): Classified {
  if (isRequest(body)) {
    if (envelopeVersion(body) !== undefined && hasEnvelope(body)) return modernRequest(body, headers);
    if (envelopeVersion(body) === undefined && !isModernVersion(headers.version))
      return legacy(body, headers);
  }
  const tolerant = isTolerated(headers.version) && isJsonObject(body) && envelopeVersion(body) !== undefined;
  const outcome = classifyInboundRequest({
    httpMethod: 'POST',
    protocolVersionHeader: tolerant ? undefined : headers.version,
    mcpMethodHeader: headers.method,
    mcpNameHeader: headers.name,
    body,
  });
  if (outcome.kind === 'reject') {
    const data = isJsonObject(outcome.data) ? outcome.data : undefined;
    throw new Fault({ code: outcome.code, status: outcome.httpStatus }, outcome.message, { data });
  }
  if (outcome.kind === 'legacy') {
    if (outcome.reason === 'response' && isJsonObject(body)) {
      return { kind: 'response', era: 'legacy', message: body };
    }
    if (isNotification(body)) return { kind: 'notification', era: 'legacy', message: body };
    if (isRequest(body)) return legacy(body, headers);
  } else if (outcome.messageKind === 'notification' && isNotification(body)) {
    return { kind: 'notification', era: 'modern', message: body };
  } else if (isRequest(body)) {
    return modernRequest(body, headers);
  }
  throw new Fault('invalid_request', 'The body is not a JSON-RPC message.');
}

/** The envelope as far as it is read here: the version, the capabilities, a name. */
function hasEnvelope(message: RpcRequest): boolean {
  const meta = metaOf(message);
  const info = meta[CLIENT_INFO_META_KEY];
  const named = isJsonObject(info) && typeof info['name'] === 'string' && typeof info['version'] === 'string';
  return (
    typeof envelopeVersion(message) === 'string' &&
    isJsonObject(meta[CLIENT_CAPABILITIES_META_KEY]) &&
    (info === undefined || named)
  );
}

/** Dates compare as text. */
export function isModernVersion(version: string | undefined): boolean {
  return version !== undefined && version >= MODERN_VERSION;
}

function isTolerated(version: string | undefined): boolean {
  return version === undefined || isLegacyVersion(version);
}

function legacy(message: RpcRequest, { version }: ProtocolHeaders): Classified {
  if (version !== undefined && !isLegacyVersion(version)) {
    const supported = [MODERN_VERSION, ...LEGACY_VERSIONS];
    throw new Fault(
      'bad_request',
      `MCP-Protocol-Version: ${version} is not served; ${supported.join(', ')} are.`,
    );
  }
  return { kind: 'request', era: 'legacy', message };
}

function modernRequest(message: RpcRequest, headers: ProtocolHeaders): Classified {
  const version = envelopeVersion(message) as string;
  const lenient = isTolerated(headers.version);
  if (!lenient && headers.version !== version) {
    mismatch(`the body names ${version}, the header MCP-Protocol-Version ${headers.version}`);
  }
  if (version !== MODERN_VERSION) {
    throw new Fault('unsupported_version', `Unsupported protocol version: ${version}`, {
      data: { supported: [MODERN_VERSION], requested: version },
    });
  }
  const { method } = message;
  if (headers.method === undefined) {
    if (!lenient) mismatch(`the header Mcp-Method is missing; the body names ${method}`);
  } else if (headers.method !== method) {
    mismatch(`the body names ${method}, the header Mcp-Method ${headers.method}`);
  }
  const name = message.params?.[NAME_SOURCE[method] ?? ''];
  if (typeof name !== 'string') return { kind: 'request', era: 'modern', message };
  if (headers.name === undefined) {
    if (!lenient) mismatch(`the header Mcp-Name is missing; the body names ${name}`);
  } else if (headers.name !== name && decodeHeader(headers.name) !== name) {
    mismatch(`the body names ${name}, the header Mcp-Name ${headers.name}`);
  }
  return { kind: 'request', era: 'modern', message };
}

function mismatch(what: string): never {
  throw new Fault('header_mismatch', `Headers and body disagree: ${what}.`);
}

const ENCODED = /^=\?base64\?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\?=$/;

/** A header value that may be written `=?base64?…?=`, decoded; null when that is not well made. */
export function decodeHeader(value: string): string | null {
  if (!value.startsWith('=?base64?') || !value.endsWith('?=')) return value;
  const encoded = ENCODED.exec(value)?.[1];
  if (encoded === undefined) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    return null;
  }
}
