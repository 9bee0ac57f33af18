import { createRoute } from '@hono/zod-openapi';
import { browserIn } from '#lib/operations/oauth/browser-cookie.ts';
import { answerConsent, readConsent } from '#lib/operations/oauth/consent.ts';
import { listGrants, listOwnGrants } from '#lib/operations/read-grants.ts';
import { revokeGrant, revokeOwnGrant } from '#lib/operations/revoke-grant.ts';
import {
  consent,
  consentAnswer,
  consentOutcome,
  consentQuery,
  grantList,
  inGrant,
  inOwnGrant,
  ownGrantList,
} from '../grant-schemas.ts';
import { json, jsonBody, router } from '../router.ts';
import { inProject } from '../schemas.ts';

const tags = ['Connected apps'];

const readOne = createRoute({
  method: 'get',
  path: '/consent',
  tags,
  summary: 'What an app asks for that sent the browser here',
  request: { query: consentQuery },
  responses: { 200: json(consent, 'What it asks for') },
});

const answerOne = createRoute({
  method: 'post',
  path: '/consent',
  tags,
  summary: 'Let the app in, or do not; once',
  request: { body: jsonBody(consentAnswer) },
  responses: { 200: json(consentOutcome, 'Where the browser goes on') },
});

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/grants',
  tags,
  summary: 'Apps that people let into a project, newest first',
  request: { params: inProject },
  responses: { 200: json(grantList, 'Connected apps') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/grants/{grant}',
  tags,
  summary: 'Shut an app out, within five seconds everywhere',
  request: { params: inGrant },
  responses: { 204: { description: 'Revoked' } },
});

const listOwn = createRoute({
  method: 'get',
  path: '/account/grants',
  tags,
  summary: 'Apps that one let in oneself, newest first',
  responses: { 200: json(ownGrantList, 'Connected apps') },
});

const removeOwn = createRoute({
  method: 'delete',
  path: '/account/grants/{grant}',
  tags,
  summary: 'Shut out an app that one let in oneself',
  request: { params: inOwnGrant },
  responses: { 204: { description: 'Revoked' } },
});

export const grantRoutes = router()
  .openapi(readOne, async (c) => {
    const { request } = c.req.valid('query');
    const browser = browserIn(c.req.header('cookie'), c.var.app.env.publicUrl);
    return c.json(await readConsent(c.var.app, c.var.who, { request, browser }), 200);
  })
  .openapi(answerOne, async (c) => {
    const { request, ...answer } = c.req.valid('json');
    const browser = browserIn(c.req.header('cookie'), c.var.app.env.publicUrl);
    return c.json(await answerConsent(c.var.app, c.var.who, { request, browser, answer }), 200);
  })
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listGrants(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(remove, async (c) => {
    await revokeGrant(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  })
  .openapi(listOwn, async (c) => c.json({ items: await listOwnGrants(c.var.app, c.var.principal) }, 200))
  .openapi(removeOwn, async (c) => {
    await revokeOwnGrant(c.var.app, c.var.principal, c.req.valid('param').grant);
    return c.body(null, 204);
  });
