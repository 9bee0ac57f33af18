import { createRoute } from '@hono/zod-openapi';
import { isSetUpNeeded, setUp } from '#lib/operations/set-up.ts';
import { json, jsonBody, router } from '../router.ts';
import { session, setupInput, setupState } from '../schemas.ts';
import { origin, sessionView, setCookies } from '../session-view.ts';

const read = createRoute({
  method: 'get',
  path: '/setup',
  tags: ['Set-up'],
  summary: 'Whether the first owner has still to be made',
  responses: { 200: json(setupState, 'State') },
});

const create = createRoute({
  method: 'post',
  path: '/setup',
  tags: ['Set-up'],
  summary: 'Make the first owner, with the one-time token that the server printed, and sign in',
  request: { body: jsonBody(setupInput) },
  responses: { 201: json(session, 'Signed in') },
});

export const setupRoutes = router()
  .openapi(read, async (c) => c.json({ needed: await isSetUpNeeded(c.var.app) }, 200))
  .openapi(create, async (c) => {
    const who = await setUp(c.var.app, c.req.valid('json'), origin(c));
    setCookies(c, who.cookies);
    return c.json(sessionView(who), 201);
  });
