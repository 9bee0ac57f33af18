import AxeBuilder from '@axe-core/playwright';
import { call, published } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, makeWorkflow, setUp } from './steps.ts';

test.use({ instance: 'try' });

test('a tool is tried as a client sees it: list, question, result, wire and run', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  await page.goto(`${patchbay.url}/projects/orders/try`);

  await test.step('an empty project says what to do', async () => {
    await expect(page.getByText('Nothing is published yet')).toBeVisible();
    await page.getByRole('link', { name: 'Open the workflows' }).click();
    await page.waitForURL('**/projects/orders');
  });

  await makeWorkflow(page, 'unfinished');
  await page.goto(`${patchbay.url}/projects/orders`);
  await published(page, {
    name: 'greet',
    steps: {
      arguments: [
        'input',
        {
          schema: {
            type: 'object',
            properties: { name: { type: 'string', description: 'Whom to greet.' } },
            required: ['name'],
          },
        },
      ],
      tone: [
        'ask-user',
        { message: 'How warm?', fields: [{ name: 'warmth', type: 'text', required: true }] },
      ],
      answer: [
        'output',
        {
          parts: [
            {
              type: 'text',
              text: '# Hello {{ input.name }}\n\nwith **{{ steps.tone.warmth }}** <b>warmth</b>',
            },
          ],
        },
      ],
    },
    edges: ['arguments -> tone', 'tone -> answer'],
  });
  await page.goto(`${patchbay.url}/projects/orders/try`);

  await test.step('what is listed', async () => {
    await expect(page.getByRole('heading', { name: 'greet' })).toBeVisible();
    await expect(page.getByText(/Costs about \d+ tokens/)).toBeVisible();
    await expect(page.getByRole('link', { name: 'unfinished' })).toBeVisible();
  });

  await test.step('the address of a toolset, as its clients see it', async () => {
    const others = { name: 'others', title: 'All but greet', access: 'key', workflows: ['unfinished'] };
    await call(page, 'POST', '/projects/orders/toolsets', others);
    await page.reload();
    await page.getByRole('combobox', { name: 'Address' }).click();
    await page.getByRole('option', { name: 'All but greet' }).click();
    await expect(page.getByText('Nothing of this toolset is published')).toBeVisible();
    await expect(page).toHaveURL(/toolset=others/);
  });

  for (const era of ['2026-07-28', '2025-11-25']) {
    await test.step(`a call in ${era}`, async () => {
      await page.goto(`${patchbay.url}/projects/orders/try?era=${era}`);
      await page.getByRole('form', { name: 'Call' }).getByLabel('Name').fill('Ada');
      await page.keyboard.press('Control+Enter');
      const question = page.getByRole('region', { name: 'The server asks the person at the client' });
      await expect(question).toBeFocused();
      await question.getByLabel('Warmth').fill('much');
      await question.getByRole('button', { name: 'Send the answer' }).click();
      const result = page.getByRole('status', { name: 'Result' });
      await expect(result.getByText('Answered', { exact: true })).toBeVisible();
      await expect(result.getByText('Hello Ada')).toBeVisible();
      await expect(result.locator('strong', { hasText: 'much' })).toBeVisible();
      // HTML of others is text.
      await expect(result.locator('b')).toHaveCount(0);
      await expect(result.getByText(/of 100,000 characters, about \d+ tokens/)).toBeVisible();
    });
  }

  await test.step('the wire, word by word', async () => {
    const wire = page.getByRole('list', { name: 'Messages' });
    await wire.getByRole('button', { name: /tools\/call greet/ }).click();
    await expect(page.getByRole('region', { name: 'Message tools/call greet' })).toContainText(
      'MCP-Protocol-Version: 2025-11-25',
    );
    await expect(wire.getByRole('button', { name: /Received elicitation\/create/ })).toBeVisible();
  });

  await test.step('raw arguments, refused as any client would be', async () => {
    await page.getByText('JSON', { exact: true }).first().click();
    const editor = page.getByRole('textbox', { name: 'Arguments as JSON' });
    await editor.fill('{"name": 7}');
    await page.getByRole('button', { name: /^Call/ }).click();
    await expect(page.getByText('Answered with an error (isError)')).toBeVisible();
    await expect(page.getByText(/The arguments of greet are not valid/)).toBeVisible();
  });

  await test.step('a cancelled call is over', async () => {
    await editorFill();
    await page.getByRole('button', { name: /^Call/ }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('Cancelled: the server was told.')).toBeVisible();
  });

  async function editorFill(): Promise<void> {
    await page.getByRole('textbox', { name: 'Arguments as JSON' }).fill('{"name": "Eve"}');
  }

  await test.step('no violation, and the run', async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.goto(`${patchbay.url}/projects/orders/runs`);
    await expect(
      page
        .getByRole('row', { name: /greet/ })
        .first()
        .getByText(/Try it/),
    ).toBeVisible();
  });
});
