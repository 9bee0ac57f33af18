import { createRoute } from '@hono/zod-openapi';
import { createTest } from '#lib/operations/create-test.ts';
import { deleteTest } from '#lib/operations/delete-test.ts';
import { listTests } from '#lib/operations/read-tests.ts';
import { replayRun } from '#lib/operations/replay-run.ts';
import { runTests } from '#lib/operations/run-tests.ts';
import { json, jsonBody, router } from '../router.ts';
import { inRun, inTest, inWorkflow, replay, test, testCreate, testList, testResults } from '../schemas.ts';

const tags = ['Replay and tests'];

const replayRoute = createRoute({
  method: 'post',
  path: '/projects/{project}/runs/{run}/replay',
  tags,
  summary: 'Run the draft against what a run got from outside, and say where it differs first',
  request: { params: inRun },
  responses: { 200: json(replay, 'How it went') },
});

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/tests',
  tags,
  summary: 'Tests of a workflow, by name',
  request: { params: inWorkflow },
  responses: { 200: json(testList, 'Tests') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/tests',
  tags,
  summary: 'Keep a run as a test: what it got from outside, and what it answered',
  request: { params: inWorkflow, body: jsonBody(testCreate) },
  responses: { 201: json(test, 'The new test') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/workflows/{workflow}/tests/{test}',
  tags,
  summary: 'Delete a test',
  request: { params: inTest },
  responses: { 204: { description: 'Deleted' } },
});

const run = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/tests/run',
  tags,
  summary: 'Run all tests against the draft',
  request: { params: inWorkflow },
  responses: { 200: json(testResults, 'Results') },
});

export const testRoutes = router()
  .openapi(replayRoute, async (c) => {
    const { signal } = c.req.raw;
    return c.json(await replayRun(c.var.app, c.var.principal, { ...c.req.valid('param'), signal }), 200);
  })
  .openapi(list, async (c) => {
    const items = await listTests(c.var.app, c.var.principal, c.req.valid('param'));
    return c.json({ items }, 200);
  })
  .openapi(create, async (c) => {
    const { signal } = c.req.raw;
    const request = { ...c.req.valid('param'), ...c.req.valid('json'), signal };
    return c.json(await createTest(c.var.app, c.var.principal, request), 201);
  })
  .openapi(run, async (c) => {
    const { signal } = c.req.raw;
    const request = { ...c.req.valid('param'), signal };
    return c.json({ results: await runTests(c.var.app, c.var.principal, request) }, 200);
  })
  .openapi(remove, async (c) => {
    await deleteTest(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
