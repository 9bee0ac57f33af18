import { createRoute } from '@hono/zod-openapi';
import { readAudit } from '#lib/operations/read-audit.ts';
import { json, router } from '../router.ts';
import { auditPage, auditQuery } from '../settings-schemas.ts';

const list = createRoute({
  method: 'get',
  path: '/audit',
  tags: ['Organization'],
  summary: 'What happened in the organization, newest first; for owners and admins',
  request: { query: auditQuery },
  responses: { 200: json(auditPage, 'Events') },
});

export const auditRoutes = router().openapi(list, async (c) => {
  const { from, to, ...filter } = c.req.valid('query');
  return c.json(
    await readAudit(c.var.app, c.var.principal, {
      ...filter,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    }),
    200,
  );
});
