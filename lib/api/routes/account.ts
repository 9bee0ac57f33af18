import { createRoute } from '@hono/zod-openapi';
import {
  changePassword,
  endOtherSessions,
  endSession,
  listSessions,
  renameAccount,
} from '#lib/operations/account.ts';
import { json, jsonBody, router } from '../router.ts';
import { session } from '../schemas.ts';
import { origin, sessionView, setCookies } from '../session-view.ts';
import { accountUpdate, passwordChange } from '../settings-schemas.ts';
import { browserSessions, inSession } from '../sign-in-schemas.ts';

const tags = ['Session'];

const rename = createRoute({
  method: 'patch',
  path: '/account',
  tags,
  summary: 'Give oneself another name',
  request: { body: jsonBody(accountUpdate) },
  responses: { 200: json(session, 'The session as it is now') },
});

const password = createRoute({
  method: 'post',
  path: '/account/password',
  tags,
  summary: 'Change one’s own password; all other sessions end',
  request: { body: jsonBody(passwordChange) },
  responses: { 204: { description: 'Changed' } },
});

const endOthers = createRoute({
  method: 'delete',
  path: '/account/sessions',
  tags,
  summary: 'Sign out everywhere else',
  responses: { 204: { description: 'Only this session is left' } },
});

const sessions = createRoute({
  method: 'get',
  path: '/account/sessions',
  tags,
  summary: 'Where one is signed in',
  responses: { 200: json(browserSessions, 'The last seen first') },
});

const end = createRoute({
  method: 'delete',
  path: '/account/sessions/{session}',
  tags,
  summary: 'Sign out one of one’s own browsers',
  request: { params: inSession },
  responses: { 204: { description: 'Ended' } },
});

export const accountRoutes = router()
  .openapi(rename, async (c) => {
    const { who } = c.var;
    const own = { who, headers: c.req.raw.headers };
    return c.json(sessionView(await renameAccount(c.var.app, own, c.req.valid('json').name)), 200);
  })
  .openapi(password, async (c) => {
    const { who } = c.var;
    const cookies = await changePassword(c.var.app, { who, ...origin(c) }, c.req.valid('json'));
    // Those of the session that has just ended would come after the new ones.
    who.cookies.length = 0;
    setCookies(c, cookies);
    return c.body(null, 204);
  })
  .openapi(endOthers, async (c) => {
    await endOtherSessions(c.var.app, c.var.who);
    return c.body(null, 204);
  })
  .openapi(sessions, async (c) => {
    const items = await listSessions(c.var.app, c.var.who);
    const views = items.map((each) => ({
      ...each,
      createdAt: each.createdAt.toISOString(),
      seenAt: each.seenAt.toISOString(),
    }));
    return c.json({ items: views }, 200);
  })
  .openapi(end, async (c) => {
    await endSession(c.var.app, c.var.who, c.req.valid('param').session);
    return c.body(null, 204);
  });
