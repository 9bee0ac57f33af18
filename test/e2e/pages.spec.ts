import type { Page } from '@playwright/test';
import { expect, test } from './patchbay.ts';
import { ACCOUNT } from './steps.ts';

test.use({ instance: 'pages' });
test.describe.configure({ mode: 'serial' });

async function signIn(page: Page, password = ACCOUNT.password): Promise<void> {
  await page.getByLabel('Email').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('the set-up link makes the first account, once, and the starter is live', async ({
  page,
  patchbay,
  request,
}) => {
  await page.goto(patchbay.setupLink);
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('Organization').fill('Acme');
  await page.getByLabel('Email').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Create owner' }).click();
  await page.getByRole('link', { name: 'Starter' }).click();
  await expect(page.getByRole('link', { name: 'plan_trip' })).toBeVisible();
  await expect(page.getByText('Live: v1')).toBeVisible();

  const again = await request.post(`${patchbay.url}/api/v1/setup`, {
    headers: { origin: patchbay.url },
    data: {
      token: new URL(patchbay.setupLink).searchParams.get('token'),
      name: 'Eve',
      organization: 'Evil',
      email: 'eve@example.com',
      password: 'correct horse battery',
    },
  });
  expect(again.status()).toBeGreaterThanOrEqual(400);
});

test('who is not signed in signs in and comes back; a wrong password is said, not explained', async ({
  page,
  patchbay,
}) => {
  await page.goto(`${patchbay.url}/projects/starter/connect`);
  await page.waitForURL('**/sign-in?next=*');
  await signIn(page, 'wrong password here');
  await expect(
    page
      .getByRole('alert')
      .or(page.getByText(/e-?mail or (the )?password/i))
      .first(),
  ).toBeVisible();
  await signIn(page);
  await page.waitForURL('**/projects/starter/connect');
  await expect(page.getByRole('heading', { name: 'Connect', exact: true })).toBeVisible();

  await page.goto(`${patchbay.url}/sign-in?next=//evil.example/`);
  await signIn(page);
  await page.waitForURL(`${patchbay.url}/projects`);
});

test.describe('signed in', () => {
  test.beforeEach(async ({ page, patchbay }) => {
    await page.goto(`${patchbay.url}/sign-in`);
    await signIn(page);
    await page.waitForURL('**/projects');
  });

  test('a connection keeps its secret to itself', async ({ page, patchbay }) => {
    await page.goto(`${patchbay.url}/projects/starter/settings`);
    await page.getByRole('button', { name: 'New connection' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Shop');
    await dialog.getByLabel('Hosts').fill('https://api.shop.example');
    await dialog.getByLabel('Token').fill('s3cr3t-t0ken-value');
    await dialog.getByRole('button', { name: 'Create connection' }).click();
    await expect(dialog.getByText(/a host such as/)).toBeVisible();
    await expect(dialog.getByLabel('Token')).toHaveValue('s3cr3t-t0ken-value');
    await dialog.getByLabel('Hosts').fill('api.shop.example');
    await dialog.getByRole('button', { name: 'Create connection' }).click();
    await expect(page.getByRole('cell', { name: 'api.shop.example' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('cell', { name: 'api.shop.example' })).toBeVisible();
    expect(await page.content()).not.toContain('s3cr3t-t0ken-value');
  });

  test('environment values are saved, and one given twice is refused', async ({ page, patchbay }) => {
    await page.goto(`${patchbay.url}/projects/starter/settings`);
    await page.getByRole('button', { name: 'Add value' }).click();
    await page.getByLabel('Name', { exact: true }).last().fill('WEATHER_URL');
    await expect(page.getByText('WEATHER_URL is there twice.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Save values' })).toBeDisabled();
    await page.getByLabel('Name', { exact: true }).last().fill('SHOP_URL');
    await page.getByLabel('Value of SHOP_URL').fill('https://shop.example');
    await page.getByRole('button', { name: 'Save values' }).click();
    await expect(page.getByText('Saved')).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('Value of SHOP_URL')).toHaveValue('https://shop.example');
  });

  test('a project has an icon, and a budget for the results of its tools', async ({ page, patchbay }) => {
    await page.goto(`${patchbay.url}/projects/starter/settings`);
    const image = page.getByLabel('Image for the icon');
    const file = (buffer: string) => ({
      name: 'a.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from(buffer),
    });
    await image.setInputFiles(file('<html></html>'));
    await expect(page.getByText(/a\.svg is not taken/)).toBeVisible();
    await image.setInputFiles(file('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
    await page.getByLabel('Characters of a result').fill('60000');
    await expect(page.getByText('60,000 are about 15,000 tokens.')).toBeVisible();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Saved')).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('Characters of a result')).toHaveValue('60000');
    const shown = page.getByRole('img', { name: 'Icon as clients show it' });
    expect(await shown.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(9);
  });

  test('a PDF that is not one is refused with the reason', async ({ page, patchbay }) => {
    await page.goto(`${patchbay.url}/projects/starter/knowledge`);
    await page.getByRole('link', { name: 'Travel guide' }).click();
    await page.getByLabel(/Drop documents here/).setInputFiles({
      name: 'broken.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7\nthis is no document'),
    });
    await expect(
      page
        .getByText(/PDF/)
        .and(page.getByText(/read|damaged|valid/i))
        .first(),
    ).toBeVisible();
    await page.getByRole('link', { name: 'Search' }).click();
    await page.getByLabel('What would the model ask?').fill('waffles with brown cheese');
    await expect(page.getByRole('listitem').filter({ hasText: 'Food' }).first()).toContainText('Oslo');
  });

  test('a file that is no export is refused in words', async ({ page }) => {
    await page.getByLabel('Exported file').setInputFiles({
      name: 'notes.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"a":1}'),
    });
    await expect(page.getByText(/notes.json is not an exported project/)).toBeVisible();
  });

  test('a call of a tool is in the list of runs, and its way is on the graph', async ({
    page,
    patchbay,
    request,
  }) => {
    await page.goto(`${patchbay.url}/projects/starter/connect`);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('curl');
    await page.getByRole('button', { name: 'Create key' }).click();
    const key = await page.getByRole('region', { name: 'API key', exact: true }).textContent();
    const called = await request.post(`${patchbay.url}/mcp/starter`, {
      headers: { authorization: `Bearer ${key}`, 'user-agent': 'curl/8' },
      data: {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'plan_trip', arguments: { city: 'Oslo' } },
      },
    });
    expect((await called.json()).result.structuredContent.city).toBe('Oslo');

    await page.goto(`${patchbay.url}/projects/starter/runs`);
    const row = page.getByRole('row', { name: /plan_trip/ }).first();
    await expect(row.getByText('Succeeded')).toBeVisible();
    await expect(row.getByText('curl/8')).toBeVisible();
    await row.getByRole('link').click();
    await page.waitForURL('**/runs/*');
    await expect(page.locator('.react-flow__node')).toHaveCount(5);
    await page.locator('.react-flow__node', { hasText: 'guide' }).click();
    await expect(page).toHaveURL(/step=guide/);
    const output = page.getByRole('region', { name: 'Output' });
    await output.getByText('JSON', { exact: true }).click();
    await expect(output).toContainText('oslo.md');

    await page.goto(`${patchbay.url}/projects/starter/runs?status=failed`);
    await expect(page.getByText('No run matches')).toBeVisible();

    await page.goto(`${patchbay.url}/projects/starter/connect`);
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('button', { name: 'Revoke key' }).click();
    await expect(page.getByText('No keys yet')).toBeVisible();
  });

  test('what does not exist is said in words', async ({ page, patchbay }) => {
    await page.goto(`${patchbay.url}/projects/nowhere/settings`);
    await expect(page.getByText('There is no project at /projects/nowhere')).toBeVisible();
    await page.goto(`${patchbay.url}/nowhere`);
    await expect(page.getByText('There is nothing at this address')).toBeVisible();
  });
});
