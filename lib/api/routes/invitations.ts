import { createRoute } from '@hono/zod-openapi';
import { AppError } from '#lib/db/app-error.ts';
import {
  acceptAsNew,
  acceptInvitation,
  invite,
  listInvitations,
  readInvitation,
  renewInvitation,
  revokeInvitation,
} from '#lib/operations/invitations.ts';
import { whoIsEven } from '#lib/operations/who-is.ts';
import { json, jsonBody, router } from '../router.ts';
import { session } from '../schemas.ts';
import { origin, sessionView, setCookies } from '../session-view.ts';
import {
  inInvitation,
  invitationCreate,
  invitationFacts,
  invitationList,
  invitationToken,
  invited,
  newAccount,
} from '../team-schemas.ts';

const tags = ['Organization'];

const list = createRoute({
  method: 'get',
  path: '/organization/invitations',
  tags,
  summary: 'Who was asked to join and has not come yet; for owners and admins',
  responses: { 200: json(invitationList, 'Invitations, the newest first') },
});

const create = createRoute({
  method: 'post',
  path: '/organization/invitations',
  tags,
  summary: 'Ask somebody to join; an earlier invitation of theirs ends',
  request: { body: jsonBody(invitationCreate) },
  responses: { 201: json(invited, 'The invitation, and its link where no letter was sent') },
});

const renew = createRoute({
  method: 'post',
  path: '/organization/invitations/{invitation}/renew',
  tags,
  summary: 'Another link for the same invitation; the one of before opens nothing any more',
  request: { params: inInvitation },
  responses: { 200: json(invited, 'The invitation, and its link where no letter was sent') },
});

const revoke = createRoute({
  method: 'delete',
  path: '/organization/invitations/{invitation}',
  tags,
  summary: 'Take an invitation back',
  request: { params: inInvitation },
  responses: { 204: { description: 'Its link opens nothing any more' } },
});

const read = createRoute({
  method: 'post',
  path: '/invitation',
  tags,
  summary: 'What a link leads to; for whoever has it',
  request: { body: jsonBody(invitationToken) },
  responses: { 200: json(invitationFacts, 'The invitation') },
});

const accept = createRoute({
  method: 'post',
  path: '/invitation/accept',
  tags,
  summary: 'Join, as the person who is signed in',
  request: { body: jsonBody(invitationToken) },
  responses: { 200: json(session, 'The session, which shows the organization') },
});

const join = createRoute({
  method: 'post',
  path: '/invitation/join',
  tags,
  summary: 'Join with a new account',
  request: { body: jsonBody(newAccount) },
  responses: { 201: json(session, 'Signed in') },
});

export const invitationRoutes = router()
  .openapi(list, async (c) => c.json({ items: await listInvitations(c.var.app, c.var.principal) }, 200))
  .openapi(create, async (c) => c.json(await invite(c.var.app, c.var.who, c.req.valid('json')), 201))
  .openapi(renew, async (c) =>
    c.json(await renewInvitation(c.var.app, c.var.who, c.req.valid('param').invitation), 200),
  )
  .openapi(revoke, async (c) => {
    await revokeInvitation(c.var.app, c.var.principal, c.req.valid('param').invitation);
    return c.body(null, 204);
  })
  .openapi(read, async (c) => {
    const { address } = origin(c);
    return c.json(await readInvitation(c.var.app, { ...c.req.valid('json'), address }), 200);
  })
  .openapi(accept, async (c) => {
    const { headers, address } = origin(c);
    // Also who has to set up something first in the organization that the session shows.
    const who = await whoIsEven(c.var.app, headers);
    if (!who)
      throw new AppError(
        'unauthenticated',
        'You are not signed in, or the session has ended. Sign in again.',
      );
    const now = await acceptInvitation(c.var.app, who, { ...c.req.valid('json'), address });
    setCookies(c, who.cookies);
    return c.json(sessionView(now), 200);
  })
  .openapi(join, async (c) => {
    const who = await acceptAsNew(c.var.app, c.req.valid('json'), origin(c));
    setCookies(c, who.cookies);
    return c.json(sessionView(who), 201);
  });
