import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Exchange } from '#lib/workflow/recording.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** What a step asked of the world outside, and what it got. */
export interface OutsideAnswer {
  nodeId: string;
  /** Inside containers: of which item, the outermost container first. */
  iteration: number[] | null;
  ask: Exchange['ask'];
  request: Record<string, JsonValue>;
  /** null where there is none: it failed, was too large, or the step ended before. */
  answer: JsonValue;
  error: { code: string; message: string } | null;
  /** Bytes of an answer that was too large to be kept. */
  cut: number | null;
}

export interface RunOutside {
  items: OutsideAnswer[];
  /** What people or clients answered, by the key of the question. */
  answers: Record<string, JsonValue>;
  /** There was more than is kept. */
  full: boolean;
}

/**
 * What a run got from outside, in the order of its steps; the same that a replay gives it. Without credentials: they
 * were never recorded. Throws `not_found`.
 */
export async function readRunOutside(
  app: App,
  principal: Principal,
  at: { project: string; run: string },
): Promise<RunOutside> {
  const { id } = await findProject(app, principal, at.project);
  if (app.recorder.find(at.run)?.finished) await app.recorder.flush();
  const { runs, recordings } = repository(app.db, principal);
  const live = app.recorder.find(at.run);
  const goesOn = live?.opening.projectId === id ? live : undefined;
  if (!goesOn && !(await runs.get(id, at.run))) throw new AppError('not_found', 'There is no such run.');
  const recording = goesOn ? goesOn.tape.recording() : await recordings.get(id, at.run);
  if (!recording) return { items: [], answers: {}, full: false };
  const items = Object.entries(recording.steps).flatMap(([path, { asked = [] }]) =>
    asked.map(({ ask, request, answer = null, error, cut }) => ({
      ...stepOf(path),
      ask,
      request,
      answer,
      error: error ? { code: error.code, message: error.message } : null,
      cut: cut ?? null,
    })),
  );
  return { items, answers: recording.answers ?? {}, full: recording.full === true };
}

/** `loop[2]/fetch`: the step fetch, in the third item of loop. */
function stepOf(path: string): Pick<OutsideAnswer, 'nodeId' | 'iteration'> {
  const parts = path.split('/');
  const nodeId = parts.at(-1)!;
  const iteration = parts.slice(0, -1).map((part) => Number(/\[(\d+)\]$/.exec(part)?.[1] ?? 0));
  return { nodeId, iteration: iteration.length > 0 ? iteration : null };
}
