import { createRoute, z } from '@hono/zod-openapi';
import { accessSignal } from '#lib/operations/access-signal.ts';
import { answerAsEditor } from '#lib/operations/answer-as-editor.ts';
import { cancelRun } from '#lib/operations/cancel-run.ts';
import { readPins } from '#lib/operations/read-pins.ts';
import { getRun, listRuns } from '#lib/operations/read-runs.ts';
import { runDraft } from '#lib/operations/run-draft.ts';
import { savePins } from '#lib/operations/save-pins.ts';
import { sessionSignal } from '#lib/operations/session-signal.ts';
import { watchRun } from '#lib/operations/watch-run.ts';
import { sendEvents } from '../events.ts';
import { json, jsonBody, router } from '../router.ts';
import {
  inProject,
  inRun,
  inWorkflow,
  pins,
  run,
  runAnswers,
  runList,
  runQuery,
  runStart,
  runStarted,
} from '../schemas.ts';

const tags = ['Runs'];

const start = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/runs',
  tags,
  summary: 'Run the draft; the run goes on without the caller',
  request: { params: inWorkflow, body: jsonBody(runStart) },
  responses: { 201: json(runStarted, 'Started') },
});

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/runs',
  tags,
  summary: 'Runs, in the order that is asked for',
  request: { params: inProject, query: runQuery },
  responses: { 200: json(runList, 'Runs') },
});

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/runs/{run}',
  tags,
  summary: 'One run with its steps',
  request: { params: inRun },
  responses: { 200: json(run, 'The run') },
});

const events = createRoute({
  method: 'get',
  path: '/projects/{project}/runs/{run}/events',
  tags,
  summary: 'Every event of a run from the first on, as server-sent events; ends after `run.finished`',
  request: { params: inRun },
  responses: {
    200: {
      description: 'Each message holds one event as JSON: `{ type, at, … }`',
      content: { 'text/event-stream': { schema: z.string() } },
    },
  },
});

const cancel = createRoute({
  method: 'post',
  path: '/projects/{project}/runs/{run}/cancel',
  tags,
  summary: 'Ask a running run to stop',
  request: { params: inRun },
  responses: { 202: { description: 'Asked; the run ends within a second' } },
});

const readPinned = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/pins',
  tags,
  summary: 'Samples that steps of draft runs give instead of running',
  request: { params: inWorkflow },
  responses: { 200: json(pins, 'The samples') },
});

const savePinned = createRoute({
  method: 'put',
  path: '/projects/{project}/workflows/{workflow}/pins',
  tags,
  summary: 'Keep samples for steps, in the place of those of before',
  request: { params: inWorkflow, body: jsonBody(pins) },
  responses: { 200: json(pins, 'The samples') },
});

const answer = createRoute({
  method: 'post',
  path: '/projects/{project}/runs/{run}/answers',
  tags,
  summary: 'Answer a run that no client waits for; it goes on by itself',
  request: { params: inRun, body: jsonBody(runAnswers) },
  responses: { 204: { description: 'Taken' } },
});

export const runRoutes = router()
  .openapi(start, async (c) => {
    const input = { ...c.req.valid('param'), ...c.req.valid('json') };
    return c.json(await runDraft(c.var.app, c.var.principal, input), 201);
  })
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await listRuns(c.var.app, c.var.principal, project, c.req.valid('query')), 200);
  })
  .openapi(read, async (c) => c.json(await getRun(c.var.app, c.var.principal, c.req.valid('param')), 200))
  .openapi(events, async (c) => {
    const { app, principal } = c.var;
    const at = c.req.valid('param');
    const signal = accessSignal(app, principal, {
      project: at.project,
      signal: sessionSignal(app, c.var.who, c.req.raw.signal),
    });
    return sendEvents(await watchRun(app, principal, at, signal), signal);
  })
  .openapi(cancel, async (c) => {
    await cancelRun(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 202);
  })
  .openapi(answer, async (c) => {
    const { name } = c.var.who.user;
    const input = { ...c.req.valid('param'), ...c.req.valid('json'), name };
    await answerAsEditor(c.var.app, c.var.principal, input);
    return c.body(null, 204);
  })
  .openapi(readPinned, async (c) =>
    c.json(await readPins(c.var.app, c.var.principal, c.req.valid('param')), 200),
  )
  .openapi(savePinned, async (c) => {
    const input = { ...c.req.valid('param'), ...c.req.valid('json') };
    return c.json(await savePins(c.var.app, c.var.principal, input), 200);
  });
