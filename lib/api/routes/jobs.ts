import { createRoute } from '@hono/zod-openapi';
import { dismissRun, retryRun } from '#lib/operations/dead-runs.ts';
import { startJob } from '#lib/operations/start-job.ts';
import { json, jsonBody, router } from '../router.ts';
import { idempotencyHeader, inRun, inWorkflow, jobStart, jobStarted } from '../schemas.ts';

const tags = ['Runs'];

const start = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/jobs',
  tags,
  summary: 'Run the published version in the background; it is stored before this answers',
  request: { params: inWorkflow, headers: idempotencyHeader, body: jsonBody(jobStart) },
  responses: { 202: json(jobStarted, 'Stored; it will be run') },
});

const retry = createRoute({
  method: 'post',
  path: '/projects/{project}/runs/{run}/retry',
  tags,
  summary: 'Try a run again that failed for good, from the step that failed',
  request: { params: inRun },
  responses: { 202: { description: 'It will be run' } },
});

const dismiss = createRoute({
  method: 'post',
  path: '/projects/{project}/runs/{run}/dismiss',
  tags,
  summary: 'Take a run that failed for good off the list of those',
  request: { params: inRun },
  responses: { 204: { description: 'Taken off' } },
});

export const jobRoutes = router()
  .openapi(start, async (c) => {
    const { input } = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    const request = { ...c.req.valid('param'), input, idempotencyKey: key };
    return c.json(await startJob(c.var.app, c.var.principal, request), 202);
  })
  .openapi(retry, async (c) => {
    await retryRun(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 202);
  })
  .openapi(dismiss, async (c) => {
    await dismissRun(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
