import { createRoute, z } from '@hono/zod-openapi';
import { readFile } from '#lib/operations/read-file.ts';
import { attachment } from '../attachment.ts';
import { router } from '../router.ts';
import { fileQuery, inFile } from '../schemas.ts';

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/files/{file}',
  tags: ['Runs'],
  summary: 'A file that a step made or fetched, to save; by the key in its handle',
  request: { params: inFile, query: fileQuery },
  responses: {
    200: {
      description: 'The file, as bytes of no type: it is never shown as a page of this server',
      content: { 'application/octet-stream': { schema: z.string() } },
    },
  },
});

export const fileRoutes = router().openapi(read, async (c) => {
  const data = await readFile(c.var.app, c.var.principal, c.req.valid('param'));
  const { name = 'file' } = c.req.valid('query');
  return attachment(name, data);
});
