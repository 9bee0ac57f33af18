import { createRoute } from '@hono/zod-openapi';
import { importApi } from '#lib/operations/import-api.ts';
import { readApiDescription } from '#lib/operations/read-api.ts';
import { forgetApi, listApis, previewOperation } from '#lib/operations/read-apis.ts';
import { updateApi } from '#lib/operations/update-api.ts';
import {
  apiImport,
  apiRead,
  apiSourceList,
  apiUpdate,
  apiView,
  importedApi,
  operationPreview,
  operationView,
  updatedApi,
} from '../imported-api-schemas.ts';
import { json, jsonBody, router } from '../router.ts';
import { inApi, inProject } from '../schemas.ts';

const tags = ['OpenAPI import'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/openapi',
  tags,
  summary: 'APIs that workflows were made of',
  request: { params: inProject },
  responses: { 200: json(apiSourceList, 'By name') },
});

const read = createRoute({
  method: 'post',
  path: '/projects/{project}/openapi/read',
  tags,
  summary: 'Read the description of an API (OpenAPI 2.0 to 3.2), by text or address; nothing is made of it',
  request: { params: inProject, body: jsonBody(apiRead) },
  responses: { 200: json(apiView, 'Its operations, with what each costs, and its faults') },
});

const preview = createRoute({
  method: 'post',
  path: '/projects/{project}/openapi/{api}/preview',
  tags,
  summary: 'An operation, and what its tool would be with these choices',
  request: { params: inApi, body: jsonBody(operationPreview) },
  responses: { 200: json(operationView, 'The operation') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/{project}/openapi/import',
  tags,
  summary: 'Make a draft of each chosen operation, and a connection for the way to sign in',
  request: { params: inProject, body: jsonBody(apiImport) },
  responses: { 201: json(importedApi, 'What was made') },
});

const update = createRoute({
  method: 'post',
  path: '/projects/{project}/openapi/{api}/update',
  tags,
  summary: 'Put a newer description in its place; drafts that were not edited by hand are made again',
  request: { params: inApi, body: jsonBody(apiUpdate) },
  responses: { 200: json(updatedApi, 'What became of each workflow') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/openapi/{api}',
  tags,
  summary: 'Forget the description; its workflows stay',
  request: { params: inApi },
  responses: { 204: { description: 'Forgotten' } },
});

export const openApiRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listApis(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(read, async (c) => {
    const { project } = c.req.valid('param');
    const given = { ...c.req.valid('json'), signal: c.req.raw.signal };
    return c.json(await readApiDescription(c.var.app, c.var.principal, project, given), 200);
  })
  .openapi(create, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await importApi(c.var.app, c.var.principal, project, c.req.valid('json')), 201);
  })
  .openapi(preview, async (c) => {
    const { project, api } = c.req.valid('param');
    const at = { project, source: api };
    return c.json(await previewOperation(c.var.app, c.var.principal, at, c.req.valid('json')), 200);
  })
  .openapi(update, async (c) => {
    const { project, api } = c.req.valid('param');
    const at = { project, source: api };
    return c.json(await updateApi(c.var.app, c.var.principal, at, c.req.valid('json')), 200);
  })
  .openapi(remove, async (c) => {
    const { project, api } = c.req.valid('param');
    await forgetApi(c.var.app, c.var.principal, { project, source: api });
    return c.body(null, 204);
  });
