import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { largeApi, SHOP_3_0 } from '../openapi/documents.ts';
import { call } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'import-api' });
test.describe.configure({ mode: 'serial' });

let page: Page;

test.beforeAll(async ({ browser, patchbay }) => {
  page = await (await browser.newContext()).newPage();
  await setUp(page, patchbay);
  await makeProject(page);
});
test.afterAll(() => page.close());

async function paste(text: string): Promise<void> {
  await page.getByLabel('Or paste it', { exact: false }).fill(text);
  await page.getByRole('button', { name: 'Read text' }).click();
}

async function openImport(url: string): Promise<void> {
  await page.goto(`${url}/projects/orders/import`);
  await expect(page.getByRole('heading', { name: 'Import an API' })).toBeVisible();
}

const workflows = () =>
  call<{ items: { id: string; name: string; description: string }[] }>(
    page,
    'GET',
    '/projects/orders/workflows',
  );

test('a document of 1,000 operations is searched, chosen from and summed up, and draws what is seen', async ({
  patchbay,
}) => {
  await openImport(patchbay.url);
  await page.locator('input[type=file]').setInputFiles({
    name: 'large.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(largeApi(1000))),
  });
  const table = page.getByRole('table', { name: 'Operations' });
  await expect(page.getByRole('heading', { name: '1,000 operations' })).toBeVisible({ timeout: 60_000 });
  await expect(table).toHaveAttribute('aria-rowcount', '1001');
  expect(await table.getByRole('row').count()).toBeLessThan(80);

  await page.getByLabel('Search operations').fill('number 997');
  await expect(page.getByRole('heading', { name: '1 of 1,000 operations' })).toBeVisible();
  await page.getByLabel('Search operations').fill('');
  await page.getByLabel('Tag').click();
  await page.getByRole('option', { name: 'group 7', exact: true }).click();
  await expect(page.getByRole('heading', { name: '27 of 1,000 operations' })).toBeVisible();
  await page.getByLabel('Method').click();
  await page.getByRole('option', { name: 'POST' }).click();
  await expect(page.getByRole('heading', { name: '7 of 1,000 operations' })).toBeVisible();
  await page.getByRole('checkbox', { name: 'Choose all that are shown' }).click();
  await expect(page.getByRole('status').filter({ hasText: '7 operations' })).toContainText(
    /about [\d,]+ tokens/,
  );
  await expect(page.getByRole('button', { name: 'Import 7 operations' })).toBeEnabled();
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);
});

test('an operation is renamed, described, narrowed and cut, and its draft is just so', async ({
  patchbay,
}) => {
  await openImport(patchbay.url);
  await paste(JSON.stringify(SHOP_3_0));
  await page.getByRole('button', { name: /^orders_list/ }).click();
  const panel = page.getByRole('complementary', { name: 'GET /orders' });
  await expect(panel.getByText(/\d+ tokens/)).toBeVisible();
  const tokens = async (): Promise<number> =>
    Number(((await panel.getByText(/\d+ tokens/).textContent()) ?? '').replace(/\D/g, ''));
  const before = await tokens();
  await panel.getByLabel('Name of the tool').fill('find_orders');
  await panel.getByLabel('Description', { exact: true }).fill('Finds orders by customer.');
  for (const name of ['sort', 'states', 'X-Groups', 'view', 'theme']) {
    await panel
      .getByLabel(`Who says ${name}`, { exact: true })
      .getByRole('radio', { name: 'Not sent' })
      .click();
  }
  await panel.getByLabel('Who says X-Trace', { exact: true }).getByRole('radio', { name: 'Fixed' }).click();
  await panel.getByLabel('Value of X-Trace').fill('patchbay');
  await panel.getByLabel('Name of ids for the caller').fill('order_ids');
  await panel.getByRole('checkbox', { name: /^data text|^data list/ }).click();
  await panel.getByRole('checkbox', { name: /^data\[\]\.id/ }).click();
  await expect.poll(tokens).toBeLessThan(before);
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);

  await page.getByRole('checkbox', { name: 'Choose GET /orders', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Choose POST /orders', exact: true }).click();
  await page.getByRole('button', { name: 'Import 2 operations' }).click();
  await expect(page.getByRole('heading', { name: 'Order desk is imported' })).toBeVisible();
  await expect(page.getByText('One secret is missing')).toBeVisible();
  await page.getByRole('link', { name: 'find_orders' }).click();
  await expect(page.getByText('GET {ORDER_DESK_URL}/orders').first()).toBeVisible();

  const { items } = await workflows();
  const { id, description } = items.find(({ name }) => name === 'find_orders')!;
  expect(description).toBe('Finds orders by customer.');
  const { document } = await call<{ document: WorkflowDocument }>(
    page,
    'GET',
    `/projects/orders/workflows/${id}`,
  );
  const [start, request, end] = document.nodes;
  const { properties } = start!.config['schema'] as { properties: object };
  expect(Object.keys(properties)).toEqual(['order_ids', 'tags', 'filter', 'page']);
  expect(request!.config['headers']).toMatchObject({ 'X-Trace': 'patchbay' });
  expect(end!.config['structured']).toMatchObject({
    value: {
      data: '{{ steps.request.body.data?.map(item => ({ id: item?.id })) }}',
      next: '{{ steps.request.body.next }}',
    },
  });
});

test('a newer document shows what changed; what was edited by hand is asked about', async ({ patchbay }) => {
  const { items } = await workflows();
  const made = items.find(({ name }) => name === 'orders_create')!;
  const draft = await call<{ revision: number; document: WorkflowDocument }>(
    page,
    'GET',
    `/projects/orders/workflows/${made.id}`,
  );
  await call(page, 'PUT', `/projects/orders/workflows/${made.id}/draft`, {
    revision: draft.revision,
    document: { ...draft.document, description: 'Ours.' },
  });
  const newer = JSON.parse(
    JSON.stringify(SHOP_3_0).replace('"name":"tags","in":"query"', '"name":"labels","in":"query"'),
  );
  newer.paths['/refunds'] = { get: { summary: 'Refunds', responses: {} } };

  await openImport(patchbay.url);
  await page.getByRole('button', { name: 'Update from a newer document' }).click();
  await paste(JSON.stringify(newer));
  const changed = page.getByRole('region', { name: 'What changed' });
  await expect(changed).toContainText('Operations: 1 added, 1 changed.');
  await expect(changed.getByRole('row', { name: /find_orders/ })).toContainText('Its draft is made again');
  await expect(changed.getByRole('row', { name: /find_orders/ })).toContainText('labels');
  await expect(changed.getByRole('row', { name: /orders_create/ })).toContainText('Edited by hand');
  await page.getByRole('checkbox', { name: 'Choose GET /refunds' }).click();
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  const done = page.getByRole('region', { name: 'What was there' });
  await expect(done.getByRole('row', { name: /find_orders/ })).toContainText('Draft made again');
  await expect(done.getByRole('row', { name: /orders_create/ })).toContainText('Edited by hand: kept');
  await expect(page.getByRole('link', { name: 'get_refunds' })).toBeVisible();
});

test('a broken document lists its faults with their places', async ({ patchbay }) => {
  await openImport(patchbay.url);
  await paste('openapi: 3.1.0\npaths:\n  /a: {\n');
  await expect(page.getByRole('heading', { name: 'This cannot be imported' })).toBeVisible();
  const faults = page.getByRole('region', { name: 'Faults of the document' });
  await expect(faults).toContainText('This is neither JSON nor YAML');
  await expect(faults).toContainText('line 4');
});

test('a cURL command becomes a workflow; its credential a connection', async ({ patchbay }) => {
  await openImport(patchbay.url);
  await page
    .getByLabel('Or paste it', { exact: false })
    .fill(
      "curl 'https://api.example.com/invoices/INV-204?expand=lines' -H 'Authorization: Bearer very-secret-token'",
    );
  await page.getByRole('button', { name: 'Make a workflow' }).click();
  await page.getByRole('button', { name: 'Keep and make the steps' }).click();
  await page.waitForURL('**/workflows/*');
  await expect(page.getByText('GET /invoices/{invoice_id}').first()).toBeVisible();
  const { items } = await call<{ items: { name: string; preview: string; hosts: string[] }[] }>(
    page,
    'GET',
    '/projects/orders/connections',
  );
  expect(items).toContainEqual(
    expect.objectContaining({ type: 'bearer', hosts: ['api.example.com'], preview: '…oken' }),
  );
});
