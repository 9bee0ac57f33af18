import { call, drawn } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'settings' });
test.describe.configure({ mode: 'serial' });

test.beforeEach(async ({ page, patchbay }, { title }) => {
  if (title.startsWith('first')) {
    await setUp(page, patchbay);
    await makeProject(page);
    return;
  }
  await page.goto(`${patchbay.url}/sign-in`);
  await page.getByLabel('Email').fill('ada@example.com');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/projects');
});

test('first a project moves to another address, which is typed to confirm, and back', async ({
  page,
  patchbay,
}) => {
  await call(page, 'POST', '/projects/orders/keys', { name: 'laptop' });
  await page.goto(`${patchbay.url}/projects/orders/settings#address`);
  const address = page.getByRole('region', { name: 'Address' });
  await address.getByLabel('Address').fill('order-desk');
  await address.getByRole('button', { name: 'Change address' }).click();

  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('/mcp/orders');
  await expect(dialog).toContainText('Its key stays valid.');
  const change = dialog.getByRole('button', { name: 'Change address' });
  await expect(change).toBeDisabled();
  await dialog.getByLabel('Type order-desk to confirm').fill('order-desk');
  await change.click();
  await page.waitForURL(/\/projects\/order-desk\/settings#address$/);
  await expect(page.getByText(/The project is at .*order-desk now/)).toBeVisible();
  expect((await page.request.get(`${patchbay.url}/api/v1/projects/orders`)).status()).toBe(404);

  await page.getByRole('button', { name: 'Undo' }).click();
  await page.waitForURL(/\/projects\/orders\/settings/);
  await expect(address.getByLabel('Address')).toHaveValue('orders');

  // The log has it, of the last day; for somebody who looks two days later the last day is empty.
  await page.goto(`${patchbay.url}/organization/audit`);
  const events = page.getByRole('row', { name: /Ada/ });
  const choose = async (): Promise<void> => {
    await page.getByRole('combobox', { name: 'When' }).click();
    await page.getByRole('option', { name: 'Last 24 hours' }).click();
    await page.waitForURL(/since=/);
  };
  await choose();
  await expect(events.first()).toBeVisible();
  await page.clock.setFixedTime(Date.now() + 2 * 86_400_000);
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'When' })).toHaveText('Last 24 hours');
  await expect(page.getByText('No event matches.')).toBeVisible();
  await expect(events).toHaveCount(0);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(events.first()).toBeVisible();
});

test('calls are limited to two, the third says so, and who called is seen; the guard is tried on a text', async ({
  page,
  patchbay,
}) => {
  const document = drawn({
    name: 'say',
    steps: { arguments: ['input'], answer: ['output', { parts: [{ type: 'text', text: 'Hello' }] }] },
    edges: ['arguments -> answer'],
  });
  const at = '/projects/orders/workflows';
  const { id, revision } = await call<{ id: string; revision: number }>(page, 'POST', at, {
    name: 'say',
    document,
  });
  await call(page, 'POST', `${at}/${id}/publish`, { revision });
  const { secret } = await call<{ secret: string }>(page, 'POST', '/projects/orders/keys', { name: 'phone' });
  await page.goto(`${patchbay.url}/projects/orders/settings#limits`);
  const limits = page.getByRole('region', { name: 'Limits of calls' });
  await limits.getByLabel('Each key: a day').fill('2');
  await limits.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('Saved')).toBeVisible();

  const statuses: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const answered = await page.request.post(`${patchbay.url}/mcp/orders`, {
      headers: { authorization: `Bearer ${secret}`, accept: 'application/json, text/event-stream' },
      data: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'say', arguments: {} } },
    });
    statuses.push(answered.status());
  }
  expect(statuses).toEqual([200, 200, 429]);
  await page.reload();
  await expect(limits.getByRole('row', { name: /^phone key 2 of 2 2$/ })).toBeVisible();
  await expect(limits.getByRole('row', { name: /^Calls a day of a key phone 1 call/ })).toBeVisible();

  const guard = page.getByRole('region', { name: 'Output guard' });
  await guard.getByRole('combobox', { name: 'Card numbers' }).click();
  await page.getByRole('option', { name: 'Mask' }).click();
  await guard.getByRole('button', { name: 'Try it on a text' }).click();
  await guard.getByLabel('Text', { exact: true }).fill('Paid with 4111 1111 1111 1111.');
  await expect(guard.getByText('1 value masked (card number)')).toBeVisible();
  await expect(guard.getByText('Paid with [masked: card number].')).toBeVisible();
});

test('of five files one is broken: four are read, and it says why', async ({ page, patchbay }) => {
  const { id } = await call<{ id: string }>(page, 'POST', '/projects/orders/knowledge', { name: 'Handbook' });
  await page.goto(`${patchbay.url}/projects/orders/knowledge/${id}`);
  const text = (name: string) => ({
    name: `${name}.md`,
    mimeType: 'text/markdown',
    buffer: Buffer.from(`# ${name}\n\nWhat there is to know about ${name}.`),
  });
  const broken = {
    name: 'broken.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.7\nthis is no document'),
  };
  await page
    .getByLabel(/Drop documents here/)
    .setInputFiles([text('returns'), text('delivery'), broken, text('payment'), text('warranty')]);
  await expect(page.getByRole('region', { name: 'Uploads' })).toContainText('5 added');
  const failed = page.getByRole('row', { name: /broken.pdf/ });
  await expect(failed).toContainText(/PDF|damaged|read/);
  await expect(failed.getByRole('button', { name: 'Retry broken.pdf' })).toBeVisible();
  await expect(page.getByRole('cell', { name: /passage/ })).toHaveCount(4);

  await page.getByRole('button', { name: 'Clear finished' }).click();
  await expect(page.getByRole('list', { name: 'Uploads' })).toBeHidden();
  await page.getByRole('button', { name: 'Name' }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(page.getByRole('row').nth(1)).toContainText('broken.pdf');
  await page.getByRole('checkbox', { name: 'Mark broken.pdf' }).click();
  await page.getByRole('button', { name: 'Delete 1' }).click();
  await page.getByRole('button', { name: 'Delete document' }).click();
  await expect(page.getByText('4 documents ·')).toBeVisible();
});

test('a project is deleted by its name, after a word on what is lost', async ({ page, patchbay }) => {
  await page.goto(`${patchbay.url}/projects/orders/settings`);
  await page.getByRole('link', { name: 'Export, move, delete' }).click();
  await page.getByRole('button', { name: 'Delete project' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('2 API keys');
  await expect(dialog).toContainText('4 documents');
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export as JSON' }).click();
  expect((await download).suggestedFilename()).toBe('orders.patchbay.json');
  const remove = dialog.getByRole('button', { name: 'Delete project' });
  await dialog.getByLabel('Type Orders to confirm').fill('orders');
  await expect(remove).toBeDisabled();
  await dialog.getByLabel('Type Orders to confirm').fill('Orders');
  await dialog.getByLabel('Type Orders to confirm').press('Enter');
  await page.waitForURL('**/projects');
  await expect(page.getByText('Orders is deleted')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Orders' })).toBeHidden();
});
