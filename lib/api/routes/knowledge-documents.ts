import { createRoute, z } from '@hono/zod-openapi';
import { pasteText } from '#lib/operations/paste-text.ts';
import { previewChunks } from '#lib/operations/preview-chunks.ts';
import {
  documentFile,
  documentPassages,
  documentVersions,
  getDocument,
  listDocuments,
} from '#lib/operations/read-documents.ts';
import { deleteDocument } from '#lib/operations/remove-documents.ts';
import { retryDocument, retryFailed } from '#lib/operations/retry-documents.ts';
import { updateDocument } from '#lib/operations/update-document.ts';
import { READABLE_FORMATS } from '#lib/workflow/document-formats.ts';
import { attachment } from '../attachment.ts';
import {
  chunkPreview,
  documentPatch,
  documentQuery,
  documentVersionList,
  knowledgeDocument,
  knowledgeDocumentList,
  passageList,
  passageQuery,
  pastedText,
  previewedChunks,
  putDocument,
  retried,
  uploadedDocuments,
} from '../knowledge-schemas.ts';
import { json, jsonBody, router } from '../router.ts';
import { inBase, inDocument } from '../schemas.ts';
import { receiveDocuments } from '../upload.ts';

const tags = ['Knowledge'];
const ALL = '/projects/{project}/knowledge/{base}/documents';
const ONE = `${ALL}/{document}` as const;

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
  path: ALL,
  tags,
  summary: 'Documents and how far they are, newest first',
  request: { params: inBase, query: documentQuery },
  responses: { 200: json(knowledgeDocumentList, 'Documents') },
});

const upload = createRoute({
  method: 'post',
  path: ALL,
  tags,
  summary: `Upload files (field "file", repeated; a file name may be a path): ${READABLE_FORMATS}; 25 MB each, 50 at once; a .zip is unpacked`,
  request: {
    params: inBase,
    body: { required: true, content: { 'multipart/form-data': { schema: files } } },
  },
  responses: {
    202: json(uploadedDocuments, 'Stored; they are read in the background. Files that were left out say why'),
  },
});

const paste = createRoute({
  method: 'post',
  path: `${ALL}/text`,
  tags,
  summary: 'Add a text as a document',
  request: { params: inBase, body: jsonBody(pastedText) },
  responses: { 202: json(putDocument, 'Stored; it is read in the background') },
});

const retryAll = createRoute({
  method: 'post',
  path: `${ALL}/retry`,
  tags,
  summary: 'Read all documents again that could not be read',
  request: { params: inBase },
  responses: { 202: json(retried, 'They are read in the background') },
});

const read = createRoute({
  method: 'get',
  path: ONE,
  tags,
  summary: 'One document',
  request: { params: inDocument },
  responses: { 200: json(knowledgeDocument, 'The document') },
});

const update = createRoute({
  method: 'patch',
  path: ONE,
  tags,
  summary: 'Change the name or the metadata of a document',
  request: { params: inDocument, body: jsonBody(documentPatch) },
  responses: { 200: json(knowledgeDocument, 'The document') },
});

const remove = createRoute({
  method: 'delete',
  path: ONE,
  tags,
  summary: 'Delete a document',
  request: { params: inDocument },
  responses: { 204: { description: 'Deleted' } },
});

const retry = createRoute({
  method: 'post',
  path: `${ONE}/retry`,
  tags,
  summary: 'Read a document again',
  request: { params: inDocument },
  responses: { 202: json(knowledgeDocument, 'It is read in the background') },
});

const versions = createRoute({
  method: 'get',
  path: `${ONE}/versions`,
  tags,
  summary: 'What a document held, newest first',
  request: { params: inDocument },
  responses: { 200: json(documentVersionList, 'Versions') },
});

const passages = createRoute({
  method: 'get',
  path: `${ONE}/passages`,
  tags,
  summary: 'The passages of a document, in their order',
  request: { params: inDocument, query: passageQuery },
  responses: { 200: json(passageList, 'Passages') },
});

const file = createRoute({
  method: 'get',
  path: `${ONE}/file`,
  tags,
  summary: 'The original file of a document, to save',
  request: { params: inDocument },
  responses: {
    200: {
      description: 'The file, as bytes of no type: it is never shown as a page of this server',
      content: { 'application/octet-stream': { schema: z.string() } },
    },
  },
});

const preview = createRoute({
  method: 'post',
  path: '/projects/{project}/knowledge/{base}/preview',
  tags,
  summary: 'The passages that a document would have with other sizes; nothing is stored',
  request: { params: inBase, body: jsonBody(chunkPreview) },
  responses: { 200: json(previewedChunks, 'Passages') },
});

export const knowledgeDocumentRoutes = router()
  .openapi(list, async (c) => {
    const { app, principal } = c.var;
    return c.json(await listDocuments(app, principal, c.req.valid('param'), c.req.valid('query')), 200);
  })
  .openapi(upload, async (c) => {
    const items = await receiveDocuments(c.var.app, c.var.principal, c.req.valid('param'), c.req.raw);
    return c.json({ items }, 202);
  })
  .openapi(paste, async (c) =>
    c.json(await pasteText(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 202),
  )
  .openapi(retryAll, async (c) =>
    c.json({ count: await retryFailed(c.var.app, c.var.principal, c.req.valid('param')) }, 202),
  )
  .openapi(preview, async (c) => {
    const { app, principal } = c.var;
    const { signal } = c.req.raw;
    return c.json(
      await previewChunks(app, principal, c.req.valid('param'), c.req.valid('json'), signal),
      200,
    );
  })
  .openapi(read, async (c) =>
    c.json(await getDocument(c.var.app, c.var.principal, c.req.valid('param')), 200),
  )
  .openapi(update, async (c) =>
    c.json(await updateDocument(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 200),
  )
  .openapi(remove, async (c) => {
    await deleteDocument(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  })
  .openapi(retry, async (c) =>
    c.json(await retryDocument(c.var.app, c.var.principal, c.req.valid('param')), 202),
  )
  .openapi(versions, async (c) => {
    const items = await documentVersions(c.var.app, c.var.principal, c.req.valid('param'));
    return c.json({ items }, 200);
  })
  .openapi(passages, async (c) => {
    const { app, principal } = c.var;
    return c.json(await documentPassages(app, principal, c.req.valid('param'), c.req.valid('query')), 200);
  })
  .openapi(file, async (c) => {
    const { name, data } = await documentFile(c.var.app, c.var.principal, c.req.valid('param'));
    return attachment(name, data);
  });
