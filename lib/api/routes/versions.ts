import { createRoute } from '@hono/zod-openapi';
import { json, jsonBody, router } from '../router.ts';
import {
  inVersion,
  inWorkflow,
  published,
  publishInput,
  released,
  rollbackInput,
  versionList,
  versionWithDocument,
} from '../schemas.ts';
import { later } from './later.ts';

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
  summary: 'Freeze the draft as a version and serve it; 422 with the problems that block it',
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

export const versionRoutes = router()
  .openapi(list, later)
  .openapi(read, later)
  .openapi(publish, later)
  .openapi(unpublish, later)
  .openapi(rollback, later);
