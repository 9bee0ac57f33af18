import { createRoute } from '@hono/zod-openapi';
import type * as z from 'zod';
import { createBase } from '#lib/operations/create-base.ts';
import { deleteBase } from '#lib/operations/delete-base.ts';
import { deleteDocument } from '#lib/operations/delete-document.ts';
import { offerBase } from '#lib/operations/offer-base.ts';
import { getBase, listBases, listDocuments } from '#lib/operations/read-knowledge.ts';
import { READABLE_FORMATS } from '#lib/workflow/document-formats.ts';
import { json, jsonBody, router } from '../router.ts';
import {
  base,
  baseCreate,
  baseList,
  basePatch,
  inBase,
  inDocument,
  inProject,
  knowledgeDocumentList,
} from '../schemas.ts';
import { receiveDocuments } from '../upload.ts';

const tags = ['Knowledge'];

/**
 * A plain JSON Schema, so that no validator reads the body into memory: the handler streams it. The type says
 * to the typed client what a form holds.
 */
const files = {
  type: 'object',
  required: ['file'],
  properties: { file: { type: 'array', items: { type: 'string', format: 'binary' } } },
} as unknown as z.ZodType<{ file: File | File[] }>;

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/knowledge',
  tags,
  summary: 'Knowledge bases of a project',
  request: { params: inProject },
  responses: { 200: json(baseList, 'Knowledge bases') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/{project}/knowledge',
  tags,
  summary: 'Make a knowledge base',
  request: { params: inProject, body: jsonBody(baseCreate) },
  responses: { 201: json(base, 'The new knowledge base') },
});

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/knowledge/{base}',
  tags,
  summary: 'One knowledge base',
  request: { params: inBase },
  responses: { 200: json(base, 'The knowledge base') },
});

const update = createRoute({
  method: 'patch',
  path: '/projects/{project}/knowledge/{base}',
  tags,
  summary: 'Offer the documents of a knowledge base as resources, or no longer',
  request: { params: inBase, body: jsonBody(basePatch) },
  responses: { 200: json(base, 'The knowledge base') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/knowledge/{base}',
  tags,
  summary: 'Delete a knowledge base with its documents',
  request: { params: inBase },
  responses: { 204: { description: 'Deleted' } },
});

const documents = createRoute({
  method: 'get',
  path: '/projects/{project}/knowledge/{base}/documents',
  tags,
  summary: 'Documents and how far they are',
  request: { params: inBase },
  responses: { 200: json(knowledgeDocumentList, 'Documents') },
});

const upload = createRoute({
  method: 'post',
  path: '/projects/{project}/knowledge/{base}/documents',
  tags,
  summary: `Upload files (field \`file\`, repeated): ${READABLE_FORMATS}; 25 MB each, 50 at once`,
  request: {
    params: inBase,
    body: { required: true, content: { 'multipart/form-data': { schema: files } } },
  },
  responses: { 202: json(knowledgeDocumentList, 'Stored; they are read in the background') },
});

const removeDocument = createRoute({
  method: 'delete',
  path: '/projects/{project}/knowledge/{base}/documents/{document}',
  tags,
  summary: 'Delete a document',
  request: { params: inDocument },
  responses: { 204: { description: 'Deleted' } },
});

export const knowledgeRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listBases(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(create, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await createBase(c.var.app, c.var.principal, project, c.req.valid('json')), 201);
  })
  .openapi(read, async (c) => c.json(await getBase(c.var.app, c.var.principal, c.req.valid('param')), 200))
  .openapi(update, async (c) =>
    c.json(await offerBase(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 200),
  )
  .openapi(remove, async (c) => {
    await deleteBase(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  })
  .openapi(documents, async (c) => {
    const items = await listDocuments(c.var.app, c.var.principal, c.req.valid('param'));
    return c.json({ items }, 200);
  })
  .openapi(upload, async (c) => {
    const items = await receiveDocuments(c.var.app, c.var.principal, c.req.valid('param'), c.req.raw);
    return c.json({ items }, 202);
  })
  .openapi(removeDocument, async (c) => {
    await deleteDocument(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
