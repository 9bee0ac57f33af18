import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './patchbay.ts';
import { ACCOUNT, canvasOpened, makeProject, makeWorkflow, setUp } from './steps.ts';

test.use({ instance: 'canvas' });
test.describe.configure({ mode: 'serial' });

const card = (page: Page, key: string) => page.locator('.react-flow__node', { hasText: key });
const cards = (page: Page) => page.locator('.react-flow__node');
const edges = (page: Page) => page.locator('.react-flow__edge');
const saved = (page: Page) => expect(page.getByText(/· saved/)).toBeVisible();

let workflowUrl = '';

test.beforeEach(async ({ page, patchbay }) => {
  if (workflowUrl === '') {
    await setUp(page, patchbay);
    await makeProject(page);
    await makeWorkflow(page, 'drawing');
    workflowUrl = page.url();
  } else {
    await page.goto(workflowUrl);
    await page.getByLabel('Email').fill(ACCOUNT.email);
    await page.getByLabel('Password').fill(ACCOUNT.password);
    await page.keyboard.press('Enter');
  }
  await expect(cards(page).first()).toBeVisible();
  await canvasOpened(page);
});

test('a kind is dragged from the palette onto an edge, and goes in between', async ({ page }) => {
  await page.keyboard.press('n');
  const edge = await page.getByRole('button', { name: 'Insert a step here' }).boundingBox();
  const item = page.getByRole('option', { name: /Set values/ });
  await item.hover();
  await page.mouse.down();
  await page.mouse.move((edge?.x ?? 0) - 14, (edge?.y ?? 0) + 10, { steps: 12 });
  await page.mouse.up();
  await expect(cards(page)).toHaveCount(3);
  await expect(edges(page)).toHaveCount(2);
  await saved(page);
});

test('keys wait for what does them while the canvas is opened', async ({ page }) => {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  // What edits comes later than what is painted: here, when the story says so.
  await page.route('**/_next/static/**/*.js', async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    if (body.includes('Show the steps as a list')) await opened;
    await route.fulfill({ response, body });
  });
  const before = await cards(page).count();
  await page.goto(workflowUrl);
  await cards(page).first().click();
  await page.keyboard.press('Delete');
  const waits = page.getByText(/^Waits until the canvas is open: /);
  await expect(waits).toContainText('Delete the selection.');
  await page.keyboard.press('Escape');
  await expect(waits).toBeHidden();
  await page.keyboard.press('n');
  await page.keyboard.type('fail');
  await expect(waits).toContainText('Add a step “fail”');
  open();
  await expect(page.getByPlaceholder('Search steps to add')).toHaveValue('fail');
  await expect(cards(page)).toHaveCount(before);
  await page.keyboard.press('Escape');
});

test('a wire dropped on nothing opens the palette there', async ({ page }) => {
  await card(page, 'values').click();
  const handle = await card(page, 'values').locator('.react-flow__handle-right').boundingBox();
  await page.mouse.move((handle?.x ?? 0) + 3, (handle?.y ?? 0) + 3);
  await page.mouse.down();
  await page.mouse.move((handle?.x ?? 0) + 60, (handle?.y ?? 0) + 160, { steps: 10 });
  await page.mouse.up();
  await expect(page.getByRole('dialog', { name: 'Add a step' }).getByText('After values')).toBeVisible();
  await page.getByPlaceholder('Search steps to add').pressSequentially('fail');
  await page.keyboard.press('Enter');
  await expect(cards(page)).toHaveCount(4);
  await expect(edges(page)).toHaveCount(3);
  await saved(page);
});

test('the list takes connections away and offers only those that are allowed', async ({ page }) => {
  await page.getByRole('button', { name: 'List' }).click();
  await page.getByRole('button', { name: 'Disconnect values from answer' }).click();
  const connect = page.getByLabel('Connect values, out, to');
  await expect(connect.locator('option')).toHaveText(['Connect to…', 'answer']);
  await connect.selectOption('answer');
  await expect(page.getByRole('button', { name: 'Disconnect values from answer' })).toBeVisible();
  await saved(page);
});

test('arrows walk the graph; a step is copied, pasted, deleted, and all of it undone', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await card(page, 'arguments').click();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByLabel('Key', { exact: true })).toHaveValue('values');
  await page.keyboard.press('ControlOrMeta+c');
  await page.keyboard.press('ControlOrMeta+v');
  await expect(cards(page)).toHaveCount(5);
  await expect(page.getByLabel('Key', { exact: true })).toHaveValue('values_2');
  await page.keyboard.press('Delete');
  await expect(cards(page)).toHaveCount(4);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(cards(page)).toHaveCount(5);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(cards(page)).toHaveCount(4);
  await saved(page);
});

test('renaming a step rewrites what refers to it, in one step back', async ({ page }) => {
  await card(page, 'answer').click();
  await page.getByRole('textbox', { name: 'Text', exact: true }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('got {{ steps.values }}');
  await card(page, 'values').click();
  await page.getByLabel('Key', { exact: true }).fill('facts');
  await page.keyboard.press('Enter');
  await card(page, 'answer').click();
  await expect(page.getByRole('textbox', { name: 'Text', exact: true })).toHaveText('got {{ steps.facts }}');
  await card(page, 'facts').click();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(card(page, 'values')).toBeVisible();
  await saved(page);
});

test('what could not be sent is kept through a reload, and saved then', async ({ page }) => {
  await page.route('**/draft', (route) => route.abort());
  await page.keyboard.press('Escape');
  await page.getByLabel('Title').fill('Typed while offline');
  await expect(page.getByText('offline, kept in this browser')).toBeVisible();
  await page.unroute('**/draft');
  await page.reload();
  await expect(page.getByLabel('Title')).toHaveValue('Typed while offline');
  await saved(page);
});

test('another window follows what is saved in this one', async ({ page, context }) => {
  const other = await context.newPage();
  await other.goto(workflowUrl);
  await expect(other.getByLabel('You, in another window').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByLabel('Title').fill('In one window');
  await expect(other.getByLabel('Title')).toHaveValue('In one window');
  await other.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('nothing on the screen is out of reach of assistive technology', async ({ page }) => {
      const faults = async (): Promise<string[]> => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        return violations.flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
        );
      };
      expect(await faults()).toEqual([]);
      await card(page, 'values').click();
      await expect(page.getByLabel('Key', { exact: true })).toBeVisible();
      expect(await faults()).toEqual([]);
      await page.getByRole('button', { name: 'List' }).click();
      await expect(page.getByRole('region', { name: 'Steps' })).toBeVisible();
      expect(await faults()).toEqual([]);
    });
  });
}
