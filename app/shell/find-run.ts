import { answer, api } from '#app/data/api.ts';
import { ApiError } from '#app/data/api-error.ts';

/** The project, of these, that has a run of this id; null when none has. Throws ApiError where it cannot be asked. */
export async function findRun(projects: readonly string[], run: string): Promise<string | null> {
  for (const project of projects) {
    try {
      await answer(api.projects[':project'].runs[':run'].$get({ param: { project, run } }));
      return project;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }
  return null;
}
