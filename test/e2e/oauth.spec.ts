import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import AxeBuilder from '@axe-core/playwright';
import { call, drawn } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { ACCOUNT, makeProject, setUp } from './steps.ts';

test.use({ instance: 'oauth' });

test('an app is let in with one of the tools, sees that one alone, and is shut out again', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  for (const [name, reads] of [
    ['find_order', true],
    ['cancel_order', false],
  ] as const) {
    const steps = { input: ['input'], answer: ['output', { parts: [{ type: 'text', text: 'done' }] }] };
    const document = {
      ...drawn({ name, steps: steps as never, edges: ['input -> answer'] }),
      settings: { annotations: { readOnlyHint: reads } },
    };
    const made = await call<{ id: string; revision: number }>(page, 'POST', '/projects/orders/workflows', {
      name,
      document,
    });
    await call(page, 'POST', `/projects/orders/workflows/${made.id}/publish`, { revision: made.revision });
  }
  await call(page, 'PATCH', '/projects/orders', { access: 'oauth' });
  await call(page, 'DELETE', '/session');

  // The app: a program on this computer, with a page that the browser comes back to.
  const app = createServer((_request, response) => response.end('<title>App</title>Back in the app'));
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`;
  const resource = `${patchbay.url}/mcp/orders`;
  const registered = await page.request.post(`${patchbay.url}/oauth/register`, {
    data: { client_name: 'Robot <b>', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' },
  });
  const { client_id } = await registered.json();
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'mine',
    resource,
  });

  await page.goto(`${patchbay.url}/oauth/authorize?${query}`);
  await page.getByLabel('Email').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();

  await expect(page.getByRole('heading', { name: 'Let Robot <b> use Orders?' })).toBeVisible();
  const place = page.getByRole('region', { name: 'Where the answer goes' });
  await expect(place).toContainText('127.0.0.1');
  await expect(place).toContainText('Any program on this computer could call itself Robot <b>');
  await page.getByRole('radio', { name: 'What I choose' }).click();
  await page.getByRole('checkbox', { name: /cancel_order/ }).uncheck();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
  await page.getByRole('button', { name: 'Allow' }).click();

  await page.waitForURL(`${redirectUri}?**`);
  const back = new URL(page.url()).searchParams;
  expect([back.get('state'), back.get('iss')]).toEqual(['mine', `${patchbay.url}/oauth`]);
  const exchanged = await page.request.post(`${patchbay.url}/oauth/token`, {
    form: {
      grant_type: 'authorization_code',
      client_id,
      code: back.get('code')!,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    },
  });
  const { access_token } = await exchanged.json();
  const list = () =>
    page.request.post(resource, {
      headers: { authorization: `Bearer ${access_token}`, accept: 'application/json, text/event-stream' },
      data: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} },
    });
  const tools = /"tools":.*/.exec(await (await list()).text())?.[0];
  expect(tools).toContain('find_order');
  expect(tools).not.toContain('cancel_order');

  await page.goto(`${patchbay.url}/projects/orders/connect`);
  await expect(page.getByRole('row', { name: /Robot <b>.*Ada.*find_order/ })).toBeVisible();
  expect((await new AxeBuilder({ page }).include('#apps').analyze()).violations).toEqual([]);
  await page.goto(`${patchbay.url}/account#apps`);
  await expect(page.getByRole('row', { name: /Robot <b>.*find_order/ })).toBeVisible();
  await page.getByRole('row', { name: /Robot/ }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke access' }).click();
  await expect(page.getByText('Access revoked')).toBeVisible();
  expect((await list()).status()).toBe(401);
  app.close();
});
