import type { Page } from '@playwright/test';
import { call } from './by-api.ts';
import { expect, type Patchbay } from './patchbay.ts';

/** The first owner that `setUp` makes. */
export const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery' };

/**
 * Makes the first owner, as the page does that the printed link opens (it has a story of its own in pages.spec.ts); ends
 * on the list of projects, signed in.
 */
export async function setUp(page: Page, patchbay: Patchbay): Promise<void> {
  const made = await page.request.post(`${patchbay.url}/api/v1/setup`, {
    headers: { origin: patchbay.url },
    data: {
      token: new URL(patchbay.setupLink).searchParams.get('token'),
      name: 'Ada',
      organization: 'Acme',
      ...ACCOUNT,
    },
  });
  expect(made.ok(), await made.text()).toBe(true);
  await page.goto(`${patchbay.url}/projects`);
}

/** Makes the project Orders; ends on its page. doors.spec.ts makes one by hand. */
export async function makeProject(page: Page): Promise<void> {
  await call(page, 'POST', '/projects', { name: 'Orders', slug: 'orders' });
  await page.goto(`${new URL(page.url()).origin}/projects/orders`);
}

/** Makes a workflow on the page of a project; ends on its canvas. */
export async function makeWorkflow(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New workflow' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/workflows/*');
  await canvasOpened(page);
}

/** Waits until a canvas is more than painted: before, keys wait and nothing can be edited. */
export async function canvasOpened(page: Page): Promise<void> {
  await expect(page.getByRole('toolbar', { name: 'Draw' })).toBeVisible();
}
