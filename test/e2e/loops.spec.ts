import type { Page } from '@playwright/test';
import { expect, test } from './patchbay.ts';
import { makeProject, makeWorkflow, setUp } from './steps.ts';

test.use({ instance: 'loops' });

const card = (page: Page, key: string) => page.locator('.react-flow__node', { hasText: key });
const panel = (page: Page) => page.getByRole('complementary');

test('a loop is drawn around its steps, run, looked at item by item, moved and deleted as one', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  await makeWorkflow(page, 'each_number');

  await test.step('put a loop between the start and the end, and a step into it', async () => {
    await card(page, 'arguments').click();
    await page.keyboard.press('n');
    await page.getByPlaceholder('Search steps to add').pressSequentially('for each');
    await page.keyboard.press('Enter');
    const loop = page.getByRole('group', { name: 'For each each' });
    await expect(loop).toBeVisible();
    await page.getByRole('button', { name: 'Add the first step inside each' }).click();
    await page.getByPlaceholder('Search steps to add').pressSequentially('template');
    await page.keyboard.press('Enter');
    await expect(page.locator('.react-flow__edge')).toHaveCount(3);
    const inside = page.getByRole('group', { name: 'Template text text' });
    const [outer, inner] = [await loop.boundingBox(), await inside.boundingBox()];
    expect(outer && inner && inner.x > outer.x && inner.x + inner.width < outer.x + outer.width).toBe(true);
  });

  await test.step('fill it in and run it', async () => {
    const field = panel(page).getByRole('textbox', { name: 'Text' });
    await field.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('{{ steps.each.item * 10 }}');
    await expect(page.getByText(/· saved/)).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByRole('button', { name: /^Run/ }).last().click();
    await expect(page.getByRole('region', { name: 'Runs' }).getByText('Succeeded').first()).toBeVisible();
  });

  await test.step('see what each item made', async () => {
    await page.getByRole('list', { name: 'Steps of the run' }).getByText('3 items').click();
    const output = page.getByRole('region', { name: 'Output', exact: true });
    await expect(output).toContainText('30');
    await page.getByRole('combobox', { name: 'Item' }).selectOption('2');
    await expect(output).toContainText('20');
  });

  await test.step('what is collected is read inside the loop', async () => {
    await card(page, 'each')
      .first()
      .click({ position: { x: 120, y: 20 } });
    const field = panel(page).getByRole('textbox', { name: 'Collect' });
    await field.click();
    await page.keyboard.insertText('{{ steps.text }} of number {{ steps.each.index }}');
    await expect(panel(page).getByText('30 of number 2')).toBeVisible();
  });

  await test.step('delete it with what is in it', async () => {
    await card(page, 'each')
      .first()
      .click({ position: { x: 120, y: 20 } });
    await page.keyboard.press('Delete');
    await expect(page.locator('.react-flow__node')).toHaveCount(2);
    await page.keyboard.press('ControlOrMeta+z');
    await expect(page.locator('.react-flow__node')).toHaveCount(4);
  });
});
