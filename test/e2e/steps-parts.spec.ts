import type { Page } from '@playwright/test';
import { call, drawn } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { canvasOpened, makeProject, setUp } from './steps.ts';

test.use({ instance: 'steps' });

const card = (page: Page, key: string) =>
  page.locator('.react-flow__node').filter({ has: page.getByText(key, { exact: true }) });
const menuitem = (page: Page, name: string) => page.getByRole('menuitem', { name });
const output = (page: Page) => page.getByRole('region', { name: 'Output of this step' });

/** A workflow that fetches an order and counts its lines; opens its canvas. */
async function openOrders(page: Page, url: string, upstream: string): Promise<string> {
  const { id } = await call<{ id: string }>(page, 'POST', '/projects/orders/workflows', {
    name: 'count_lines',
    document: drawn({
      name: 'count_lines',
      steps: {
        arguments: ['input'],
        fetch: ['http', { url: `${upstream}/orders/7` }],
        lines: ['set', { values: { count: '{{ steps.fetch.body.lines.length }}' } }],
        answer: [
          'output',
          { parts: [{ type: 'text', text: '{{ steps.lines.count }} lines for {{ input.text }}' }] },
        ],
      },
      edges: ['arguments -> fetch', 'fetch -> lines', 'lines -> answer'],
    }),
  });
  await page.goto(`${url}/projects/orders/workflows/${id}`);
  await expect(card(page, 'fetch')).toBeVisible();
  await canvasOpened(page);
  return id;
}

test('a part is run, an output is pinned, edited and used, and a step becomes another', async ({
  page,
  patchbay,
  upstream,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  await openOrders(page, patchbay.url, upstream.url);
  const fetched = () => upstream.requests.get('/orders/7') ?? 0;

  await test.step('run one step: what is before it runs first, and that is said', async () => {
    await card(page, 'lines').click({ button: 'right' });
    await menuitem(page, 'Run this step').click();
    const dialog = page.getByRole('dialog', { name: 'Run lines' });
    await dialog.getByLabel('Text').fill('Ada');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(card(page, 'lines').getByText(/B ·/)).toBeVisible();
    await expect(card(page, 'answer').getByText(/ms/)).toBeHidden();
    expect(fetched()).toBe(1);
  });

  await test.step('run it again: what it reads is known, so that nothing else runs', async () => {
    await page.keyboard.press('Escape');
    await card(page, 'lines').click();
    await page.keyboard.press('ControlOrMeta+Shift+Enter');
    await expect(card(page, 'fetch').getByText('reused')).toBeVisible();
    await expect(card(page, 'lines').getByText(/B ·/)).toBeVisible();
    expect(fetched()).toBe(1);
  });

  await test.step('pin the output of the request, and change it', async () => {
    await card(page, 'fetch').click();
    await page.keyboard.press('p');
    await expect(card(page, 'fetch').getByRole('img', { name: 'Pinned' })).toBeVisible();
    await page.getByRole('tab', { name: 'Data' }).click();
    await expect(output(page)).toContainText('Calls of clients never use it');
    await output(page).getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Sample of fetch as JSON' }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('{ "status": "200", "body": { "lines": [1, 2, 3] } }');
    await expect(output(page)).toContainText('“status” is a text');
    await output(page).getByRole('button', { name: 'Pin this value' }).click();
    await expect(output(page).getByRole('treeitem', { name: /lines/ })).toContainText('3 items');
  });

  await test.step('it survives a reload, and a run uses it', async () => {
    await page.reload();
    await expect(card(page, 'fetch').getByRole('img', { name: 'Pinned' })).toBeVisible();
    await page.getByRole('button', { name: 'Run', exact: true }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Run the draft' });
    await expect(dialog).toContainText('1 step gives pinned data: fetch');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page.getByRole('region', { name: 'Runs' })).toContainText('3 lines for Ada');
    await expect(card(page, 'fetch').getByText('pinned')).toBeVisible();
    expect(fetched()).toBe(1);
  });

  await test.step('undo takes the pin back; the run up to here asks the service again', async () => {
    await card(page, 'fetch').click();
    await page.keyboard.press('p');
    await expect(card(page, 'fetch').getByRole('img', { name: 'Pinned' })).toBeHidden();
    await page.keyboard.press('ControlOrMeta+z');
    await expect(card(page, 'fetch').getByRole('img', { name: 'Pinned' })).toBeVisible();
    await page.keyboard.press('p');
    await page.keyboard.press('Shift+Enter');
    await expect(card(page, 'fetch').getByText(/kB ·|B ·/)).toBeVisible();
    expect(fetched()).toBe(2);
  });

  await test.step('a value is searched and put into a field, by keyboard', async () => {
    await card(page, 'lines').click();
    await page.getByRole('tab', { name: 'Configure' }).click();
    await page.getByRole('textbox', { name: 'Values: value of count' }).focus();
    await page.getByRole('searchbox', { name: 'Search in steps.fetch' }).fill('customer');
    await page.getByRole('treeitem', { name: /^customer/ }).focus();
    await page.keyboard.press('i');
    await expect(page.getByRole('textbox', { name: 'Values: value of count' })).toContainText(
      'steps.fetch.body.customer',
    );
    await expect(page.getByText('Ada', { exact: true }).first()).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
  });

  await test.step('rename on the card, and replace: the wires stay', async () => {
    await card(page, 'lines').click();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'Key of lines' }).fill('counted');
    await page.keyboard.press('Enter');
    await expect(card(page, 'counted')).toBeVisible();
    await page.keyboard.press('x');
    await page.getByPlaceholder('Search what it becomes').fill('template');
    await page.keyboard.press('Enter');
    await expect(page.getByText('counted is Template text now')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Template text', level: 2 })).toBeVisible();
    await page.getByRole('button', { name: 'List' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: 'counted' }).first()).toContainText('answer');
    await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
    await expect(page.getByText('counted is Template text now')).toBeVisible();
  });
});
