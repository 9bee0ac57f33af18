import { createRoute } from '@hono/zod-openapi';
import {
  readSignInSettings,
  removeSingleSignOn,
  requireTwoFactor,
  saveSingleSignOn,
} from '#lib/operations/sign-in-settings.ts';
import { finishSingleSignOn, readWays, startSingleSignOn } from '#lib/operations/single-sign-on.ts';
import { json, jsonBody, router } from '../router.ts';
import { origin, setCookies } from '../session-view.ts';
import {
  requireTwoFactorInput,
  signInSettings,
  singleSignOnInput,
  ssoRedirect,
  ssoStart,
  ways,
  waysQuery,
} from '../sign-in-schemas.ts';

const ofSession = ['Session'];
const ofOrganization = ['Organization'];

const readAllWays = createRoute({
  method: 'get',
  path: '/session/ways',
  tags: ofSession,
  summary: 'How somebody can sign in, by the domain of their address',
  request: { query: waysQuery },
  responses: { 200: json(ways, 'The ways') },
});

const start = createRoute({
  method: 'post',
  path: '/session/sso',
  tags: ofSession,
  summary: 'Begin single sign-on: where the browser has to go',
  request: { body: jsonBody(ssoStart) },
  responses: { 201: json(ssoRedirect, 'The identity provider’s page') },
});

const finish = createRoute({
  method: 'get',
  path: '/session/sso/callback',
  tags: ofSession,
  summary: 'Where identity providers send browsers back to',
  responses: {
    302: { description: 'To the web app, signed in; or to its sign-in page, which says why not' },
  },
});

const read = createRoute({
  method: 'get',
  path: '/organization/sign-in',
  tags: ofOrganization,
  summary: 'How members sign in; for owners',
  responses: { 200: json(signInSettings, 'As it is') },
});

const save = createRoute({
  method: 'put',
  path: '/organization/single-sign-on',
  tags: ofOrganization,
  summary: 'Set the identity provider; for owners',
  request: { body: jsonBody(singleSignOnInput) },
  responses: { 200: json(signInSettings, 'As it is now') },
});

const remove = createRoute({
  method: 'delete',
  path: '/organization/single-sign-on',
  tags: ofOrganization,
  summary: 'Take single sign-on away; its sessions end; for owners',
  responses: { 200: json(signInSettings, 'As it is now') },
});

const ask = createRoute({
  method: 'put',
  path: '/organization/two-factor',
  tags: ofOrganization,
  summary: 'Ask members who sign in with a password for a second factor; for owners',
  request: { body: jsonBody(requireTwoFactorInput) },
  responses: { 200: json(signInSettings, 'As it is now') },
});

export const singleSignOnRoutes = router()
  .openapi(readAllWays, async (c) => c.json(await readWays(c.var.app, c.req.valid('query')), 200))
  .openapi(start, async (c) => {
    const { url, cookie } = await startSingleSignOn(c.var.app, c.req.valid('json'), origin(c));
    setCookies(c, [cookie]);
    return c.json({ url }, 201);
  })
  .openapi(finish, async (c) => {
    const outcome = await finishSingleSignOn(c.var.app, new URL(c.req.url).search, origin(c));
    if ('refused' in outcome) return c.redirect(`/sign-in?refused=${outcome.refused}`, 302);
    setCookies(c, outcome.cookies);
    return c.redirect(outcome.next, 302);
  })
  .openapi(read, async (c) => c.json(await readSignInSettings(c.var.app, c.var.principal), 200))
  .openapi(save, async (c) =>
    c.json(await saveSingleSignOn(c.var.app, c.var.principal, c.req.valid('json')), 200),
  )
  .openapi(remove, async (c) => c.json(await removeSingleSignOn(c.var.app, c.var.principal), 200))
  .openapi(ask, async (c) =>
    c.json(await requireTwoFactor(c.var.app, c.var.principal, c.req.valid('json').required), 200),
  );
