import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import { AppError, type AppErrorCode } from '#lib/db/app-error.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** Codes from -32000 to -32019 are for implementations to define: the HTTP status says the rest. */
const REFUSED = -32_000;

/**
 * Every way in which a request is answered with an error: JSON-RPC code and HTTP status. Only faults of the
 * protocol are here; a tool that fails is a result (`isError`).
 */
const FAULTS = {
  parse_error: { code: ProtocolErrorCode.ParseError, status: 400 },
  invalid_request: { code: ProtocolErrorCode.InvalidRequest, status: 400 },
  method_not_found: { code: ProtocolErrorCode.MethodNotFound, status: 404 },
  /** Clients of 2025 take HTTP 404 for the end of their session. */
  method_not_found_legacy: { code: ProtocolErrorCode.MethodNotFound, status: 200 },
  invalid_params: { code: ProtocolErrorCode.InvalidParams, status: 200 },
  /** Of 2025; later it is a matter of wrong params. */
  resource_not_found: { code: -32_002, status: 200 },
  /** Runs of methods that have no result for a failure. */
  failed: { code: ProtocolErrorCode.InternalError, status: 200 },
  waiting: { code: REFUSED, status: 200 },
  /** To a request of the server's. */
  bad_answer: { code: ProtocolErrorCode.InvalidParams, status: 400 },
  header_mismatch: { code: -32_020, status: 400 },
  missing_capability: { code: ProtocolErrorCode.MissingRequiredClientCapability, status: 400 },
  unsupported_version: { code: ProtocolErrorCode.UnsupportedProtocolVersion, status: 400 },
  internal: { code: ProtocolErrorCode.InternalError, status: 500 },
  bad_request: { code: REFUSED, status: 400 },
  unauthenticated: { code: REFUSED, status: 401 },
  forbidden: { code: REFUSED, status: 403 },
  insufficient_scope: { code: REFUSED, status: 403 },
  not_found: { code: REFUSED, status: 404 },
  /** Tells a 2025 client to begin a new session. */
  session_unknown: { code: -32_001, status: 404 },
  method_not_allowed: { code: REFUSED, status: 405 },
  timeout: { code: REFUSED, status: 408 },
  too_large: { code: REFUSED, status: 413 },
  unsupported_media: { code: REFUSED, status: 415 },
  too_many: { code: REFUSED, status: 429 },
  unavailable: { code: REFUSED, status: 503 },
} as const;

export type FaultName = keyof typeof FAULTS;

/** A request that is answered with an error. Its message is for the client. */
export class Fault extends Error {
  override name = 'Fault';
  readonly code: number;
  readonly status: number;
  readonly data: JsonObject | undefined;
  readonly headers: Record<string, string>;

  constructor(
    fault: FaultName | { code: number; status: number },
    message: string,
    options: { data?: JsonObject; headers?: Record<string, string> } = {},
  ) {
    super(message);
    const { code, status } = typeof fault === 'string' ? FAULTS[fault] : fault;
    this.code = code;
    this.status = status;
    this.data = options.data;
    this.headers = options.headers ?? {};
  }
}

const APP_ERROR_FAULTS: Record<AppErrorCode, FaultName> = {
  bad_request: 'invalid_params',
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
  not_found: 'invalid_params',
  conflict: 'invalid_params',
  gone: 'invalid_params',
  too_large: 'too_large',
  unsupported_media: 'unsupported_media',
  invalid: 'invalid_params',
  too_many: 'too_many',
  unavailable: 'unavailable',
};

/**
 * Whatever was thrown, as a fault. Of an error nobody meant to throw nothing is told but the id under which
 * `unexpected` logged it.
 */
export function toFault(error: unknown, unexpected: (error: unknown) => string): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof AppError) {
    const { retryAfterMs: wait, limit } = error.details;
    const headers: Record<string, string> =
      typeof wait === 'number' ? { 'retry-after': String(Math.ceil(wait / 1000)) } : {};
    return new Fault(APP_ERROR_FAULTS[error.code], error.message, {
      headers,
      // Which limit it was, where it was one.
      ...(limit !== undefined && {
        data: {
          limit: limit as JsonObject,
          ...(typeof wait === 'number' && { retryAfterSeconds: Math.ceil(wait / 1000) }),
        },
      }),
    });
  }
  return new Fault('internal', `Something went wrong, request ${unexpected(error)}.`);
}

/** The JSON-RPC error of a fault, as text; for `id` see `answeredId`. */
export function faultJson(fault: Fault, id: string | number | null | undefined): string {
  const { code, message, data } = fault;
  return JSON.stringify({ jsonrpc: '2.0', id, error: data ? { code, message, data } : { code, message } });
}
