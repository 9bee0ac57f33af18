import type { IncomingMessage } from 'node:http';
import { addressGroup, clientAddress } from '#lib/auth/client-address.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { pinnedAddress } from '#lib/operations/pinned-address.ts';
import { Fault } from './errors.ts';
import type { FailedTries } from './failed-tries.ts';
import { presentedKey, projectSlug } from './http-edge.ts';

/** Who asks, and which project. */
interface Known {
  project: LiveProject;
  principal: Principal;
}

/**
 * Throws Fault 404 when only the release of a pinned address is not there, and the caller may know that: to all others
 * it is as if there were no project.
 */
async function refuseUnknownRelease(app: App, principal: Principal | null, address: string): Promise<void> {
  const wanted = pinnedAddress(address);
  const project = wanted && (await app.live.get(wanted.slug));
  if (!project) return;
  const mayKnow =
    project.access === 'public' || (principal?.type === 'key' && principal.projectId === project.id);
  if (!mayKnow) return;
  throw new Fault(
    'not_found',
    `The project "${project.slug}" has no release ${wanted.release}: ${
      project.release === 0 ? 'nothing was published yet' : `its latest is ${project.release}`
    }. /mcp/${project.slug} always serves the latest.`,
  );
}

/**
 * Who asks, and which project. A project that is not there and one the caller may not use get the same answer.
 * `fromMemory`: without asking the database, so that no key is good. Throws Fault 401, and those of `projectSlug`.
 */
export async function authenticate(
  app: App,
  request: IncomingMessage,
  {
    slug = projectSlug(request.url ?? ''),
    fromMemory = false,
  }: { slug?: string | undefined; fromMemory?: boolean } = {},
): Promise<Known> {
  const key = presentedKey(request);
  const principal = key === null || fromMemory ? null : await app.apiKeys.verify(key);
  const project = fromMemory && app.live.needsRead(slug) ? null : await app.live.get(slug);
  if (project && principal?.type === 'key' && principal.projectId === project.id)
    return { project, principal };
  if (project?.access === 'public') {
    const { id: projectId, organizationId } = project;
    return { project, principal: { type: 'public', projectId, organizationId } };
  }
  if (!project) await refuseUnknownRelease(app, principal, slug);
  // No resource_metadata: a project of keys has no OAuth, and clients that find OAuth ignore their configured key.
  throw new Fault('unauthenticated', 'Send a valid key of this project as Authorization: Bearer pbk_….', {
    headers: { 'www-authenticate': 'Bearer' },
  });
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
    if (known.principal.type !== 'key' && presentedKey(request) !== null)
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

function hasKnownKey({ apiKeys }: App, request: IncomingMessage): boolean {
  const key = presentedKey(request);
  return key !== null && apiKeys.isKnown(key);
}

/** Where a request comes from, of addresses that one owner may well have the first part. */
export function callerAddress({ env }: App, request: IncomingMessage): string {
  return addressGroup(clientAddress(request, env.publicUrl));
}
