import type { IncomingMessage } from 'node:http';
import { isAccessToken, type VerifiedToken } from '#lib/auth/access-tokens.ts';
import { addressGroup, clientAddress } from '#lib/auth/client-address.ts';
import type { Principal } from '#lib/db/principal.ts';
import { narrowest, reachOfScopes } from '#lib/db/reach.ts';
import type { App } from '#lib/operations/app.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { addressOf, readAddress } from '#lib/operations/pinned-address.ts';
import { resourceOf } from '#lib/operations/protected-resource.ts';
import { reachOfPerson } from '#lib/operations/run-tool.ts';
import { unauthenticated } from './challenge.ts';
import { Fault } from './errors.ts';
import type { FailedTries } from './failed-tries.ts';
import { presentedKey, projectSlug } from './http-edge.ts';

/** Who asks, and which project. */
interface Known {
  project: LiveProject;
  principal: Principal;
}

/**
 * Throws Fault 404 when only the release or the toolset of an address is not there, and the caller may know that: to all
 * others it is as if there were no project.
 */
async function refuseUnknownPart(app: App, principal: Principal | null, address: string): Promise<void> {
  const wanted = readAddress(address);
  const project = wanted && (await app.live.get(wanted.slug));
  if (!project) return;
  const mayKnow =
    project.access === 'public' || (principal?.type === 'key' && principal.projectId === project.id);
  if (!mayKnow) return;
  const { slug, release } = project;
  if (wanted.release !== undefined && !(await app.live.get(addressOf({ slug, pin: wanted.release })))) {
    throw new Fault(
      'not_found',
      `The project "${slug}" has no release ${wanted.release}: ${
        release === 0 ? 'nothing was published yet' : `its latest is ${release}`
      }. /mcp/${slug} always serves the latest.`,
    );
  }
  throw new Fault(
    'not_found',
    `The project "${slug}" has no toolset "${wanted.toolset}". /mcp/${slug} serves all of it.`,
  );
}

/**
 * Who asks, and which project. A project that is not there and one the caller may not use get the same answer, but for
 * what a client has to know in order to sign in. `fromMemory`: without asking the database, so that no key is good.
 * Throws Fault 401, and those of `projectSlug`.
 */
export async function authenticate(
  app: App,
  request: IncomingMessage,
  {
    slug = projectSlug(request.url ?? ''),
    fromMemory = false,
  }: { slug?: string | undefined; fromMemory?: boolean } = {},
): Promise<Known> {
  const presented = presentedKey(request);
  const project = fromMemory && app.live.needsRead(slug) ? null : await app.live.get(slug);
  const principal = presented === null || fromMemory ? null : await principalOf(app, presented, project);
  if (project && principal && mayEnter(principal, project)) return { project, principal };
  if (project?.access === 'public') {
    const { id: projectId, organizationId } = project;
    return { project, principal: { type: 'public', projectId, organizationId } };
  }
  if (!project) await refuseUnknownPart(app, principal, slug);
  throw unauthenticated(project, { publicUrl: app.env.publicUrl, presented: presented !== null });
}

type Credential = Extract<Principal, { type: 'key' | 'grant' }>;

/** Who shows this key or token; null for nobody. A token is asked for only where the address takes some. */
async function principalOf(
  app: App,
  presented: string,
  project: LiveProject | null,
): Promise<Credential | null> {
  if (!isAccessToken(presented)) return app.apiKeys.verify(presented);
  if (project?.access !== 'oauth') return null;
  const token = await app.accessTokens.verify(presented);
  // One that is for another address is good for nothing here.
  if (!token || token.resource !== resourceOf(project, app.env.publicUrl)) return null;
  return granted(token, project);
}

/** A grant with what it is good for now: of what was granted that which the person may have, through this client. */
function granted({ principal, role, scopes }: VerifiedToken, project: LiveProject): Credential {
  const most = reachOfPerson({ role, client: principal.clientId }, project);
  const { tools, readOnly, also } = principal;
  const given = narrowest({ tools, readOnly, ...(also && { also }) }, reachOfScopes(scopes));
  const { also: _, ...rest } = principal;
  return { ...rest, ...narrowest(given, most), most };
}

/** A key for some toolsets is for these addresses alone. */
function mayEnter(principal: Credential, project: LiveProject): boolean {
  if (principal.projectId !== project.id) return false;
  if (principal.type !== 'key' || !principal.toolsets) return true;
  return project.toolset !== undefined && principal.toolsets.includes(project.toolset.id);
}

/**
 * As `authenticate`, for a caller who may be guessing: after too many failures at its address those that fail get 429,
 * and are hardly ever looked up. A key that was found to be good here is always looked at.
 */
export async function authenticateStranger(
  app: App,
  request: IncomingMessage,
  { tries, slug }: { tries: FailedTries; slug?: string | undefined },
): Promise<Known> {
  const waitMs = tries.any ? tries.waitMs(callerAddress(app, request)) : 0;
  const fromMemory = waitMs > 0 && !hasKnownKey(app, request) && !tries.mayLookUp();
  try {
    const known = await authenticate(app, request, { slug, fromMemory });
    if (known.principal.type === 'public' && presentedKey(request) !== null)
      tries.failed(callerAddress(app, request));
    return known;
  } catch (error) {
    if (!(error instanceof Fault) || error.status !== 401) throw error;
    if (waitMs === 0) {
      tries.failed(callerAddress(app, request));
      throw error;
    }
    throw new Fault('too_many', 'Too many requests from this address had no valid key. Send one, or wait.', {
      headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) },
    });
  }
}

function hasKnownKey({ apiKeys, accessTokens }: App, request: IncomingMessage): boolean {
  const key = presentedKey(request);
  return key !== null && (isAccessToken(key) ? accessTokens : apiKeys).isKnown(key);
}

/** Where a request comes from, of addresses that one owner may well have the first part. */
export function callerAddress({ env }: App, request: IncomingMessage): string {
  return addressGroup(clientAddress(request, env.publicUrl));
}
