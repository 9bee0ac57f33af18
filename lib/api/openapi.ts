import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './router.ts';
import { problemDetails } from './schemas.ts';

/** The OpenAPI 3.1 document of the routes. Every operation may also answer with a problem. */
export function openApiDocument(
  routes: Pick<OpenAPIHono<ApiEnv>, 'getOpenAPI31Document' | 'openAPIRegistry'>,
) {
  routes.openAPIRegistry.register('Error', problemDetails);
  const document = routes.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Patchbay',
      version: '1',
      description:
        'Everything the web app does. Calls carry the session cookie; calls that change something also carry an Origin header of this server.',
    },
    servers: [{ url: '/api/v1' }],
  });
  const problem = {
    description: 'It did not work; `detail` says why',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of [path.get, path.put, path.post, path.patch, path.delete]) {
      if (operation?.responses) operation.responses['default'] = problem;
    }
  }
  return document;
}
