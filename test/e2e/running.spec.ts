import type { Page } from '@playwright/test';
import { expect, test } from './patchbay.ts';
import { makeProject, makeWorkflow, setUp } from './steps.ts';

test.use({ instance: 'running' });

const card = (page: Page, key: string) => page.locator('.react-flow__node', { hasText: key });
const runs = (page: Page) => page.getByRole('region', { name: 'Runs' });
const saved = (page: Page) => expect(page.getByText(/· saved/)).toBeVisible();

async function writeCode(page: Page, code: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Code', exact: true }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(code);
  await saved(page);
}

async function runDraft(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Run the draft' });
  await expect(dialog.getByLabel('Text')).toBeFocused();
  await dialog.getByLabel('Text').fill('x');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(dialog).toBeHidden();
}

async function publish(page: Page, version: number): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+p');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Publish v${version}` })
    .click();
  await expect(page.getByText(`Live v${version}, no changes`)).toBeVisible();
}

test('a long run is stopped, a failing step says why and where, and what was published is taken back', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  await makeWorkflow(page, 'slow_one');
  await card(page, 'arguments').click();
  await page.keyboard.press('n');
  await page.getByPlaceholder('Search steps to add').pressSequentially('java');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Key', { exact: true })).toHaveValue('code');

  await test.step('stop a run that would go on', async () => {
    await writeCode(page, 'await sleep(8000);\nreturn input.text;');
    await runDraft(page);
    await expect(card(page, 'code').getByText('running')).toBeVisible();
    await page.getByRole('banner').getByRole('button', { name: 'Stop' }).click();
    await expect(runs(page).getByText('Cancelled').first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  });

  await test.step('a step that throws shows the message, with its line, on the graph', async () => {
    await writeCode(page, "const text = input.text;\nthrow new Error('no order ' + text);");
    await runDraft(page);
    await expect(card(page, 'code').getByText(/no order x.*line 2/)).toBeVisible();
    await expect(card(page, 'code').getByText(/^failed/)).toBeVisible();
    await expect(runs(page).getByRole('alert')).toContainText('no order x');
  });

  await test.step('unpublish, and undo that; roll back', async () => {
    await publish(page, 1);
    await writeCode(page, 'return input.text;');
    await expect(page.getByText('Draft, 1 change since v1')).toBeVisible();
    await publish(page, 2);
    const menu = page.getByRole('button', { name: 'More about publishing' });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Unpublish' }).click();
    await expect(page.getByText('Unpublished: clients no longer see this tool')).toBeVisible();
    await expect(page.getByText(/Live v2/)).toBeHidden();
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await expect(page.getByText('Live v2, no changes')).toBeVisible();
    await menu.click();
    await page.getByRole('menuitem', { name: /^v1/ }).click();
    await expect(page.getByText('v1 is live', { exact: true })).toBeVisible();
    await expect(page.getByText('Draft, 1 change since v1')).toBeVisible();
  });
});
