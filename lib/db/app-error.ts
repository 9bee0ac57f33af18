/** What can be asked wrongly. One table gives the HTTP status; the words are the thrower's. */
export const APP_ERRORS = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media: 415,
  invalid: 422,
  too_many: 429,
  unavailable: 503,
} as const;

export type AppErrorCode = keyof typeof APP_ERRORS;

/** Somebody asked for the wrong thing. Anything else that is thrown at the edge is a bug. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: AppErrorCode;
  /** Machine-readable facts: problems, what changed, ms to wait. JSON only. */
  readonly details: Record<string, unknown>;

  constructor(code: AppErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return APP_ERRORS[this.code];
  }
}
