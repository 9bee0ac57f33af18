import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import type { LiveProject } from './live.ts';
import { addressOf, readAddress } from './pinned-address.ts';
import { mayEdit } from './roles.ts';

/** A person who is signed in and plays a client of a project: they need no key. */
export interface Visitor {
  /** What is served: a release, or what is live. */
  project: LiveProject;
  principal: Extract<Principal, { type: 'user' }>;
  /** Who it is now, asked again for as long as a stream is open; null for who may not any more. */
  identify(): Promise<Principal | null>;
}

/**
 * What a person meets who plays a client of a project; without `release` what is live now, without `toolset` (a name)
 * all of it. Throws AppError: `not_found` for a project that is not theirs, and a release or a toolset that is not
 * there, `forbidden` for who may not call tools.
 */
export async function openToTry(
  app: App,
  principal: Principal,
  {
    project,
    release,
    toolset,
  }: { project: string; release?: number | undefined; toolset?: string | undefined },
): Promise<LiveProject> {
  const { slug } = await findProject(app, principal, project);
  mayEdit(principal, 'try what a project offers');
  const whole = addressOf({ slug, pin: release });
  const live = await app.live.get(whole);
  if (!live) throw new AppError('not_found', 'There is no such release.');
  if (toolset === undefined) return live;
  const address = addressOf({ slug, pin: release, toolset: { name: toolset } });
  const view = readAddress(address) && (await app.live.get(address));
  if (!view) throw new AppError('not_found', `The project has no toolset "${toolset}".`);
  return view;
}
