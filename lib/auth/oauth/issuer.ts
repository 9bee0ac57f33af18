import { SCOPES } from '#lib/workflow/scopes.ts';

/** Asks for a refresh token, which is given in any case. */
export const OFFLINE_ACCESS = 'offline_access';

/** The name of the authorization server. It has a path of its own, so that nothing at the root stands for it. */
export function issuerOf(publicUrl: string): string {
  return `${publicUrl}/oauth`;
}

/** How clients show who they are at the token endpoint. */
export const CLIENT_AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const;

/** RFC 8414, with what RFC 9207 and Client ID Metadata Documents add. */
export function serverMetadata(publicUrl: string): Record<string, unknown> {
  const issuer = issuerOf(publicUrl);
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    revocation_endpoint: `${issuer}/revoke`,
    scopes_supported: [...SCOPES, OFFLINE_ACCESS],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  };
}
