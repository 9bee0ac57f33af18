import { createRoute } from '@hono/zod-openapi';
import {
  beginTwoFactor,
  disableTwoFactor,
  enableTwoFactor,
  forgetBrowser,
  readTwoFactor,
  renewRecoveryCodes,
} from '#lib/operations/two-factor.ts';
import { json, jsonBody, router } from '../router.ts';
import { origin } from '../session-view.ts';
import {
  inBrowser,
  recoveryCodes,
  twoFactor,
  twoFactorBegin,
  twoFactorEnable,
  twoFactorProof,
  twoFactorSecret,
} from '../sign-in-schemas.ts';

const tags = ['Session'];

const read = createRoute({
  method: 'get',
  path: '/account/two-factor',
  tags,
  summary: 'The second factor of one’s own, and the browsers that are not asked for it',
  responses: { 200: json(twoFactor, 'As it is') },
});

const begin = createRoute({
  method: 'post',
  path: '/account/two-factor',
  tags,
  summary: 'A secret for an authenticator app; nothing is asked for yet',
  request: { body: jsonBody(twoFactorBegin) },
  responses: { 201: json(twoFactorSecret, 'The secret') },
});

const enable = createRoute({
  method: 'post',
  path: '/account/two-factor/enable',
  tags,
  summary: 'Turn it on, with a first code of the app',
  request: { body: jsonBody(twoFactorEnable) },
  responses: { 201: json(recoveryCodes, 'It is on; these are the recovery codes') },
});

const disable = createRoute({
  method: 'post',
  path: '/account/two-factor/disable',
  tags,
  summary: 'Turn it off',
  request: { body: jsonBody(twoFactorProof) },
  responses: { 204: { description: 'It is off' } },
});

const renew = createRoute({
  method: 'post',
  path: '/account/two-factor/recovery-codes',
  tags,
  summary: 'Ten new recovery codes; the earlier ones are good no more',
  request: { body: jsonBody(twoFactorProof) },
  responses: { 201: json(recoveryCodes, 'The new ones') },
});

const forget = createRoute({
  method: 'delete',
  path: '/account/browsers/{browser}',
  tags,
  summary: 'Ask a trusted browser for the second factor again',
  request: { params: inBrowser },
  responses: { 204: { description: 'It is asked again' } },
});

export const twoFactorRoutes = router()
  .openapi(read, async (c) => {
    const { enabledAt, browsers, ...view } = await readTwoFactor(c.var.app, c.var.who);
    const dated = browsers.map((each) => ({
      ...each,
      createdAt: each.createdAt.toISOString(),
      expiresAt: each.expiresAt.toISOString(),
    }));
    return c.json({ ...view, enabledAt: enabledAt?.toISOString() ?? null, browsers: dated }, 200);
  })
  .openapi(begin, async (c) => {
    const asking = { who: c.var.who, address: origin(c).address };
    return c.json(await beginTwoFactor(c.var.app, asking, c.req.valid('json').password), 201);
  })
  .openapi(enable, async (c) => {
    return c.json({ codes: await enableTwoFactor(c.var.app, c.var.who, c.req.valid('json').code) }, 201);
  })
  .openapi(disable, async (c) => {
    const asking = { who: c.var.who, address: origin(c).address };
    await disableTwoFactor(c.var.app, asking, c.req.valid('json'));
    return c.body(null, 204);
  })
  .openapi(renew, async (c) => {
    const asking = { who: c.var.who, address: origin(c).address };
    return c.json({ codes: await renewRecoveryCodes(c.var.app, asking, c.req.valid('json')) }, 201);
  })
  .openapi(forget, async (c) => {
    await forgetBrowser(c.var.app, c.var.who, c.req.valid('param').browser);
    return c.body(null, 204);
  });
