import { answer, answerAs, api, done } from '#app/data/api.ts';
import { ApiError } from '#app/data/api-error.ts';
import type { Workflow } from '#app/data/types.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { LiveServer } from './live.ts';
import type { RunServer } from './runner.ts';
import type { ReadAnswer, SaveAnswer } from './saver.ts';
import type { Theirs } from './system/autosave.ts';
import type { WorkflowNews } from './system/people.ts';
import type { Pins } from './system/pins.ts';
import { type RecordedRun, recordedRun } from './system/recorded-run.ts';

/** The calls that belong to one workflow's screen. */
export interface CanvasServer extends RunServer, LiveServer {
  save(revision: number, document: WorkflowDocument): Promise<SaveAnswer>;
  /** The draft as it is now. */
  read(): Promise<ReadAnswer>;
  savePins(pins: Pins): Promise<void>;
}

/** The server, as the canvas of one workflow sees it. */
export function canvasServer(project: string, workflow: string): CanvasServer {
  const calls = api.projects[':project'].workflows[':workflow'];
  const where = { param: { project, workflow } };
  return {
    save: async (revision, document) => {
      try {
        const saved = await answer(calls.draft.$put({ ...where, json: { revision, document } }));
        return { type: 'acknowledged', revision: saved.revision };
      } catch (error) {
        return saveFailure(error);
      }
    },
    read: async () => {
      try {
        const { revision, document, savedBy, updatedAt } = await readWorkflow(project, workflow);
        return { type: 'read', theirs: { revision, document, savedBy, savedAt: updatedAt } };
      } catch (error) {
        const gone = error instanceof ApiError && error.code === 'not_found';
        return gone ? { type: 'deleted', by: null } : { type: 'unread' };
      }
    },
    beat: async (whereabouts) => {
      try {
        return await answerAs<WorkflowNews>(calls.presence.$post({ ...where, json: whereabouts }));
      } catch (error) {
        const gone = error instanceof ApiError && error.code === 'not_found';
        return gone ? { type: 'deleted', by: null, you: false } : null;
      }
    },
    streamUrl: (name) =>
      `/api/v1/projects/${encodeURIComponent(project)}/workflows/${encodeURIComponent(workflow)}/presence?window=${encodeURIComponent(name)}`,
    savePins: async (pins) => {
      await answer(calls.pins.$put({ ...where, json: { pins } }));
    },
    start: async (input, document, part = {}) => {
      const { runId } = await answer(calls.runs.$post({ ...where, json: { input, document, ...part } }));
      return runId;
    },
    load: async (run) => recordedRun(await readRun(project, run)),
    cancel: (run) => done(api.projects[':project'].runs[':run'].cancel.$post({ param: { project, run } })),
    eventsUrl: (run) =>
      `/api/v1/projects/${encodeURIComponent(project)}/runs/${encodeURIComponent(run)}/events`,
  };
}

/** What a save that did not work means for the draft. */
function saveFailure(error: unknown): SaveAnswer {
  if (!(error instanceof ApiError)) throw error;
  // Without `current` somebody has the name.
  if (error.status === 409 && 'current' in error.details) {
    return { type: 'conflicted', theirs: (error.details as { current: Theirs }).current };
  }
  if (error.code === 'not_found') return { type: 'deleted', by: null };
  // No answer, too many requests, or a server that is starting: the draft waits here and is sent again.
  if (error.status === 0 || error.status === 429 || error.status >= 500) return { type: 'unreachable' };
  return { type: 'refused', message: error.message };
}

/** A run as it is recorded. */
export function readRun(project: string, run: string): Promise<RecordedRun> {
  return answerAs<RecordedRun>(api.projects[':project'].runs[':run'].$get({ param: { project, run } }));
}

/** Values that steps of draft runs give instead of running, by node id. */
export async function readPins(project: string, workflow: string): Promise<Pins> {
  const { pins } = await answerAs<{ pins: Pins }>(
    api.projects[':project'].workflows[':workflow'].pins.$get({ param: { project, workflow } }),
  );
  return pins;
}

/** A workflow with its draft. */
export function readWorkflow(project: string, workflow: string): Promise<Workflow> {
  return answerAs<Workflow>(
    api.projects[':project'].workflows[':workflow'].$get({ param: { project, workflow } }),
  );
}
