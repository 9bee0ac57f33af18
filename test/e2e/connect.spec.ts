import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { call, drawn } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'connect' });

test('somebody connects a client: a key, a wrong one first, the check, and the documents to be found by', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  await call(page, 'PATCH', '/projects/orders', { access: 'key' });
  const at = '/projects/orders/workflows';
  const document = drawn({
    name: 'get_greeting',
    steps: {
      start: ['input', { schema: { type: 'object', properties: {}, additionalProperties: false } }],
      answer: ['output', { parts: [{ type: 'text', text: 'hello' }], structured: null }],
    },
    edges: ['start -> answer'],
  });
  const made = await call<{ id: string; revision: number }>(page, 'POST', at, {
    name: 'get_greeting',
    document,
  });
  await call(page, 'POST', `${at}/${made.id}/publish`, { revision: made.revision });
  const { secret } = await call<{ secret: string }>(page, 'POST', '/projects/orders/keys', {
    name: 'Laptop',
  });
  const address = `${patchbay.url}/mcp/orders`;
  await page.goto(`${patchbay.url}/projects/orders/connect`);
  const clients = page.getByRole('region', { name: 'Clients' });

  await test.step('nobody has called; the instructions are there for each client', async () => {
    await expect(clients.getByText('No client has called yet')).toBeVisible();
    const instructions = page.getByRole('region', { name: 'Client', exact: true });
    await instructions.getByRole('combobox', { name: 'Client' }).click();
    await page.getByRole('option', { name: 'Codex' }).click();
    await expect(instructions.getByText('bearer_token_env_var = "ORDERS_API_KEY"')).toBeVisible();
  });

  await test.step('a release can be pinned: the address and the instructions name it', async () => {
    const at = page.getByRole('region', { name: 'Address' });
    const instructions = page.getByRole('region', { name: 'Client', exact: true });
    await expect(instructions.getByText(`url = "${address}"`)).toBeVisible();
    await at.getByRole('combobox', { name: 'Release' }).click();
    await page.getByRole('option', { name: 'Release 1 (pinned)' }).click();
    await expect(at.getByText(`${address}@1`)).toBeVisible();
    await expect(at.getByText('Published get_greeting by')).toBeVisible();
    await expect(instructions.getByText(`url = "${address}@1"`)).toBeVisible();
    await at.getByRole('combobox', { name: 'Release' }).click();
    await page.getByRole('option', { name: 'Always the latest' }).click();
  });

  await test.step('a client with a wrong key shows up by itself, with what to do', async () => {
    await page.request.post(address, {
      headers: {
        authorization: `Bearer ${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}`,
        'user-agent': 'old-script/1.2',
      },
      data: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    });
    const row = clients.getByRole('row', { name: /old-script/ });
    await expect(row.getByText('Refused')).toBeVisible();
    await row.getByRole('button').click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('HTTP 401')).toBeVisible();
    await expect(dialog.getByText(/not good here/)).toBeVisible();
    await expect(dialog.getByText(/Make a key under API keys/)).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('a good one is seen to find, to list and to call', async () => {
    const client = new Client({ name: 'storybook', version: '4.5' });
    const requestInit = { headers: { Authorization: `Bearer ${secret}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(address), { requestInit }));
    const row = clients.getByRole('row', { name: /storybook/ });
    await expect(row.getByText('Found', { exact: true })).toBeVisible();
    await expect(row.getByText('Called: not yet')).toBeVisible();
    await client.listTools();
    await client.callTool({ name: 'get_greeting', arguments: {} });
    await client.close();
    await expect(row.getByText('Listed tools', { exact: true })).toBeVisible();
    await expect(row.getByText('Called', { exact: true })).toBeVisible();
    await expect(row.getByText('Laptop')).toBeVisible();
  });

  await test.step('the check goes through', async () => {
    const check = page.getByRole('region', { name: 'Check' });
    await check.getByRole('button', { name: 'Check the connection' }).click();
    await expect(check.getByText('A client gets through.')).toBeVisible({ timeout: 60_000 });
    await expect(check.getByText('Answers arrive as they are written')).toBeVisible();
    await expect(check.getByText(/^1 tool, about/)).toBeVisible();
    await expect(clients.getByText('patchbay-connection-check')).toBeHidden();
  });

  await test.step('server.json can be taken away', async () => {
    const found = page.getByRole('region', { name: 'Be found' });
    await found.getByRole('radio', { name: 'server.json' }).click();
    await expect(found.getByText('Bearer {api_key}')).toBeVisible();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      found.getByRole('link', { name: 'Download server.json' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('server.json');
  });

  await test.step('where people sign in no key is needed', async () => {
    await call(page, 'PATCH', '/projects/orders', { access: 'oauth' });
    await page.reload();
    const client = page.getByRole('region', { name: 'Client', exact: true });
    await expect(client.getByText(/No key is needed: Claude Code opens a page/)).toBeVisible();
    await expect(client.getByText(`claude mcp add --transport http orders ${address}`)).toBeVisible();
    await expect(client.getByText('Bearer')).toBeHidden();
  });

  await test.step('a toolset has an address of its own, until it is deleted', async () => {
    await page.getByRole('button', { name: 'New toolset' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('To look at');
    await dialog.getByLabel('Name in the address').fill('look');
    await dialog.getByRole('checkbox', { name: 'get_greeting' }).click();
    await dialog.getByRole('button', { name: 'Make toolset' }).click();
    const row = page.getByRole('row', { name: /To look at/ });
    await expect(row.getByText('/mcp/orders/look')).toBeVisible();
    await page.getByRole('combobox', { name: 'Toolset' }).click();
    await page.getByRole('option', { name: 'To look at' }).click();
    await expect(page.getByRole('region', { name: 'Address' }).getByText(`${address}/look`)).toBeVisible();
    await row.getByRole('button', { name: 'Delete' }).click();
    const question = page.getByRole('alertdialog').or(page.getByRole('dialog'));
    await expect(question.getByText(/\/mcp\/orders\/look answers no more/)).toBeVisible();
    await question.getByRole('button', { name: 'Delete toolset' }).click();
    await expect(page.getByText('No toolsets yet')).toBeVisible();
    await expect(
      page.getByRole('region', { name: 'Address' }).getByText(address, { exact: true }),
    ).toBeVisible();
  });
});
