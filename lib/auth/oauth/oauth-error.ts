/** The errors of RFC 6749, 7009, 7591, 8707 and OpenID Connect Core that are used, with their HTTP status. */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  invalid_scope: 400,
  invalid_target: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  access_denied: 403,
  login_required: 400,
  consent_required: 400,
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  temporarily_unavailable: 503,
  slow_down: 429,
} as const;

export type OauthErrorCode = keyof typeof STATUS;

/** A client asked wrongly. The description is for who wrote it. */
export class OauthError extends Error {
  override name = 'OauthError';
  readonly code: OauthErrorCode;
  readonly headers: Record<string, string>;

  constructor(code: OauthErrorCode, description: string, headers: Record<string, string> = {}) {
    super(description);
    this.code = code;
    this.headers = headers;
  }

  get status(): number {
    return STATUS[this.code];
  }
}
