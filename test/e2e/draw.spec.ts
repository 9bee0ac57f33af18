import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Page } from '@playwright/test';
import { expect, test } from './patchbay.ts';
import { makeProject, makeWorkflow, setUp } from './steps.ts';

const HANDBOOK = `# Returns

## Refunds

A customer may send goods back within 30 days and gets the money back.

## Warranty

Cables are replaced for two years; whoever kept the receipt gets a new one on the same day.
`;

test.use({ instance: 'draw' });
test.describe.configure({ mode: 'serial' });

/** Chooses a step from the palette, by key alone. */
async function addStep(page: Page, search: string): Promise<void> {
  await page.keyboard.press('n');
  await page.getByPlaceholder('Search steps to add').pressSequentially(search);
  await page.keyboard.press('Enter');
}

/** Puts text into an editor in place of what stands there, as pasting does. */
async function write(page: Page, field: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: field, exact: true }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

const card = (page: Page, key: string) => page.locator('.react-flow__node', { hasText: key });
const panel = (page: Page) => page.getByRole('complementary', { name: 'Step' });

/** Drags from the handle a step is left by to the middle of another step. */
async function dragWire(page: Page, from: string, to: string): Promise<void> {
  const source = await card(page, from).locator('.react-flow__handle-right').boundingBox();
  const target = await card(page, to).boundingBox();
  if (!source || !target) throw new Error('a card is not on the screen');
  await page.mouse.move(source.x + source.width / 2, source.y + source.height / 2);
  await page.mouse.down();
  await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 10 });
  await page.mouse.up();
}

test('a workflow of HTTP, JavaScript and a look-up is drawn by hand, run and published', async ({
  page,
  patchbay,
  upstream,
}) => {
  await test.step('set up', async () => {
    await setUp(page, patchbay);
  });

  await test.step('make a project and a knowledge base', async () => {
    await makeProject(page);
    await page.getByRole('link', { name: 'Knowledge' }).click();
    await page.waitForURL('**/knowledge');
    await page.getByRole('button', { name: 'New knowledge base' }).first().click();
    await page.getByLabel('Name').fill('Handbook');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/knowledge/*');
    await page.getByLabel(/Drop documents here/).setInputFiles({
      name: 'returns.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from(HANDBOOK),
    });
    await expect(page.getByRole('cell', { name: /passage/ })).toBeVisible();
  });

  await test.step('make a workflow', async () => {
    await page.getByRole('link', { name: 'Workflows' }).click();
    await makeWorkflow(page, 'order_help');
    await expect(page.getByText('Draft, never published')).toBeVisible();
    await expect(page.locator('.react-flow__node')).toHaveCount(2);
  });

  await test.step('draw the steps with keys', async () => {
    await card(page, 'arguments').click();
    await addStep(page, 'http');
    await expect(panel(page).getByRole('heading', { name: 'HTTP request' })).toBeVisible();
    await write(page, 'URL', `${upstream.url}/orders/{{ urlEncode(input.text) }}`);
    await card(page, 'fetch').click();
    await addStep(page, 'java');
    await write(
      page,
      'Code',
      'const order = steps.fetch.body;\nreturn { customer: order.customer, total: order.lines.reduce((sum, line) => sum + line.price * line.qty, 0) };',
    );
    await card(page, 'code').click();
    await addStep(page, 'look-up');
    await panel(page).getByRole('combobox', { name: 'Knowledge base' }).click();
    await page.getByRole('option', { name: /Handbook/ }).click();
    await write(page, 'Query', 'send goods back');
    await card(page, 'answer').click();
    await write(
      page,
      'Text',
      '{{ steps.code.customer }} owes {{ steps.code.total }}. {{ steps.look_up.hits[0].text }}',
    );
    await expect(page.locator('.react-flow__edge')).toHaveCount(4);
  });

  await test.step('take back, and wire by mouse', async () => {
    await card(page, 'look_up').click();
    await page.keyboard.press('Delete');
    await expect(page.locator('.react-flow__node')).toHaveCount(4);
    await page.keyboard.press('ControlOrMeta+z');
    await expect(page.locator('.react-flow__node')).toHaveCount(5);
    await expect(page.locator('.react-flow__edge')).toHaveCount(4);
    await page.getByRole('button', { name: 'List' }).click();
    await page.getByRole('button', { name: 'Disconnect look_up from answer' }).click();
    await page.getByRole('button', { name: 'Graph' }).click();
    await expect(page.locator('.react-flow__edge')).toHaveCount(3);
    await expect(page.getByRole('button', { name: /problem/ }).first()).toBeVisible();
    await dragWire(page, 'look_up', 'answer');
    await expect(page.locator('.react-flow__edge')).toHaveCount(4);
  });

  await test.step('say what it is for', async () => {
    await page.keyboard.press('Escape');
    await page
      .getByLabel('Description')
      .fill(
        'Says what an order costs, and the rule for returns. Use it when a customer asks about an order.',
      );
    await page.getByRole('switch', { name: /Only reads/ }).click();
    await expect(page.getByText(/· saved/)).toBeVisible();
  });

  await test.step('run it, and see the steps', async () => {
    await page.keyboard.press('ControlOrMeta+Enter');
    const dialog = page.getByRole('dialog', { name: 'Run the draft' });
    await dialog.getByLabel('Text').fill('7');
    await page.keyboard.press('ControlOrMeta+Enter');
    const runs = page.getByRole('region', { name: 'Runs' });
    await expect(runs.getByText('Succeeded').first()).toBeVisible();
    await expect(runs.getByText('Ada owes 17.')).toBeVisible();
    await expect(runs.getByText(/within 30 days/)).toBeVisible();
    expect(upstream.requests.get('/orders/7')).toBe(1);
    await runs.getByRole('button', { name: /code/ }).click();
    await expect(panel(page).getByRole('heading', { name: 'JavaScript' })).toBeVisible();
  });

  await test.step('the run is still there after a reload', async () => {
    await page.reload();
    await expect(page.getByRole('region', { name: 'Runs' }).getByText('Succeeded').first()).toBeVisible();
    await expect(panel(page).getByRole('heading', { name: 'JavaScript' })).toBeVisible();
  });

  await test.step('publish', async () => {
    await page.keyboard.press('ControlOrMeta+Shift+p');
    await page.getByRole('dialog').getByRole('button', { name: 'Publish v1' }).click();
    await expect(page.getByText('order_help v1 is live')).toBeVisible();
    await expect(page.getByText(/Live v1, no changes/)).toBeVisible();
  });

  await test.step('make a key, and call the tool from MCP clients', async () => {
    await page.getByRole('link', { name: 'orders' }).first().click();
    await page.getByRole('link', { name: 'Connect' }).click();
    const address = await page.getByRole('region', { name: 'Address' }).locator('code').textContent();
    expect(address).toBe(`${patchbay.url}/mcp/orders`);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Clients');
    await page.getByRole('button', { name: 'Create key' }).click();
    const key = await page.getByRole('region', { name: 'API key', exact: true }).textContent();
    expect(key).toMatch(/^pbk_/);
    const requestInit = { headers: { Authorization: `Bearer ${key}` } };
    const call = { name: 'order_help', arguments: { text: '7' } };
    const answer = [
      {
        type: 'text',
        text: 'Ada owes 17. A customer may send goods back within 30 days and gets the money back.',
      },
    ];

    const client = new Client(
      { name: 'e2e', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(address ?? ''), { requestInit }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['order_help']);
    expect(tools[0]?.annotations?.readOnlyHint).toBe(true);
    expect((await client.callTool(call)).content).toEqual(answer);
    await client.close();

    const older = new OlderClient({ name: 'e2e', version: '1' });
    await older.connect(new OlderTransport(new URL(address ?? ''), { requestInit }));
    expect((await older.listTools()).tools.map(({ name }) => name)).toEqual(['order_help']);
    expect((await older.callTool(call)).content).toEqual(answer);
    await older.close();
  });
});
