import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { TOTP } from 'otpauth';
import { type IdentityProvider, startIdentityProvider } from '#test/support/identity-provider.ts';
import { expect, type Patchbay, test } from './patchbay.ts';
import { ACCOUNT, setUp } from './steps.ts';

test.use({ instance: 'sign-in' });
test.describe.configure({ mode: 'serial' });

let provider: IdentityProvider;
let page: Page;
test.beforeAll(async ({ browser, patchbay }) => {
  provider = await startIdentityProvider();
  page = await browser.newPage();
  await setUp(page, patchbay);
});
test.afterAll(() => provider.close());

const open = async (browser: Browser, address: string): Promise<Page> => {
  const other = await (await browser.newContext()).newPage();
  await other.goto(address);
  return other;
};

/** Somebody who has no second factor. */
const LIN = { name: 'Lin', email: 'lin@example.com', password: 'correct horse battery' };

function addMember({ dataDir }: Patchbay): void {
  const facts = Object.entries(LIN).map(([name, value]) => `--${name}=${value}`);
  const script = join(import.meta.dirname, 'add-member.ts');
  const { status, stderr } = spawnSync(process.execPath, [script, `--data=${dataDir}`, ...facts], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
}

async function givePassword(other: Page, { email, password } = ACCOUNT): Promise<void> {
  await other.getByLabel('Email').fill(email);
  await other.getByLabel('Password').fill(password);
  await other.getByRole('button', { name: 'Sign in' }).click();
}

test('two-factor is set up, asked for, trusted in a browser, and a session is ended', async ({
  browser,
  patchbay,
}) => {
  await page.goto(`${patchbay.url}/account`);
  const section = page.getByRole('region', { name: 'Two-factor' });
  await section.getByRole('button', { name: 'Set up two-factor' }).click();
  await section.getByLabel('Your password').fill(ACCOUNT.password);
  await page.keyboard.press('Enter');
  await expect(section.getByRole('img', { name: /QR code/ })).toBeVisible();
  const key = await section.getByRole('region', { name: 'Key for your authenticator app' }).textContent();
  const totp = new TOTP({ secret: key!.replace(/\s/g, '') });
  const code = (stepsFromNow: number) => totp.generate({ timestamp: Date.now() + stepsFromNow * 30_000 });
  await section.getByLabel('Code that the app shows').fill('000000');
  await page.keyboard.press('Enter');
  await expect(section.getByText('The code is not right.')).toBeVisible();
  await section.getByLabel('Code that the app shows').fill(code(-1));
  await page.keyboard.press('Enter');
  const codes = (await section.getByRole('region', { name: 'Recovery codes' }).textContent())!
    .trim()
    .split(/\s+/);
  expect(codes).toHaveLength(10);
  await section.getByRole('button', { name: 'I kept the codes' }).click();
  await expect(section.getByText('10 of 10 recovery codes left')).toBeVisible();

  const other = await open(browser, `${patchbay.url}/sign-in?next=/account`);
  await givePassword(other);
  await expect(other.getByRole('heading', { name: 'Two-factor' })).toBeVisible();
  await other.getByRole('button', { name: 'Use a recovery code' }).click();
  await other.getByLabel('Recovery code').fill(codes[0]!);
  await other.getByLabel('Ask again on this browser after 30 days').click();
  await other.keyboard.press('Tab');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.waitForURL('**/account');
  await expect(other.getByText('9 of 10 recovery codes left')).toBeVisible();

  await page.reload();
  const sessions = page.getByRole('region', { name: 'Sessions' });
  await expect(sessions.getByRole('row')).toHaveCount(3);
  await expect(sessions.getByText('This browser')).toHaveCount(1);
  await sessions.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out that browser' }).click();
  await expect(page.getByText('That browser is signed out')).toBeVisible();
  await other.reload();
  await other.waitForURL('**/sign-in?next=**');

  // The browser is trusted: the password is enough.
  await givePassword(other);
  await other.waitForURL('**/account');
  await section.getByRole('button', { name: 'Ask again' }).click();
  await expect(page.getByText('That browser is asked again')).toBeVisible();
  await other.close();
});

test('an organization asks for two-factor, and who has none sets it up first', async ({
  browser,
  patchbay,
}) => {
  await page.goto(`${patchbay.url}/organization/sign-in`);
  await page.getByLabel('Require two-factor').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Require two-factor' }).click();
  await expect(page.getByText('Members need two-factor now')).toBeVisible();

  addMember(patchbay);
  const lin = await open(browser, `${patchbay.url}/sign-in?next=/account`);
  await givePassword(lin, LIN);
  await lin.waitForURL('**/two-factor?next=%2Faccount');
  await lin.goto(`${patchbay.url}/projects`);
  await lin.waitForURL('**/two-factor?next=%2Fprojects');
  await lin.getByRole('button', { name: 'Set up two-factor' }).click();
  await lin.getByLabel('Your password').fill(LIN.password);
  await lin.keyboard.press('Enter');
  const key = await lin.getByRole('region', { name: 'Key for your authenticator app' }).textContent();
  await lin
    .getByLabel('Code that the app shows')
    .fill(new TOTP({ secret: key!.replace(/\s/g, '') }).generate());
  await lin.keyboard.press('Enter');
  await lin.getByRole('button', { name: 'I kept the codes' }).click();
  await lin.waitForURL('**/projects');
  await lin.close();

  await page.getByLabel('Require two-factor').click();
  await expect(page.getByText('Two-factor is each member’s choice now')).toBeVisible();
  const forgot = await open(browser, `${patchbay.url}/sign-in`);
  await forgot.getByRole('link', { name: 'Forgot password?' }).click();
  await expect(forgot.getByText(/This server sends no e-mail/)).toBeVisible();
  await forgot.close();
});

test('single sign-on is set, and a colleague comes in by it', async ({ browser, patchbay }) => {
  await page.goto(`${patchbay.url}/organization/sign-in`);
  const section = page.getByRole('region', { name: 'Single sign-on' });
  await section.getByLabel('Name').fill('Acme login');
  await section.getByLabel('Issuer').fill(`${provider.issuer}/elsewhere`);
  await section.getByLabel('Client ID').fill(provider.clientId);
  await section.getByLabel('Client secret').fill(provider.clientSecret);
  await section.getByLabel('E-mail domains').fill('acme.example');
  await section.getByRole('button', { name: 'Save single sign-on' }).click();
  await expect(section.getByText(/is not to be used/)).toBeVisible();
  await section.getByLabel('Issuer').fill(provider.issuer);
  await section.getByRole('button', { name: 'Save single sign-on' }).click();
  await expect(page.getByText('Single sign-on is set', { exact: true })).toBeVisible();
  await expect(section.getByLabel('Client secret')).toHaveValue('');

  const other = await open(browser, `${patchbay.url}/sign-in?next=/account`);
  await other.getByLabel('Email').fill('grace@acme.example');
  await other.getByRole('button', { name: 'Continue with Acme login' }).click();
  await other.waitForURL('**/account');
  await expect(other.getByText('grace@acme.example, viewer of Acme')).toBeVisible();
  await expect(other.getByRole('region', { name: 'Sessions' })).toContainText('by single sign-on');
  await other.close();

  provider.person = { sub: '2', email: 'eve@acme.example', email_verified: false, name: 'Eve' };
  const link = await section.getByRole('region', { name: 'Sign-in link' }).textContent();
  const eve = await open(browser, link!.trim());
  await eve.getByRole('button', { name: 'Continue with Acme login' }).click();
  await eve.waitForURL('**/sign-in?refused=unverified');
  await expect(eve.getByText(/has not verified your e-mail address/)).toBeVisible();
  await eve.close();
});
