import { createRoute } from '@hono/zod-openapi';
import { listClientRules, removeClientRule, setClientRule } from '#lib/operations/client-rules.ts';
import { json, jsonBody, router } from '../router.ts';
import { inClientRule, inProject } from '../schemas.ts';
import { clientRule, clientRuleList, clientRuleSet } from '../toolset-schemas.ts';

const tags = ['Clients'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/client-rules',
  tags,
  summary: 'What people may call through OAuth clients, at most',
  request: { params: inProject },
  responses: { 200: json(clientRuleList, 'Rules') },
});

const set = createRoute({
  method: 'put',
  path: '/projects/{project}/client-rules',
  tags,
  summary: 'Set the rule for a client, in place of the one there was',
  request: { params: inProject, body: jsonBody(clientRuleSet) },
  responses: { 200: json(clientRule, 'The rule') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/client-rules/{rule}',
  tags,
  summary: 'Remove a rule',
  request: { params: inClientRule },
  responses: { 204: { description: 'Removed' } },
});

export const clientRuleRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listClientRules(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(set, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await setClientRule(c.var.app, c.var.principal, project, c.req.valid('json')), 200);
  })
  .openapi(remove, async (c) => {
    await removeClientRule(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
