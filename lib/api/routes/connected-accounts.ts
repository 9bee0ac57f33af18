import { createRoute } from '@hono/zod-openapi';
import {
  beginConnect,
  beginProjectConnect,
  connectByKey,
  disconnectAccount,
  finishConnect,
  listAccounts,
  readConnect,
} from '#lib/operations/connect-account.ts';
import {
  accountKey,
  accountList,
  byConnectLink,
  connectedTo,
  connectReturn,
  connectView,
  inAccount,
  providerPage,
} from '../connected-account-schemas.ts';
import { json, jsonBody, router } from '../router.ts';
import { inConnection } from '../schemas.ts';

const tags = ['Connected accounts'];

const view = createRoute({
  method: 'get',
  path: '/connect-account/{token}',
  tags,
  summary: 'What a link is there to connect; only for the person it was made for',
  request: { params: byConnectLink },
  responses: { 200: json(connectView, 'The connection') },
});

const enter = createRoute({
  method: 'post',
  path: '/connect-account/{token}/key',
  tags,
  summary: 'Connect an account of one’s own by its key; the call that asked for it goes on',
  request: { params: byConnectLink, body: jsonBody(accountKey) },
  responses: { 204: { description: 'Connected' } },
});

const begin = createRoute({
  method: 'post',
  path: '/connect-account/{token}/authorize',
  tags,
  summary: 'Where the provider asks for one’s consent',
  request: { params: byConnectLink },
  responses: { 200: json(providerPage, 'The page of the provider') },
});

const finish = createRoute({
  method: 'post',
  path: '/connect-account/finish',
  tags,
  summary: 'Back from the provider, with its code',
  request: { body: jsonBody(connectReturn) },
  responses: { 200: json(connectedTo, 'What is connected now') },
});

const beginProject = createRoute({
  method: 'post',
  path: '/projects/{project}/connections/{connection}/authorize',
  tags,
  summary: 'Where the provider asks for consent to the account that all callers use',
  request: { params: inConnection },
  responses: { 200: json(providerPage, 'The page of the provider') },
});

const list = createRoute({
  method: 'get',
  path: '/account/connected',
  tags,
  summary: 'Accounts of one’s own that workflows use',
  responses: { 200: json(accountList, 'The last connected first') },
});

const remove = createRoute({
  method: 'delete',
  path: '/account/connected/{account}',
  tags,
  summary: 'Forget an account of one’s own; the next call asks for it again',
  request: { params: inAccount },
  responses: { 204: { description: 'Forgotten' } },
});

export const connectedAccountRoutes = router()
  .openapi(finish, async (c) =>
    c.json(await finishConnect(c.var.app, c.var.principal, c.req.valid('json')), 200),
  )
  .openapi(view, async (c) =>
    c.json(await readConnect(c.var.app, c.var.principal, c.req.valid('param').token), 200),
  )
  .openapi(enter, async (c) => {
    await connectByKey(c.var.app, c.var.principal, c.req.valid('param').token, c.req.valid('json'));
    return c.body(null, 204);
  })
  .openapi(begin, async (c) =>
    c.json(await beginConnect(c.var.app, c.var.principal, c.req.valid('param').token), 200),
  )
  .openapi(beginProject, async (c) =>
    c.json(await beginProjectConnect(c.var.app, c.var.principal, c.req.valid('param')), 200),
  )
  .openapi(list, async (c) => {
    const items = (await listAccounts(c.var.app, c.var.principal)).map(({ createdAt, ...account }) => ({
      ...account,
      createdAt: createdAt.toISOString(),
    }));
    return c.json({ items }, 200);
  })
  .openapi(remove, async (c) => {
    await disconnectAccount(c.var.app, c.var.principal, c.req.valid('param').account);
    return c.body(null, 204);
  });
