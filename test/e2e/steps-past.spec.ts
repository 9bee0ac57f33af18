import type { Page } from '@playwright/test';
import { callTool, published } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'steps-past' });

const card = (page: Page, key: string) =>
  page.locator('.react-flow__node').filter({ has: page.getByText(key, { exact: true }) });
const runs = (page: Page) => page.getByRole('region', { name: 'Runs' });
const bar = (page: Page) => page.getByRole('region', { name: 'Past run' });

test('a past run is shown on the version it ran, and its values are taken into the editor', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  const id = await published(page, {
    name: 'greet',
    steps: {
      arguments: ['input'],
      name: ['set', { values: { name: '{{ input.text.trim() }}' } }],
      risky: [
        'javascript',
        {
          code: '// Fails for nobody\nif (input.text === "nobody") throw new Error("no such person");\nreturn 1;',
        },
      ],
      answer: ['output', { parts: [{ type: 'text', text: 'Hello {{ steps.name.name }}' }] }],
    },
    edges: ['arguments -> name', 'name -> risky', 'risky -> answer'],
  });
  await callTool(page, 'greet', { text: ' Ada ' });
  await page.goto(`${patchbay.url}/projects/orders/workflows/${id}`);

  await test.step('the draft goes on: an argument gets another name, and what reads it follows', async () => {
    await card(page, 'arguments').click();
    await page.getByRole('textbox', { name: 'Name of text' }).fill('who');
    await page.keyboard.press('Tab');
    await card(page, 'name').click();
    await expect(page.getByText('{{ input.who.trim() }}')).toBeVisible();
    await page.getByRole('button', { name: 'Add a step after answer' }).waitFor({ state: 'hidden' });
    await card(page, 'risky').click();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'Key of risky' }).fill('careful');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/· saved/)).toBeVisible();
  });

  await test.step('the run of v1 stands on the graph of v1, to look at', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    await runs(page).getByRole('list', { name: 'Recent runs' }).getByRole('button').first().click();
    await expect(bar(page)).toContainText('Run of v1');
    await expect(bar(page)).toContainText('the draft is ahead');
    await expect(card(page, 'risky')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Changed since' })).toContainText(
      'Renamed risky to careful',
    );
    await card(page, 'name').click();
    await expect(page.getByText('{{ input.text.trim() }}')).toBeVisible();
    await page.getByRole('tab', { name: 'Data' }).click();
    await expect(page.getByRole('region', { name: 'Output of this step' })).toContainText('Ada');
    await page.keyboard.press('n');
    await expect(page.getByRole('dialog', { name: 'Add a step' })).toBeHidden();
  });

  await test.step('a reload shows it again', async () => {
    await page.reload();
    await expect(bar(page)).toContainText('Run of v1');
  });

  await test.step('its outputs are pinned to the draft', async () => {
    await bar(page).getByRole('button', { name: 'Pin its outputs' }).click();
    await expect(bar(page)).toBeHidden();
    await expect(card(page, 'careful').getByRole('img', { name: 'Pinned' })).toBeVisible();
    await card(page, 'name').click();
    await page.getByRole('tab', { name: 'Data' }).click();
    await expect(page.getByRole('region', { name: 'Output of this step' })).toContainText('Pinned');
  });

  await test.step('a step that fails says so at its field; one that goes on is told apart', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Run the draft' });
    await dialog.getByRole('button', { name: 'Unpin all' }).click();
    await dialog.getByLabel('Who').fill('nobody');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(card(page, 'careful').getByText(/no such person/)).toBeVisible();
    await runs(page)
      .getByRole('button', { name: /Go to the/ })
      .click();
    await expect(page.getByText(/In the last run: .*no such person/)).toBeVisible();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByLabel('When it fails for good').click();
    await page.getByRole('option', { name: /Go on, with/ }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).first().click();
    await expect(dialog.getByLabel('Who')).toHaveValue('nobody');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(card(page, 'careful').getByText(/failed, went on/)).toBeVisible();
    await expect(runs(page).getByRole('list', { name: 'Steps of the run' })).toContainText('Failed, went on');
  });
});
