import { createRoute } from '@hono/zod-openapi';
import { readOrganization, renameOrganization } from '#lib/operations/organization.ts';
import { json, jsonBody, router } from '../router.ts';
import { organization, organizationUpdate } from '../settings-schemas.ts';

const tags = ['Organization'];

const read = createRoute({
  method: 'get',
  path: '/organization',
  tags,
  summary: 'The organization and its members',
  responses: { 200: json(organization, 'The organization') },
});

const update = createRoute({
  method: 'patch',
  path: '/organization',
  tags,
  summary: 'Give the organization another name; for owners and admins',
  request: { body: jsonBody(organizationUpdate) },
  responses: { 200: json(organization, 'The organization as it is now') },
});

export const organizationRoutes = router()
  .openapi(read, async (c) => c.json(await readOrganization(c.var.app, c.var.principal), 200))
  .openapi(update, async (c) =>
    c.json(await renameOrganization(c.var.app, c.var.principal, c.req.valid('json').name), 200),
  );
