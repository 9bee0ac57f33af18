import { createRoute } from '@hono/zod-openapi';
import { publishWorkflow } from '#lib/operations/publish-workflow.ts';
import { listAnswers } from '#lib/operations/read-answers.ts';
import { listCallers } from '#lib/operations/read-callers.ts';
import { listHistory } from '#lib/operations/read-history.ts';
import { listReleases } from '#lib/operations/read-releases.ts';
import { getVersion, listVersions } from '#lib/operations/read-versions.ts';
import { restoreRelease } from '#lib/operations/restore-release.ts';
import { rollbackWorkflow } from '#lib/operations/rollback-workflow.ts';
import { unpublishWorkflow } from '#lib/operations/unpublish-workflow.ts';
import { json, jsonBody, router } from '../router.ts';
import {
  answerList,
  callerList,
  inProject,
  inRelease,
  inVersion,
  inWorkflow,
  published,
  publishInput,
  released,
  releaseList,
  releaseQuery,
  rollbackInput,
  versionHistory,
  versionList,
  versionQuery,
  versionWithDocument,
} from '../schemas.ts';

const tags = ['Publishing'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/versions',
  tags,
  summary: 'Published versions, newest first',
  request: { params: inWorkflow },
  responses: { 200: json(versionList, 'Versions') },
});

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/versions/{version}',
  tags,
  summary: 'One version with its document',
  request: { params: inVersion },
  responses: { 200: json(versionWithDocument, 'The version') },
});

const publish = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/publish',
  tags,
  summary:
    'Freeze the draft as a version and serve it; 422 with the problems that block it, with what breaks callers, or with the tests that fail',
  request: { params: inWorkflow, body: jsonBody(publishInput) },
  responses: { 200: json(published, 'Published') },
});

const unpublish = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/unpublish',
  tags,
  summary: 'Serve no version of this workflow any more',
  request: { params: inWorkflow },
  responses: { 200: json(released, 'The new release') },
});

const rollback = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/rollback',
  tags,
  summary: 'Serve an earlier version again',
  request: { params: inWorkflow, body: jsonBody(rollbackInput) },
  responses: { 200: json(released, 'The new release') },
});

const history = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/history',
  tags,
  summary: 'Versions, newest first, with what each changed',
  request: { params: inWorkflow, query: versionQuery },
  responses: { 200: json(versionHistory, 'Versions, newest first') },
});

const restore = createRoute({
  method: 'post',
  path: '/projects/{project}/releases/{release}/restore',
  tags,
  summary: 'Serve again what a release served, in all workflows that are still there',
  request: { params: inRelease },
  responses: { 200: json(released, 'The new release') },
});

const callers = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/callers',
  tags,
  summary: 'Clients that called the workflow in the last 30 days',
  request: { params: inWorkflow },
  responses: { 200: json(callerList, 'Clients, most calls first') },
});

const answers = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/answers',
  tags,
  summary: 'What the newest fifty runs that succeeded answered',
  request: { params: inWorkflow },
  responses: { 200: json(answerList, 'Answers, newest first') },
});

const releases = createRoute({
  method: 'get',
  path: '/projects/{project}/releases',
  tags,
  summary: 'Releases of the project, newest first; each can be served at an address of its own',
  request: { params: inProject, query: releaseQuery },
  responses: { 200: json(releaseList, 'Releases') },
});

export const versionRoutes = router()
  .openapi(releases, async (c) => {
    const { project } = c.req.valid('param');
    const items = await listReleases(c.var.app, c.var.principal, project, c.req.valid('query'));
    return c.json({ items }, 200);
  })
  .openapi(list, async (c) => {
    const items = await listVersions(c.var.app, c.var.principal, c.req.valid('param'));
    return c.json({ items }, 200);
  })
  .openapi(read, async (c) => c.json(await getVersion(c.var.app, c.var.principal, c.req.valid('param')), 200))
  .openapi(history, async (c) =>
    c.json(
      { items: await listHistory(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('query')) },
      200,
    ),
  )
  .openapi(restore, async (c) =>
    c.json(await restoreRelease(c.var.app, c.var.principal, c.req.valid('param')), 200),
  )
  .openapi(callers, async (c) =>
    c.json({ items: await listCallers(c.var.app, c.var.principal, c.req.valid('param')) }, 200),
  )
  .openapi(answers, async (c) =>
    c.json({ items: await listAnswers(c.var.app, c.var.principal, c.req.valid('param')) }, 200),
  )
  .openapi(publish, async (c) => {
    const input = { ...c.req.valid('param'), ...c.req.valid('json') };
    return c.json(await publishWorkflow(c.var.app, c.var.principal, input), 200);
  })
  .openapi(unpublish, async (c) =>
    c.json(await unpublishWorkflow(c.var.app, c.var.principal, c.req.valid('param')), 200),
  )
  .openapi(rollback, async (c) => {
    const input = { ...c.req.valid('param'), ...c.req.valid('json') };
    return c.json(await rollbackWorkflow(c.var.app, c.var.principal, input), 200);
  });
