import { createRoute } from '@hono/zod-openapi';
import { readMentions, readUsage } from '#lib/operations/read-usage.ts';
import { json, router } from '../router.ts';
import { inProject } from '../schemas.ts';
import { mentionsView, usage } from '../settings-schemas.ts';

const tags = ['Projects'];

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/usage',
  tags,
  summary: 'How much a project has of everything, and how much it may',
  request: { params: inProject },
  responses: { 200: json(usage, 'Usage and limits') },
});

const mentions = createRoute({
  method: 'get',
  path: '/projects/{project}/mentions',
  tags,
  summary: 'Which workflows use each connection and each environment value',
  request: { params: inProject },
  responses: { 200: json(mentionsView, 'Workflows') },
});

export const usageRoutes = router()
  .openapi(read, async (c) =>
    c.json(await readUsage(c.var.app, c.var.principal, c.req.valid('param').project), 200),
  )
  .openapi(mentions, async (c) =>
    c.json(await readMentions(c.var.app, c.var.principal, c.req.valid('param').project), 200),
  );
