import { createRoute } from '@hono/zod-openapi';
import {
  makePasswordLink,
  requestPasswordReset,
  resetPassword,
  resetTwoFactor,
} from '#lib/operations/password-reset.ts';
import { json, jsonBody, router } from '../router.ts';
import { origin } from '../session-view.ts';
import { inMember, passwordLink, passwordReset, passwordResetRequest } from '../sign-in-schemas.ts';

const request = createRoute({
  method: 'post',
  path: '/password-reset/request',
  tags: ['Session'],
  summary: 'Have a link for a new password sent; the answer is the same for an address that nobody has',
  request: { body: jsonBody(passwordResetRequest) },
  responses: { 204: { description: 'If the address is somebody’s, a letter is on its way' } },
});

const reset = createRoute({
  method: 'post',
  path: '/password-reset',
  tags: ['Session'],
  summary: 'Choose a new password by a link; all sessions end',
  request: { body: jsonBody(passwordReset) },
  responses: { 204: { description: 'Changed' } },
});

const link = createRoute({
  method: 'post',
  path: '/organization/members/{user}/password-link',
  tags: ['Organization'],
  summary: 'A link with which a member chooses a new password; for owners',
  request: { params: inMember },
  responses: { 201: json(passwordLink, 'Good for 30 minutes, and once') },
});

const withoutSecond = createRoute({
  method: 'delete',
  path: '/organization/members/{user}/two-factor',
  tags: ['Organization'],
  summary: 'Take a member’s second factor away, who lost it; for owners',
  request: { params: inMember },
  responses: { 204: { description: 'The password is enough again' } },
});

export const passwordResetRoutes = router()
  .openapi(request, (c) => {
    const { address } = origin(c);
    requestPasswordReset(c.var.app, { email: c.req.valid('json').email, address });
    return c.body(null, 204);
  })
  .openapi(reset, async (c) => {
    await resetPassword(c.var.app, { ...c.req.valid('json'), address: origin(c).address });
    return c.body(null, 204);
  })
  .openapi(link, async (c) => {
    const made = await makePasswordLink(c.var.app, c.var.principal, c.req.valid('param').user);
    return c.json({ url: made.url, expiresAt: made.expiresAt.toISOString() }, 201);
  })
  .openapi(withoutSecond, async (c) => {
    await resetTwoFactor(c.var.app, c.var.principal, c.req.valid('param').user);
    return c.body(null, 204);
  });
