import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'resources' });
test.describe.configure({ mode: 'serial' });

test('a resource is made, given a URI, published and read', async ({ page, patchbay, request }) => {
  await setUp(page, patchbay);
  await makeProject(page);
  await page.getByRole('button', { name: 'New workflow' }).first().click();
  await page.getByRole('radio', { name: 'Resource' }).click();
  await page.getByLabel('Name').fill('order_note');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/workflows/*');
  await expect(page.getByLabel('URI')).toHaveValue('order-note://{text}');

  // A URI that names no argument says so at once.
  await page.getByLabel('URI').fill('notes://{which}');
  await expect(page.getByText(/no argument "which"/)).toBeVisible();
  await page.getByLabel('URI').fill('notes://{text}');
  await expect(page.getByText(/no argument "which"/)).toBeHidden();
  await page.getByLabel('MIME type').fill('text/markdown');
  await page.getByLabel('Description').fill('The note of an order.');
  await page.getByLabel('Propose for text').click();
  await page.getByRole('option', { name: 'A list' }).click();
  await page.getByLabel('Values for text').fill('first\nsecond');
  await page.keyboard.press('ControlOrMeta+Shift+p');
  await page.getByRole('dialog').getByRole('button', { name: 'Publish v1' }).click();
  await expect(page.getByText('Live v1, no changes')).toBeVisible();

  await page.goto(`${patchbay.url}/projects/orders`);
  await expect(page.getByRole('cell', { name: 'Resource', exact: true })).toBeVisible();

  const key = await page.request.post(`${patchbay.url}/api/v1/projects/orders/keys`, {
    headers: { origin: patchbay.url },
    data: { name: 'test' },
  });
  const { secret } = await key.json();
  const ask = async (method: string, params: object) => {
    const answer = await request.post(`${patchbay.url}/mcp/orders`, {
      headers: { authorization: `Bearer ${secret}`, accept: 'application/json, text/event-stream' },
      data: { jsonrpc: '2.0', id: 1, method, params },
    });
    return (await answer.json()).result;
  };
  expect(await ask('resources/read', { uri: 'notes://hello' })).toEqual({
    contents: [{ uri: 'notes://hello', mimeType: 'text/markdown', text: 'hello' }],
  });
  const completion = {
    ref: { type: 'ref/resource', uri: 'notes://{text}' },
    argument: { name: 'text', value: 's' },
  };
  expect((await ask('completion/complete', completion)).completion.values).toEqual(['second', 'first']);
});

test('a workflow becomes a prompt, and back; a knowledge base is offered', async ({ page, patchbay }) => {
  await page.goto(`${patchbay.url}/sign-in`);
  await page.getByLabel('Email').fill('ada@example.com');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/projects');
  await page.goto(`${patchbay.url}/projects/orders`);
  await page.getByRole('link', { name: 'order_note' }).click();
  await page.getByRole('radio', { name: 'Prompt' }).click();
  await expect(page.getByLabel('URI')).toBeHidden();
  await expect(page.getByLabel('Values for text')).toHaveValue('first\nsecond');
  await page.getByRole('radio', { name: 'Tool' }).click();
  await expect(page.getByRole('switch', { name: /Only reads/ })).toBeVisible();
  await page.getByRole('radio', { name: 'Resource' }).click();
  await expect(page.getByLabel('URI')).toHaveValue('order-note://{text}');

  await page.goto(`${patchbay.url}/projects/orders/knowledge`);
  await page.getByRole('button', { name: 'New knowledge base' }).first().click();
  await page.getByLabel('Name').fill('House');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/knowledge/*');
  await page
    .getByRole('navigation', { name: 'Knowledge base' })
    .getByRole('link', { name: 'Settings' })
    .click();
  await page.getByRole('switch', { name: /Offer as resources/ }).click();
  await expect(page.getByRole('switch', { name: /Offer as resources/ })).toBeChecked();
  await page.reload();
  await expect(page.getByRole('switch', { name: /Offer as resources/ })).toBeChecked();
});
