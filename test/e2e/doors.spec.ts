import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Page } from '@playwright/test';
import { call, drawn } from './by-api.ts';
import { expectNoFaults } from './faults.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, makeWorkflow, setUp } from './steps.ts';

test.use({ instance: 'doors' });
test.describe.configure({ mode: 'serial' });

let page: Page;

test.beforeAll(async ({ browser, patchbay }) => {
  page = await (await browser.newContext()).newPage();
  await setUp(page, patchbay);
});
test.afterAll(() => page.context().close());

const card = (key: string) => page.locator('.react-flow__node', { hasText: key });
const address = (url: string, slug: string) => new URL(`${url}/mcp/${slug}`);

/** Pastes onto whatever has the focus, as the keyboard does. */
async function paste(text: string): Promise<void> {
  await page.evaluate((given) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', given);
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

async function emptyProject(url: string, name: string): Promise<string> {
  const { slug } = await call<{ slug: string }>(page, 'POST', '/projects', { name });
  await page.goto(`${url}/projects/${slug}`);
  await expect(page.getByRole('list', { name: 'Ways to begin' })).toBeVisible();
  return slug;
}

test('from an empty project to the first call in seven actions', async ({ patchbay, upstream }) => {
  await makeProject(page);
  // What calls at the end is a program, which cannot sign in.
  await call(page, 'PATCH', '/projects/orders', { access: 'key' });
  await page.reload();
  await expect(page.getByText('No workflows yet')).toBeVisible();
  let actions = 0;
  const act = async (does: () => Promise<unknown>): Promise<void> => {
    actions += 1;
    await does();
  };

  await test.step('paste', async () => {
    await act(() => paste(`curl '${upstream.url}/orders/7'`));
    await page.waitForURL('**/workflows/*');
    await expect(card('arguments')).toBeVisible();
    await expect(page.locator('.react-flow__node')).toHaveCount(3);
    await expect(page.locator('.react-flow__edge')).toHaveCount(2);
  });

  await test.step('run, with the values that were pasted', async () => {
    await act(() => page.getByRole('button', { name: 'Run', exact: true }).click());
    const dialog = page.getByRole('dialog', { name: 'Run the draft' });
    await expect(dialog.getByLabel('Order id')).toHaveValue('7');
    await act(() => page.keyboard.press('ControlOrMeta+Enter'));
    await expect(page.getByRole('region', { name: 'Runs' }).getByText('Succeeded').first()).toBeVisible();
    expect(upstream.requests.get('/orders/7')).toBe(1);
  });

  await test.step('publish', async () => {
    await act(() => page.keyboard.press('ControlOrMeta+Shift+p'));
    await expect(page.getByText('Live v1, no changes')).toBeVisible();
  });

  let secret = '';
  const steps = page.getByRole('region', { name: 'First call' });
  await test.step('connect, with a key that is made in place', async () => {
    await act(() => page.getByRole('button', { name: 'Connect a client' }).click());
    await page.waitForURL('**/connect');
    await expect(steps.getByText('Server found: waiting')).toBeVisible();
    const client = page.getByRole('region', { name: 'Client', exact: true });
    await act(() => client.getByRole('button', { name: 'Make a key for it' }).click());
    const text = client.getByRole('region', { name: 'For Claude Code' });
    await expect(text).toContainText('Bearer pbk_');
    secret = /Bearer (pbk_\w+)/.exec((await text.textContent()) ?? '')![1]!;
    await expectNoFaults(page, 'Connect, while it waits');
  });
  // What stands in the text goes into the client: the seventh.
  expect(actions).toBeLessThanOrEqual(6);

  await test.step('a client calls, and the page says so by itself', async () => {
    const client = new Client({ name: 'storybook', version: '4.5' });
    const requestInit = { headers: { Authorization: `Bearer ${secret}` } };
    await client.connect(new StreamableHTTPClientTransport(address(patchbay.url, 'orders'), { requestInit }));
    await expect(steps.getByText('storybook 4.5')).toBeVisible();
    await expect(steps.getByText('Tools listed: waiting')).toBeVisible();
    const { tools } = await client.listTools();
    await expect(steps.getByText('First call: waiting')).toBeVisible();
    const answer = await client.callTool({ name: tools[0]!.name, arguments: { order_id: 7 } });
    expect(JSON.stringify(answer.content)).toContain('Ada');
    await expect(steps.getByText('First call received from storybook')).toBeVisible();
    await expect(steps.getByText(tools[0]!.name)).toBeVisible();
    await client.close();
    await expectNoFaults(page, 'Connect, after the first call');
    await steps.getByRole('button', { name: 'Wait for another client' }).click();
    await expect(steps.getByText('Server found: waiting')).toBeVisible();
    await page.reload();
    await steps.getByRole('link', { name: 'open the run' }).click();
    await page.waitForURL('**/runs/*');
  });
});

test('a command onto an untouched canvas; its credential becomes a connection; undo takes it back', async ({
  patchbay,
  upstream,
}) => {
  const slug = await emptyProject(patchbay.url, 'Pasted');
  await makeWorkflow(page, 'get_order');
  const doors = page.getByRole('list', { name: 'Ways to begin' });
  await expect(doors).toBeVisible();
  await expectNoFaults(page, 'an untouched canvas');
  await doors.getByRole('button', { name: /Paste a cURL command/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Paste a cURL command' });
  await dialog.getByLabel('Command or address').fill('curling is a sport');
  await dialog.getByRole('button', { name: 'Make the steps' }).click();
  await expect(dialog.getByText(/This is no cURL command/)).toBeVisible();
  await dialog
    .getByLabel('Command or address')
    .fill(`curl ${upstream.url}/orders/7 -H 'X-Api-Key: very-secret-value'`);
  await dialog.getByRole('button', { name: 'Make the steps' }).click();

  const keep = page.getByRole('dialog', { name: 'Keep the credential as a connection' });
  await expect(keep.getByText('X-Api-Key: ••••••••alue')).toBeVisible();
  await expect(keep.getByLabel('Hosts')).toHaveValue(new URL(upstream.url).host);
  await expectNoFaults(page, 'the question about a credential');
  await keep.getByRole('button', { name: 'Keep and make the steps' }).click();
  await expect(page.locator('.react-flow__node')).toHaveCount(3);
  await expect(doors).toBeHidden();
  const { items } = await call<{ items: { type: string; hosts: string[]; preview: string }[] }>(
    page,
    'GET',
    `/projects/${slug}/connections`,
  );
  expect(items).toMatchObject([{ type: 'header', hosts: [new URL(upstream.url).host] }]);
  await expect(page.getByText(/· saved/)).toBeVisible();
  const { items: workflows } = await call<{ items: { id: string }[] }>(
    page,
    'GET',
    `/projects/${slug}/workflows`,
  );
  const stored = await call<unknown>(page, 'GET', `/projects/${slug}/workflows/${workflows[0]!.id}`);
  expect(JSON.stringify(stored)).not.toContain('very-secret-value');

  await page.locator('.react-flow__pane').click({ position: { x: 30, y: 300 } });
  await page.keyboard.press('ControlOrMeta+z');
  await expect(page.locator('.react-flow__node')).toHaveCount(2);
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await expect(page.locator('.react-flow__node')).toHaveCount(3);

  await test.step('where steps are drawn, a command becomes a workflow of its own', async () => {
    await paste(`curl ${upstream.url}/orders/7`);
    await page.getByRole('button', { name: 'Make the workflow' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'get_orders_by_order_id' })).toBeVisible();
  });
});

test('an OpenAPI document that is pasted onto the page of a project is read at once', async ({
  patchbay,
}) => {
  await emptyProject(patchbay.url, 'Described');
  await paste(
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Pets', version: '1' },
      servers: [{ url: 'https://pets.example.com' }],
      paths: { '/pets': { get: { operationId: 'listPets', responses: { 200: { description: 'ok' } } } } },
    }),
  );
  await page.waitForURL('**/import');
  await expect(page.getByRole('heading', { name: 'Pets' })).toBeVisible();
  await expect(page.getByText('/pets').first()).toBeVisible();
});

test('a template is looked for, added, run and opened in place of the empty canvas', async ({ patchbay }) => {
  const slug = await emptyProject(patchbay.url, 'Templated');
  await makeWorkflow(page, 'to_be_replaced');
  await page.getByRole('link', { name: /Start from a template/ }).click();
  await page.waitForURL('**/templates**');
  await expect(page.getByRole('status')).toHaveText('14 templates');
  await expectNoFaults(page, 'Templates');
  await page.getByLabel('Search templates').fill('csv');
  await expect(page.getByRole('status')).toHaveText('1 template');
  const detail = page.getByRole('region', { name: 'CSV summary' });
  await expect(detail.getByRole('img', { name: /^4 steps: Input, Parse, JavaScript, Output/ })).toBeVisible();
  await expect(detail.getByText('Nothing outside this server')).toBeVisible();
  await detail.getByRole('button', { name: 'Use template' }).click();
  await page.waitForURL('**/workflows/*');
  await expect(page.getByRole('heading', { level: 1, name: 'summarize_csv' })).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('dialog').getByLabel('Table')).toHaveValue(/city,temperature/);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('region', { name: 'Runs' }).getByText('Succeeded').first()).toBeVisible();
  const { items } = await call<{ items: { name: string }[] }>(page, 'GET', `/projects/${slug}/workflows`);
  expect(items.map(({ name }) => name)).toEqual(['summarize_csv']);
});

test('a new project starts with a template; from its page more are added', async ({ patchbay }) => {
  await page.goto(`${patchbay.url}/projects`);
  await page.getByRole('button', { name: 'New project' }).first().click();
  await page.getByLabel('Name').fill('Office');
  await page.getByRole('combobox', { name: 'Start with' }).click();
  await page.getByRole('option', { name: 'To-do list' }).click();
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.waitForURL('**/office/workflows/*');
  await expect(page.getByRole('heading', { level: 1, name: 'add_task' })).toBeVisible();
  await page.goto(`${patchbay.url}/projects/office`);
  await expect(page.getByRole('list', { name: 'Ways to begin' })).toBeHidden();
  await page.getByRole('button', { name: 'New workflow' }).click();
  await expectNoFaults(page, 'New workflow');
  await page.getByRole('dialog').getByRole('link', { name: 'a template' }).click();
  await page.waitForURL('**/office/templates');
});

test('nobody calls for a minute: the page says what to look at', async ({ patchbay }) => {
  const document = drawn({
    name: 'get_greeting',
    steps: {
      start: ['input', { schema: { type: 'object', properties: {}, additionalProperties: false } }],
      answer: ['output', { parts: [{ type: 'text', text: 'hello' }], structured: null }],
    },
    edges: ['start -> answer'],
  });
  await call(page, 'POST', '/projects', { name: 'Silent', slug: 'silent' });
  await call(page, 'POST', '/projects/silent/workflows', { name: 'get_greeting', document });
  await page.clock.install();
  await page.goto(`${patchbay.url}/projects/silent/connect`);
  const steps = page.getByRole('region', { name: 'First call' });
  await expect(steps.getByText('Server found: waiting')).toBeVisible();
  await expect(steps.getByText('Nothing came for a minute')).toBeHidden();
  await page.clock.runFor(61_000);
  await expect(steps.getByText('Nothing came for a minute')).toBeVisible();
  await steps.getByRole('link', { name: 'Check the connection' }).click();
  await expect(page.getByRole('button', { name: 'Check the connection' })).toBeInViewport();
});
