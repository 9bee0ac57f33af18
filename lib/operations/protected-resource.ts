import { issuerOf } from '#lib/auth/oauth/issuer.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { SCOPES } from '#lib/workflow/scopes.ts';
import { addressOf } from './pinned-address.ts';

/** Of an MCP address: enough of its project to name it. */
export type Addressed = Parameters<typeof addressOf>[0];

/** What stands before the path of an MCP address, to find out who signs people in there (RFC 9728, section 3.1). */
export const PROTECTED_RESOURCE = '/.well-known/oauth-protected-resource';

/** The MCP address in full: what access tokens are for, one token for one of them. */
export function resourceOf(project: Addressed, publicUrl: string): string {
  return `${publicUrl}/mcp/${addressOf(project)}`;
}

/** Where the metadata of an MCP address lie. */
export function metadataUrlOf(project: Addressed, publicUrl: string): string {
  return `${publicUrl}${PROTECTED_RESOURCE}/mcp/${addressOf(project)}`;
}

/**
 * The metadata of an MCP address (RFC 9728). Whoever has the address reads them: nothing is told that does not stand in
 * it already, neither the project's name nor the names of its tools.
 */
export function protectedResource(project: Addressed, publicUrl: string): JsonObject {
  return {
    resource: resourceOf(project, publicUrl),
    authorization_servers: [issuerOf(publicUrl)],
    scopes_supported: [...SCOPES],
    bearer_methods_supported: ['header'],
    resource_name: addressOf(project),
  };
}
