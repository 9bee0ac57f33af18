import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { checkDepth } from './json-depth.ts';

const MOST_CHARACTERS = 1024 * 1024;

/** Keeps samples for steps of the draft, in the place of those of before. Only draft runs use them. */
export async function savePins(
  app: App,
  principal: Principal,
  { project, workflow, pins }: { project: string; workflow: string; pins: JsonObject },
): Promise<{ pins: JsonObject }> {
  const { id } = await findProject(app, principal, project);
  const tooDeep = checkDepth(pins);
  if (tooDeep) throw new AppError('invalid', `The samples cannot be kept: ${tooDeep}.`);
  if (JSON.stringify(pins).length > MOST_CHARACTERS) {
    throw new AppError(
      'too_large',
      'The samples of a workflow may be 1 MiB together: pin fewer, or smaller ones.',
    );
  }
  await repository(app.db, principal).workflows.setPins(id, workflow, pins);
  return { pins };
}
