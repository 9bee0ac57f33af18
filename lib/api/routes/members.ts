import { createRoute } from '@hono/zod-openapi';
import { changeRole, removeMember } from '#lib/operations/change-member.ts';
import { readOrganization } from '#lib/operations/organization.ts';
import { json, jsonBody, router } from '../router.ts';
import { organization } from '../settings-schemas.ts';
import { inMember } from '../sign-in-schemas.ts';
import { memberChange } from '../team-schemas.ts';

const tags = ['Organization'];

const change = createRoute({
  method: 'patch',
  path: '/organization/members/{user}',
  tags,
  summary: 'Give a member another role; nobody gives more than they have',
  request: { params: inMember, body: jsonBody(memberChange) },
  responses: { 200: json(organization, 'The organization as it is now') },
});

const remove = createRoute({
  method: 'delete',
  path: '/organization/members/{user}',
  tags,
  summary: 'Remove a member; what they had open ends, and what they granted to their clients',
  request: { params: inMember },
  responses: { 204: { description: 'Removed' } },
});

export const memberRoutes = router()
  .openapi(change, async (c) => {
    await changeRole(c.var.app, c.var.principal, { ...c.req.valid('param'), ...c.req.valid('json') });
    return c.json(await readOrganization(c.var.app, c.var.principal), 200);
  })
  .openapi(remove, async (c) => {
    await removeMember(c.var.app, c.var.principal, c.req.valid('param').user);
    return c.body(null, 204);
  });
