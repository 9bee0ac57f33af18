import { createRoute } from '@hono/zod-openapi';
import { signIn, signOut } from '#lib/operations/sign-in.ts';
import { json, jsonBody, router } from '../router.ts';
import { session, signInInput } from '../schemas.ts';
import { origin, sessionView, setCookies } from '../session-view.ts';

const tags = ['Session'];

const read = createRoute({
  method: 'get',
  path: '/session',
  tags,
  summary: 'Who is signed in',
  responses: { 200: json(session, 'The session') },
});

const create = createRoute({
  method: 'post',
  path: '/session',
  tags,
  summary: 'Sign in',
  request: { body: jsonBody(signInInput) },
  responses: { 201: json(session, 'Signed in') },
});

const remove = createRoute({
  method: 'delete',
  path: '/session',
  tags,
  summary: 'Sign out',
  responses: { 204: { description: 'Signed out' } },
});

export const sessionRoutes = router()
  .openapi(read, (c) => c.json(sessionView(c.var.who), 200))
  .openapi(create, async (c) => {
    const who = await signIn(c.var.app, { ...c.req.valid('json'), ...origin(c) });
    setCookies(c, who.cookies);
    return c.json(sessionView(who), 201);
  })
  .openapi(remove, async (c) => {
    setCookies(c, await signOut(c.var.app, c.req.raw.headers));
    return c.body(null, 204);
  });
