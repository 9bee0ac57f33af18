import { createRoute } from '@hono/zod-openapi';
import { createSource } from '#lib/operations/create-source.ts';
import { deleteSource } from '#lib/operations/delete-source.ts';
import { listSources, readSource } from '#lib/operations/read-sources.ts';
import { runSource, stopSource } from '#lib/operations/run-source.ts';
import { updateSource } from '#lib/operations/update-source.ts';
import { json, jsonBody, router } from '../router.ts';
import { inBase } from '../schemas.ts';
import { inSource, source, sourceCreate, sourceDelete, sourceList, sourceUpdate } from '../source-schemas.ts';

const tags = ['Knowledge'];
const path = '/projects/{project}/knowledge/{base}/sources';

const list = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'Websites, repositories and buckets that a knowledge base is filled from, by name',
  request: { params: inBase },
  responses: { 200: json(sourceList, 'Sources') },
});

const create = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Add a source; it is read in the background',
  request: { params: inBase, body: jsonBody(sourceCreate) },
  responses: { 201: json(source, 'The new source') },
});

const read = createRoute({
  method: 'get',
  path: `${path}/{source}`,
  tags,
  summary: 'One source, and how far its run is',
  request: { params: inSource },
  responses: { 200: json(source, 'The source') },
});

const update = createRoute({
  method: 'patch',
  path: `${path}/{source}`,
  tags,
  summary: 'Change what is read of a source, with which connection, or when',
  request: { params: inSource, body: jsonBody(sourceUpdate) },
  responses: { 200: json(source, 'The source as it is now') },
});

const remove = createRoute({
  method: 'delete',
  path: `${path}/{source}`,
  tags,
  summary: 'Delete a source, and keep or remove its documents',
  request: { params: inSource, query: sourceDelete },
  responses: { 204: { description: 'Deleted' } },
});

const run = createRoute({
  method: 'post',
  path: `${path}/{source}/run`,
  tags,
  summary: 'Read a source anew',
  request: { params: inSource },
  responses: { 202: json(source, 'It is read in the background') },
});

const stop = createRoute({
  method: 'post',
  path: `${path}/{source}/stop`,
  tags,
  summary: 'Stop the reading of a source; what was read by then stays',
  request: { params: inSource },
  responses: { 200: json(source, 'The source as it is now') },
});

export const knowledgeSourceRoutes = router()
  .openapi(list, async (c) =>
    c.json({ items: await listSources(c.var.app, c.var.principal, c.req.valid('param')) }, 200),
  )
  .openapi(create, async (c) =>
    c.json(await createSource(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 201),
  )
  .openapi(read, async (c) => c.json(await readSource(c.var.app, c.var.principal, c.req.valid('param')), 200))
  .openapi(update, async (c) =>
    c.json(await updateSource(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 200),
  )
  .openapi(remove, async (c) => {
    const { documents } = c.req.valid('query');
    await deleteSource(c.var.app, c.var.principal, { ...c.req.valid('param'), documents });
    return c.body(null, 204);
  })
  .openapi(run, async (c) => c.json(await runSource(c.var.app, c.var.principal, c.req.valid('param')), 202))
  .openapi(stop, async (c) =>
    c.json(await stopSource(c.var.app, c.var.principal, c.req.valid('param')), 200),
  );
