import type { OauthGrant, OwnGrant } from '#lib/db/oauth-grants.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** A client that a person let in. */
export interface GrantView {
  id: string;
  client: string;
  clientId: string;
  /** Where the browser was sent back to. */
  redirectHost: string;
  /** Who let it in; null for one who is gone. */
  person: string | null;
  /** The MCP address it is for. */
  resource: string;
  tools: string[] | null;
  readOnly: boolean;
  createdAt: string;
  lastUsedAt: string | null;
}

export type OwnGrantView = GrantView & Pick<OwnGrant, 'project' | 'organization'>;

/** Clients that people let into a project, newest first. */
export async function listGrants(app: App, principal: Principal, slug: string): Promise<GrantView[]> {
  const { id } = await findProject(app, principal, slug);
  return (await repository(app.db, principal).oauthGrants.list(id)).map(grantView);
}

/** Clients that oneself let in, in whichever project, newest first. */
export async function listOwnGrants(app: App, principal: Principal): Promise<OwnGrantView[]> {
  const grants = await repository(app.db, principal).oauthGrants.mine();
  return grants.map(({ project, organization, ...grant }) => ({
    ...grantView(grant),
    project,
    organization,
  }));
}

function grantView(grant: OauthGrant): GrantView {
  const { id, clientName, clientId, redirectHost, person, resource, tools, readOnly } = grant;
  return {
    id,
    client: clientName,
    clientId,
    redirectHost,
    person,
    resource,
    tools,
    readOnly,
    createdAt: grant.createdAt.toISOString(),
    lastUsedAt: grant.lastUsedAt?.toISOString() ?? null,
  };
}
