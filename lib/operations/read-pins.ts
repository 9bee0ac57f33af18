import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** Samples that steps of the draft give instead of running, by node id. */
export async function readPins(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
): Promise<{ pins: JsonObject }> {
  const { id } = await findProject(app, principal, at.project);
  const pins = await repository(app.db, principal).workflows.pins(id, at.workflow);
  if (!pins) throw new AppError('not_found', 'There is no such workflow.');
  return { pins };
}
