import { createRoute } from '@hono/zod-openapi';
import { listMcpTools } from '#lib/operations/list-mcp-tools.ts';
import { json, jsonBody, router } from '../router.ts';
import { inProject, mcpServer, mcpToolList } from '../schemas.ts';

const list = createRoute({
  method: 'post',
  path: '/projects/{project}/mcp-tools',
  tags: ['Workflows'],
  summary: 'The tools of another MCP server, for a step that is to call one of them',
  request: { params: inProject, body: jsonBody(mcpServer) },
  responses: { 200: json(mcpToolList, 'What the server offers now') },
});

export const mcpToolRoutes = router().openapi(list, async (c) => {
  const { project } = c.req.valid('param');
  const { signal } = c.req.raw;
  return c.json(
    await listMcpTools(c.var.app, c.var.principal, project, { ...c.req.valid('json'), signal }),
    200,
  );
});
