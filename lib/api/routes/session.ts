import { createRoute } from '@hono/zod-openapi';
import { finishSignIn, signIn, signOut } from '#lib/operations/sign-in.ts';
import { json, jsonBody, router } from '../router.ts';
import { session, signInInput } from '../schemas.ts';
import { origin, sessionView, setCookies } from '../session-view.ts';
import { secondStep, secondStepInput } from '../sign-in-schemas.ts';

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
  responses: {
    201: json(session, 'Signed in'),
    202: json(secondStep, 'The password is right; now a second factor'),
  },
});

const second = createRoute({
  method: 'post',
  path: '/session/second-step',
  tags,
  summary: 'Give the second factor, and be signed in',
  request: { body: jsonBody(secondStepInput) },
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
    const outcome = await signIn(c.var.app, { ...c.req.valid('json'), ...origin(c) });
    if ('ticket' in outcome) {
      return c.json({ ticket: outcome.ticket, expiresAt: outcome.expiresAt.toISOString() }, 202);
    }
    setCookies(c, outcome.who.cookies);
    return c.json(sessionView(outcome.who), 201);
  })
  .openapi(second, async (c) => {
    const who = await finishSignIn(c.var.app, { ...c.req.valid('json'), ...origin(c) });
    setCookies(c, who.cookies);
    return c.json(sessionView(who), 201);
  })
  .openapi(remove, async (c) => {
    setCookies(c, await signOut(c.var.app, c.req.raw.headers));
    return c.body(null, 204);
  });
