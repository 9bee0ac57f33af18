import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { call, published } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'walk', viewport: { width: 1280, height: 800 } });
test.describe.configure({ mode: 'serial' });

/** Every page there is, read off the folders, so that none is forgotten: `/projects/[project]/runs`. */
const ROUTES = readdirSync(join(import.meta.dirname, '../../app'), { recursive: true })
  .map(String)
  .filter((path) => /(^|\/)page\.tsx$/.test(path))
  .map((path) => `/${path.replace(/\/?page\.tsx$/, '')}`.replace(/\/\([^)]+\)/g, '') || '/')
  .sort();

/** What stands in the place of each `[name]`. */
const values: Record<string, string> = {
  project: 'orders',
  token: 'no-such-question',
  organization: 'default',
};

/** Dialogs and panels that a page opens: where, and the name of the button. */
const DIALOGS: [path: string, button: string | RegExp][] = [
  ['/projects', 'New project'],
  ['/projects/orders', 'New workflow'],
  ['/projects/orders/knowledge', 'New knowledge base'],
  ['/projects/orders/connect', 'New key'],
  ['/projects/orders/connect', 'Revoke'],
  ['/projects/orders/settings', 'New connection'],
  ['/projects/orders/settings', 'Delete project'],
  ['/projects/orders', 'Import a workflow'],
  ['/organization', 'Delete organization'],
  ['/organization/members', 'Invite'],
  ['/account', 'Sign out everywhere else'],
  ['/help', /^Open the commands/],
];

/** Violations on the page: of every rule in the light theme, of contrast in the dark one, where all else is the same. */
async function violationsOn(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${colorScheme}\\b`));
    const axe = new AxeBuilder({ page });
    const { violations } = await (colorScheme === 'dark' ? axe.withRules('color-contrast') : axe).analyze();
    found.push(
      ...violations.map(
        ({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ target }) => target).join(' | ')}`,
      ),
    );
  }
  return found;
}

let page: Page;

test.beforeAll(async ({ browser, patchbay }) => {
  page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await setUp(page, patchbay);
  await makeProject(page);
  values['workflow'] = await published(page, {
    name: 'find_order_with_a_rather_long_name_of_its_own',
    steps: {
      arguments: ['input', { schema: { type: 'object', properties: {} } }],
      answer: ['output', { parts: [{ type: 'text', text: 'hi' }] }],
    },
    edges: ['arguments -> answer'],
  });
  const run = await call<{ runId: string }>(
    page,
    'POST',
    `/projects/orders/workflows/${values['workflow']}/runs`,
    { input: {} },
  );
  values['run'] = run.runId;
  const base = await call<{ id: string }>(page, 'POST', '/projects/orders/knowledge', { name: 'Handbook' });
  values['base'] = base.id;
  const { document } = await call<{ document: { id: string } }>(
    page,
    'POST',
    `/projects/orders/knowledge/${base.id}/documents/text`,
    { name: 'Returns', text: '# Returns\n\nGoods go back within 30 days.' },
  );
  values['document'] = document.id;
  await call(page, 'POST', `/projects/orders/knowledge/${base.id}/questions`, {
    text: 'How long may goods be sent back?',
    expected: [{ document: document.id }],
  });
  await call(page, 'POST', '/projects/orders/keys', { name: 'Claude Code on my laptop' });
  await call(page, 'POST', '/projects/orders/connections', {
    name: 'Shop',
    type: 'bearer',
    hosts: ['api.shop.example'],
    secret: { token: 'abcdefghijkl' },
  });
});
test.afterAll(() => page.close());

test('there are pages, and a value for every part of their addresses', () => {
  expect(ROUTES.length).toBeGreaterThan(15);
  const unknown = ROUTES.flatMap((route) =>
    [...route.matchAll(/\[(\w+)\]/g)].map(([, name]) => name!),
  ).filter((name) => !(name in values));
  expect(unknown).toEqual([]);
});

test('no page has a violation, scrolls sideways or reports an error', async ({ patchbay }) => {
  test.slow();
  let errors: string[] = [];
  page.on('console', (message) => {
    // That the question is not there any more is what its page is about.
    if (message.type() === 'error' && !message.text().includes('status of 404')) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  for (const route of ROUTES) {
    await test.step(route, async () => {
      errors = [];
      await page.emulateMedia({ colorScheme: 'light' });
      const path = route.replace(/\[(\w+)\]/g, (_, name: string) => values[name] ?? '');
      await page.goto(`${patchbay.url}${path}`);
      await expect(page.getByRole('heading').first()).toBeVisible();
      // A page that leads on has none until the other is there.
      await expect(page).toHaveTitle(/./);
      // Streams stay open: the network is never idle on every page.
      await expect(page.getByText(/^Loading .+…$/)).toHaveCount(0);
      expect.soft(await violationsOn(page), route).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(wide, `${route} scrolls sideways`).toBeLessThanOrEqual(0);
      expect.soft(errors, route).toEqual([]);
    });
  }
});

test('dialogs are within reach as well', async ({ patchbay }) => {
  for (const [path, button] of DIALOGS) {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${patchbay.url}${path}`);
    await page.getByRole('button', { name: button }).first().click();
    await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toBeVisible();
    expect.soft(await violationsOn(page), `${path} ${button}`).toEqual([]);
  }
});
