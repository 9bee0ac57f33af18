import type { IncomingMessage } from 'node:http';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { Fault } from './errors.ts';
import { presentedKey, projectSlug } from './http-edge.ts';

/**
 * Who asks, and which project. A project that is not there and one the caller may not use get the same answer.
 * Throws Fault 401, and those of `projectSlug`.
 */
export async function authenticate(
  app: App,
  request: IncomingMessage,
  slug = projectSlug(request.url ?? ''),
): Promise<{ project: LiveProject; principal: Principal }> {
  const key = presentedKey(request);
  const principal = key === null ? null : await app.apiKeys.verify(key);
  const project = await app.live.get(slug);
  if (project && principal?.type === 'key' && principal.projectId === project.id)
    return { project, principal };
  if (project?.access === 'public') {
    const { id: projectId, organizationId } = project;
    return { project, principal: { type: 'public', projectId, organizationId } };
  }
  // No resource_metadata: a project of keys has no OAuth, and clients that find OAuth ignore their configured key.
  throw new Fault('unauthenticated', 'Send a valid key of this project as Authorization: Bearer pbk_….', {
    headers: { 'www-authenticate': 'Bearer' },
  });
}
