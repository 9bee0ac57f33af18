import { OauthError } from '#lib/auth/oauth/oauth-error.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '../app.ts';
import type { LiveProject } from '../live.ts';
import { readAddress } from '../pinned-address.ts';
import { resourceOf } from '../protected-resource.ts';

/** An MCP address that people sign in to. */
export interface Resource {
  /** In full, as tokens are bound to it. */
  resource: string;
  project: LiveProject;
}

/**
 * The MCP address that a client names (RFC 8707). One that names none gets the only one there is, when there is only
 * one. Throws OauthError `invalid_target`; for an address that is not there and one that takes only keys it is the same.
 */
export async function findResource(app: App, asked: string | null): Promise<Resource> {
  const { publicUrl } = app.env;
  if (asked === null) {
    const slug = await repository(app.db, { type: 'system' }).oauthGrants.onlyProject();
    const only = slug === null ? null : await at(app, slug);
    if (only) return only;
    throw new OauthError(
      'invalid_target',
      `Say which MCP server the tokens are for: resource=${publicUrl}/mcp/<project>, as its protected resource metadata name it.`,
    );
  }
  const address = addressIn(asked, publicUrl);
  const found = address === null ? null : await at(app, address);
  if (found) return found;
  throw new OauthError(
    'invalid_target',
    `People sign in to no MCP server at this address. It has to be one of ${publicUrl}/mcp/<project>, in a project whose access is OAuth.`,
  );
}

async function at(app: App, address: string): Promise<Resource | null> {
  const project = await app.live.get(address);
  if (project?.access !== 'oauth') return null;
  return { resource: resourceOf(project, app.env.publicUrl), project };
}

/** What stands behind /mcp/ in an address of this server; null for every other one. */
function addressIn(resource: string, publicUrl: string): string | null {
  if (resource.length > 500 || !URL.canParse(resource)) return null;
  const { origin, pathname, search, username, password } = new URL(resource);
  if (origin !== new URL(publicUrl).origin || search !== '' || username !== '' || password !== '')
    return null;
  if (resource.includes('#') || !pathname.startsWith('/mcp/')) return null;
  const address = pathname.slice('/mcp/'.length).replace('%40', '@').replace(/\/$/, '');
  return readAddress(address) ? address : null;
}
