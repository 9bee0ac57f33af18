import { answer, api } from './api.ts';

/** Look-ups of the saved draft beside those of the live version, by the questions of their knowledge bases. */
export function lookUpReviews(project: string, workflow: string, signal?: AbortSignal) {
  return answer(
    api.projects[':project'].workflows[':workflow']['look-ups'].$get(
      { param: { project, workflow } },
      { init: signal ? { signal } : {} },
    ),
  );
}
