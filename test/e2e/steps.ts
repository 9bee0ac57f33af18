import type { Page } from '@playwright/test';
import type { Patchbay } from './patchbay.ts';

/** The first owner that `setUp` makes. */
export const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery' };

/** Makes the first owner with the link the server printed; ends on the list of projects. */
export async function setUp(page: Page, patchbay: Patchbay): Promise<void> {
  await page.goto(patchbay.setupLink);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('Organization').fill('Acme');
  await page.getByLabel('Email').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/projects');
}

/** Makes the project Orders from the list of projects; ends on its page. */
export async function makeProject(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New project' }).first().click();
  await page.getByLabel('Name').fill('Orders');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/projects/orders');
}

/** Makes a workflow on the page of a project; ends on its canvas. */
export async function makeWorkflow(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New workflow' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/workflows/*');
}
