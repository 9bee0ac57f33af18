import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'teams' });

test('somebody is invited by a link, joins in a browser of their own, and may only look', async ({
  page,
  patchbay,
  browser,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  await page.goto(`${patchbay.url}/organization/members`);
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email').fill('grace@example.com');
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Viewer' }).click();
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const link = (await dialog.getByRole('region', { name: 'Link for grace@example.com' }).textContent())!;
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('region', { name: 'Open invitations' })).toContainText('grace@example.com');

  const context = await browser.newContext();
  const hers = await context.newPage();
  // The server names its public address, which a test reaches under another port.
  await hers.goto(`${patchbay.url}/invitation${new URL(link).hash}`);
  await expect(hers.getByRole('heading', { name: 'Join Acme' })).toBeVisible();
  await hers.getByLabel('Your name').fill('Grace');
  await hers.getByLabel('Password').fill('correct horse battery');
  await hers.getByRole('button', { name: 'Create account and join' }).click();
  await hers.waitForURL('**/projects');
  await hers.getByRole('link', { name: 'Orders' }).click();
  await hers.waitForURL('**/projects/orders');
  await expect(hers.getByRole('button', { name: 'New workflow' })).toHaveCount(0);
  await hers.goto(`${patchbay.url}/projects/orders/settings#people`);
  await expect(hers.getByRole('switch', { name: 'Private' })).toBeDisabled();

  // One more role in this project, and she draws.
  await page.goto(`${patchbay.url}/projects/orders/settings#people`);
  await page.getByRole('combobox', { name: 'Role of Grace in this project' }).click();
  await page.getByRole('option', { name: 'Editor' }).click();
  await expect(page.getByText('The role of Grace is changed')).toBeVisible();
  await hers.goto(`${patchbay.url}/projects/orders`);
  await expect(hers.getByRole('button', { name: 'New workflow' }).first()).toBeVisible();

  // She makes an organization, and goes from one to the other.
  await hers.getByRole('button', { name: /switch organization/ }).click();
  await hers.getByRole('menuitem', { name: 'New organization' }).click();
  await hers.getByRole('dialog').getByLabel('Name').fill('Grace and Co');
  await hers.getByRole('button', { name: 'Create organization' }).click();
  await expect(hers.getByRole('button', { name: /Grace and Co, switch organization/ })).toBeVisible();
  await expect(hers.getByRole('link', { name: 'Orders' })).toHaveCount(0);
  await hers.getByRole('button', { name: /switch organization/ }).click();
  await hers.getByRole('menuitemradio', { name: /Acme/ }).click();
  await expect(hers.getByRole('link', { name: 'Orders' })).toBeVisible();

  // Removed, she is out of Acme, and still in her own.
  await page.goto(`${patchbay.url}/organization/members`);
  await page.getByRole('button', { name: 'Remove Grace' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove member' }).click();
  await expect(page.getByText('Grace is removed')).toBeVisible();
  await hers.goto(`${patchbay.url}/projects/orders`);
  await expect(hers.getByText('There is no project at /projects/')).toBeVisible();
  await hers.getByRole('link', { name: 'All projects' }).click();
  await hers.waitForURL('**/projects');
  await context.close();
});
