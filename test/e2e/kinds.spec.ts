import type { Locator, Page } from '@playwright/test';
import { expectNoFaults } from './faults.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, makeWorkflow, setUp } from './steps.ts';

test.use({ instance: 'kinds' });

const card = (page: Page, key: string) =>
  page.locator('.react-flow__node').filter({ has: page.getByText(key, { exact: true }) });
const panel = (page: Page) => page.getByRole('complementary', { name: 'Step' });

/** Chooses a step from the palette, by key alone, by a word that people have for it. */
async function addStep(page: Page, word: string): Promise<void> {
  await page.keyboard.press('n');
  await page.getByPlaceholder('Search steps to add').pressSequentially(word);
  await page.keyboard.press('Enter');
  await expect(page.getByPlaceholder('Search steps to add')).toBeHidden();
}

/** Puts text into an editor in place of what stands there, as pasting does. */
async function write(field: Locator, text: string): Promise<void> {
  await field.click();
  await field.press('ControlOrMeta+a');
  await field.page().keyboard.insertText(text);
}

async function choose(page: Page, field: Locator, option: string): Promise<void> {
  await field.click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

test('a workflow that sorts, checks, asks and chooses is drawn and filled in without a line of JSON', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  await makeWorkflow(page, 'order_shirts');
  const textbox = (name: string) => panel(page).getByRole('textbox', { name, exact: true });
  const combobox = (name: string) => panel(page).getByRole('combobox', { name, exact: true });

  await test.step('a list is cleaned', async () => {
    await card(page, 'arguments').click();
    await addStep(page, 'sort');
    await expect(panel(page).getByRole('heading', { name: 'Filter, sort, aggregate' })).toBeVisible();
    await write(textbox('List'), '{{ input.text.split(" ") }}');
    await choose(page, combobox('Type'), 'Filter');
    await write(textbox('Compared with'), 'x');
    await choose(page, combobox('Is'), '≠');
    await panel(page).getByRole('button', { name: 'Add operation' }).click();
    await choose(page, combobox('Type').last(), 'Reverse');
  });

  await test.step('what came of it is checked', async () => {
    await card(page, 'list').click();
    await addStep(page, 'schema');
    await expect(panel(page).getByRole('heading', { name: 'Validate' })).toBeVisible();
    await write(textbox('Value'), '{{ ({ colours: steps.list }) }}');
    await textbox('Name of id').fill('colours');
    await choose(page, combobox('Type of colours'), 'list');
    await choose(page, combobox('When it does not fit'), 'Fail, and say what is wrong');
  });

  await test.step('the person is asked', async () => {
    await card(page, 'validate').click();
    await addStep(page, 'human');
    await expect(panel(page).getByRole('heading', { name: 'Ask user' })).toBeVisible();
    await write(textbox('Message'), 'Which size of {{ steps.list[0] }}?');
    await textbox('Name').fill('size');
    await choose(page, combobox('Type'), 'One of several');
    for (const [index, [value, title]] of [
      ['s', 'Small'],
      ['l', 'Large'],
    ].entries()) {
      await panel(page).getByRole('button', { name: 'Add option' }).click();
      const option = panel(page).getByRole('group', { name: `Option ${index + 1}` });
      await option.getByRole('textbox', { name: 'Value' }).fill(value ?? '');
      await option.getByRole('textbox', { name: 'Shown as' }).fill(title ?? '');
    }
  });

  await test.step('the answer decides', async () => {
    await card(page, 'ask').click();
    await addStep(page, 'switch');
    await write(textbox('Value'), '{{ steps.ask.size }}');
    const first = panel(page).getByRole('group', { name: 'Case 1' });
    await first.getByRole('textbox', { name: 'Name' }).fill('Too small');
    await write(first.getByRole('textbox', { name: 'Compared with' }), 's');
    await expect(card(page, 'choose')).toContainText('Too small');
    await panel(page).getByRole('button', { name: 'Remove Case 2' }).click();
    await expect(card(page, 'choose')).not.toContainText('= b');
    await page.getByRole('button', { name: 'Add a step after choose, otherwise' }).click();
    await page.getByPlaceholder('Search steps to add').pressSequentially('output');
    await page.keyboard.press('Enter');
    await write(textbox('Text'), '{{ steps.list.join(" and ") }} in {{ steps.ask.size }}');
    await card(page, 'answer').click();
    await write(textbox('Text'), 'We have none so small.');
  });

  await test.step('a case that is gone shows where its edge began', async () => {
    await card(page, 'choose').click();
    await panel(page).getByRole('button', { name: 'Remove Case 1' }).click();
    await expect(card(page, 'choose')).toContainText('(gone)');
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await expect(card(page, 'choose')).toContainText('Too small');
    await expect(page.getByText(/· saved/)).toBeVisible();
  });

  await test.step('it runs, is answered and goes on', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+Enter');
    const dialog = page.getByRole('dialog', { name: 'Run the draft' });
    await dialog.getByLabel('Text').fill('red x blue');
    await page.keyboard.press('ControlOrMeta+Enter');
    const runs = page.getByRole('region', { name: 'Runs' });
    await expect(runs.getByText('Which size of blue?')).toBeVisible();
    await choose(page, runs.getByRole('combobox', { name: 'Size' }), 'Large');
    await expectNoFaults(page, 'a graph of many kinds that waits');
    await runs.getByRole('button', { name: 'Send the answer' }).click();
    await expect(runs.getByText('blue and red in l')).toBeVisible();
    await expect(runs.getByText('Succeeded').first()).toBeVisible();
  });

  await test.step('at 200 % zoom the canvas keeps its room', async () => {
    await page.setViewportSize({ width: 720, height: 450 });
    await expect(panel(page)).toBeHidden();
    await expect(page.getByRole('complementary')).toHaveCount(0);
    await page.getByRole('button', { name: 'Workflow', exact: true }).click();
    await expect(page.getByRole('complementary', { name: 'Workflow' })).toBeVisible();
    await page.getByRole('button', { name: 'Close the panel: Workflow' }).click();
    await expect(page.getByRole('complementary')).toHaveCount(0);
  });
});
