import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { call, drawn } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { ACCOUNT, canvasOpened, makeProject, makeWorkflow, setUp } from './steps.ts';

test.use({ instance: 'graph', contextOptions: { reducedMotion: 'no-preference' } });
test.describe.configure({ mode: 'serial' });

/** Compressed JavaScript that is asked for before the graph is on the screen, in KB. */
const FIRST_LOAD_KB = 345;

/** The same with what edits it, until the network is quiet. */
const ALL_KB = 640;

const card = (page: Page, key: string) => page.locator('.react-flow__node-step', { hasText: key });
const cards = (page: Page) => page.locator('.react-flow__node-step');
const saved = (page: Page) => expect(page.getByText(/· saved/)).toBeVisible();
const note = (page: Page) => page.locator('[data-note]');

let origin = '';

test.beforeEach(async ({ page, patchbay }) => {
  if (origin === '') {
    await setUp(page, patchbay);
    await makeProject(page);
    origin = new URL(page.url()).origin;
    return;
  }
  await page.goto(`${origin}/projects/orders`);
  await page.getByLabel('Email').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/projects/orders');
});

/** Opens a workflow of three steps in a row between the start and the end. */
async function open(page: Page, name: string): Promise<void> {
  const document = drawn({
    name,
    steps: {
      arguments: ['input'],
      greet: ['set', { values: { word: 'hello {{ input.text }}' } }],
      shout: ['set', { values: { loud: '{{ steps.greet.word.toUpperCase() }}' } }],
      answer: [
        'output',
        { parts: [{ type: 'text', text: '{{ steps.shout.loud }}, {{ input.text }}' }], structured: null },
      ],
    },
    edges: ['arguments -> greet', 'greet -> shout', 'shout -> answer'],
  });
  const { id } = await call<{ id: string }>(page, 'POST', '/projects/orders/workflows', { name, document });
  await page.goto(`${origin}/projects/orders/workflows/${id}`);
  await expect(cards(page)).toHaveCount(4);
  await canvasOpened(page);
}

/** Selects steps, the first by a click and the others beside it. */
async function choose(page: Page, ...keys: string[]): Promise<void> {
  for (const [index, key] of keys.entries()) {
    await card(page, key).click(index === 0 ? {} : { modifiers: ['ControlOrMeta'] });
  }
}

test('a note is written, coloured, copied, and taken back; hostile text does nothing', async ({ page }) => {
  await open(page, 'noted');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.getByRole('button', { name: /^Note/ }).click();
  const field = page.getByLabel('Text of the note, Markdown');
  await field.fill(
    '## Why\n\nRead **this**. [safe](https://example.com) [bad](javascript:alert(1)) <img src="http://evil.example/x" onerror="window.hurt=1"> ![pic](http://evil.example/y)\n\n<script>window.hurt=1</script>',
  );
  await field.press('Escape');
  await expect(note(page).getByText('this', { exact: true })).toHaveCSS('font-weight', /[67]00/);
  await expect(note(page).getByRole('link', { name: 'safe' })).toHaveAttribute('rel', /noopener/);
  await expect(note(page).locator('a[href^="javascript"], img, script')).toHaveCount(0);
  expect(await page.evaluate(() => 'hurt' in window)).toBe(false);
  expect(asked.filter((url) => url.includes('evil.example'))).toEqual([]);

  await note(page).click();
  await page.getByRole('button', { name: 'Blue' }).click();
  await page.keyboard.press('ControlOrMeta+d');
  await expect(note(page)).toHaveCount(2);
  await page.keyboard.press('Delete');
  await expect(note(page)).toHaveCount(1);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(note(page)).toHaveCount(2);
  await saved(page);
  await page.getByRole('button', { name: 'List' }).click();
  await expect(page.getByLabel('Note: Why')).toHaveCount(2);
  // A toast that fades away has no contrast any more.
  const { violations } = await new AxeBuilder({ page }).exclude('[data-removed="true"]').analyze();
  expect(violations).toEqual([]);
});

test('steps become a group that is named, folded into one card, and unfolded', async ({ page }) => {
  await open(page, 'grouped');
  await choose(page, 'greet', 'shout');
  await page.keyboard.press('ControlOrMeta+g');
  await page.getByLabel('Title of the group').first().fill('Greeting');
  await page.keyboard.press('Enter');
  await saved(page);
  await page.getByRole('button', { name: 'Fold Greeting into one card' }).click();
  await expect(cards(page)).toHaveCount(2);
  await expect(page.locator('.react-flow__edge')).toHaveCount(2);
  await expect(page.getByText('2 steps', { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Unfold Greeting' })).toBeVisible();
  await expect(cards(page)).toHaveCount(2);
  await canvasOpened(page);
  // Looking for a step that is folded away shows it.
  await page.keyboard.press('/');
  await page.getByPlaceholder(/Search steps by key/).fill('shout');
  await page.keyboard.press('Enter');
  await expect(cards(page)).toHaveCount(4);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
});

test('steps are made a workflow of their own, and the run answers as before', async ({ page }) => {
  await open(page, 'long_one');
  await choose(page, 'greet', 'shout');
  await page.keyboard.press('ControlOrMeta+e');
  const dialog = page.getByRole('dialog', { name: 'Make it a workflow of its own' });
  await expect(dialog.getByRole('region', { name: 'Arguments' })).toContainText('text');
  await expect(dialog.getByRole('region', { name: 'Answer' })).toContainText('shout');
  await dialog.getByLabel('Name').fill('greeting');
  await dialog.getByLabel('Description').fill('Greets loudly.');
  await dialog.getByRole('button', { name: 'Make and publish' }).click();
  await expect(cards(page)).toHaveCount(3);
  await expect(card(page, 'greeting')).toBeVisible();
  await saved(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByText('HELLO', { exact: false }).first()).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(cards(page)).toHaveCount(4);

  await choose(page, 'greet', 'shout');
  await page.keyboard.press('ControlOrMeta+e');
  await dialog.getByLabel('Name').fill('unpublished');
  await dialog.getByRole('checkbox').click();
  await dialog.getByRole('button', { name: 'Make workflow' }).click();
  await page.getByRole('button', { name: 'Publish unpublished' }).click();
  await expect(page.getByRole('combobox', { name: 'Workflow', exact: true })).toContainText('v1 is live');
  await expect(page.getByText(/cannot be called yet/)).toHaveCount(0);
  await page.locator('.react-flow__pane').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('ControlOrMeta+z');
  await expect(cards(page)).toHaveCount(4);

  await choose(page, 'shout', 'answer');
  await page.keyboard.press('ControlOrMeta+e');
  await expect(dialog.getByRole('alert')).toContainText('answer ends this workflow');
});

test('a text is found in steps and notes, looked at one by one, and replaced', async ({ page }) => {
  await open(page, 'searched');
  await page.keyboard.press('ControlOrMeta+f');
  const bar = page.getByRole('search', { name: 'Find and replace' });
  await bar.getByLabel('Find', { exact: true }).fill('loud');
  await expect(bar.getByText(/1 of 2/)).toBeVisible();
  await bar.getByLabel('Find', { exact: true }).press('Enter');
  await expect(card(page, 'answer').locator('[data-found]')).toBeVisible();
  await bar.getByLabel('Find', { exact: true }).fill('hello');
  await expect(bar.getByText(/1 of 1/)).toBeVisible();
  await bar.getByLabel('Replace with').fill('good day');
  await bar.getByRole('button', { name: 'Replace', exact: true }).click();
  await expect(bar.getByText('Nothing found')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();
  await page.keyboard.press('ControlOrMeta+z');
  await page.keyboard.press('ControlOrMeta+f');
  await bar.getByLabel('Find', { exact: true }).fill('good day');
  await expect(bar.getByText('Nothing found')).toBeVisible();
});

test('with the keyboard alone a workflow is built, moved, and published', async ({ page }) => {
  await makeWorkflow(page, 'by_hand');
  await expect(cards(page)).toHaveCount(2);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('n');
  await page.keyboard.type('set');
  await page.keyboard.press('Enter');
  await expect(cards(page)).toHaveCount(3);
  const before = await card(page, 'values').boundingBox();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect
    .poll(async () => (await card(page, 'values').boundingBox())?.y)
    .toBeGreaterThan((before?.y ?? 0) + 8);
  await page.keyboard.press('e');
  await expect(page.locator('.react-flow__edge.selected')).toHaveCount(1);
  await page.keyboard.press('n');
  await page.keyboard.type('template');
  await page.keyboard.press('Enter');
  await expect(cards(page)).toHaveCount(4);
  await page.keyboard.press('m');
  await page.keyboard.type('Made by hand');
  await page.keyboard.press('Escape');
  await expect(note(page)).toHaveText('Made by hand');
  await page.keyboard.press('Escape');
  await saved(page);
  await page.keyboard.press('ControlOrMeta+Shift+p');
  const dialog = page.getByRole('dialog', { name: /Publish/ });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('button', { name: /^Publish/ })).toBeEnabled();
  const publish = dialog.getByRole('button', { name: /^Publish/ });
  for (let tab = 0; tab < 20; tab += 1) {
    if (await publish.evaluate((button) => button === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await expect(page.getByText(/v1 is live/).first()).toBeVisible();
});

test('a wire that is refused says why while it is drawn', async ({ page }) => {
  await open(page, 'refusing');
  const from = await card(page, 'shout').locator('.react-flow__handle-right').boundingBox();
  const to = await card(page, 'greet').boundingBox();
  await page.mouse.move((from?.x ?? 0) + 4, (from?.y ?? 0) + 4);
  await page.mouse.down();
  await page.mouse.move((to?.x ?? 0) + 60, (to?.y ?? 0) + 30, { steps: 8 });
  await expect(page.getByText('greet runs before shout: this edge would close a circle.')).toBeVisible();
  await page.mouse.up();
});

test('the graph is on the screen before what edits it is loaded, and neither grows', async ({ page }) => {
  await open(page, 'small');
  await page.addInitScript(() => {
    // The moment at which the first card can be seen: React Flow hides cards until it has measured them.
    const seen = new MutationObserver(() => {
      const card = document.querySelector('.react-flow__node-step');
      if (!card || getComputedStyle(card).visibility === 'hidden') return;
      Object.assign(window, { cardSeenAt: performance.now() });
      seen.disconnect();
    });
    seen.observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.reload();
  await canvasOpened(page);
  await page.waitForLoadState('networkidle');
  const { seenAt, asked } = await page.evaluate(() => ({
    seenAt: (window as unknown as { cardSeenAt: number }).cardSeenAt,
    asked: performance
      .getEntriesByType('resource')
      .map(({ name, startTime }) => ({ path: new URL(name).pathname, startTime }))
      .filter(({ path }) => path.endsWith('.js')),
  }));
  const build = join(import.meta.dirname, '../..', process.env['NEXT_DIST_DIR'] ?? '.next');
  const compressedKb = (paths: ReadonlySet<string>): number =>
    [...paths].reduce((sum, path) => {
      const file = decodeURIComponent(path).replace(/^\/_next\//, '');
      return sum + gzipSync(readFileSync(join(build, file))).byteLength;
    }, 0) / 1024;
  const all = new Set(asked.map(({ path }) => path));
  // What had been asked for when the card was seen, whether or not it was there: it took of the same line.
  const first = new Set(asked.filter(({ startTime }) => startTime <= seenAt).map(({ path }) => path));
  expect(first.size).toBeGreaterThan(3);
  expect(all.size).toBeGreaterThan(first.size);
  expect(compressedKb(first)).toBeLessThanOrEqual(FIRST_LOAD_KB);
  expect(compressedKb(all)).toBeLessThanOrEqual(ALL_KB);
});
