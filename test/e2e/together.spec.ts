import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from '@playwright/test';
import { call, drawn } from './by-api.ts';
import { expectNoFaults } from './faults.ts';
import { expect, type Patchbay, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'together' });
test.describe.configure({ mode: 'serial' });

const GRACE = { name: 'Grace', email: 'grace@example.com', password: 'correct horse battery' };

let ada: Page;
let grace: Page;
let graceContext: BrowserContext;

test.beforeAll(async ({ browser, patchbay }) => {
  ada = await (await browser.newContext()).newPage();
  await setUp(ada, patchbay);
  await makeProject(ada);
  addMember(patchbay);
  graceContext = await browser.newContext();
  grace = await signedIn(graceContext, patchbay);
});
test.afterAll(async () => {
  await ada.context().close();
  await graceContext.close();
});

function addMember({ dataDir }: Patchbay): void {
  const facts = Object.entries(GRACE).map(([name, value]) => `--${name}=${value}`);
  const script = join(import.meta.dirname, 'add-member.ts');
  const { status, stderr } = spawnSync(process.execPath, [script, `--data=${dataDir}`, ...facts], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
}

async function signedIn(context: BrowserContext, { url }: Patchbay): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Email').fill(GRACE.email);
  await page.getByLabel('Password').fill(GRACE.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/projects');
  return page;
}

/** Makes a workflow, and opens it in both browsers. */
async function together(name: string): Promise<{ id: string; url: string }> {
  const { id } = await call<{ id: string }>(ada, 'POST', '/projects/orders/workflows', {
    name,
    document: drawn({
      name,
      steps: {
        start: ['input'],
        values: ['set', { values: { greeting: 'Hello' } }],
        answer: ['output', { parts: [{ type: 'text', text: 'Hello' }] }],
      },
      edges: ['start -> values', 'values -> answer'],
    }),
  });
  const url = `${new URL(ada.url()).origin}/projects/orders/workflows/${id}`;
  await Promise.all([ada.goto(url), grace.goto(url)]);
  await expect(ada.getByRole('listitem').getByLabel('Grace', { exact: true })).toBeVisible();
  await expect(grace.getByRole('listitem').getByLabel('Ada', { exact: true })).toBeVisible();
  return { id, url };
}

const title = (page: Page): Locator => page.getByLabel('Title');
const description = (page: Page): Locator => page.getByRole('textbox', { name: 'Description' });
const saved = (page: Page): Promise<void> => expect(page.getByText(/· saved$/)).toBeVisible();
const card = (page: Page, key: string): Locator =>
  page.getByRole('group').filter({ has: page.getByText(key, { exact: true }) });

test('what two people change at the same time is there for both, and nobody is asked', async () => {
  await together('both');
  await title(ada).fill('Ada’s title');
  await expect(title(grace)).toHaveValue('Ada’s title');
  await expect(grace.getByText('Ada changed the title')).toBeVisible();

  // What Grace cannot send for a while is put on top of what Ada saved meanwhile.
  await graceContext.setOffline(true);
  await description(grace).fill('Written by Grace.');
  await expect(grace.getByText('offline, kept in this browser')).toBeVisible();
  await title(ada).fill('Another title');
  await saved(ada);
  await graceContext.setOffline(false);
  await expect(title(grace)).toHaveValue('Another title');
  await expect(description(grace)).toHaveValue('Written by Grace.');
  await expect(description(ada)).toHaveValue('Written by Grace.');
  await saved(grace);

  // Undo takes back what is one's own.
  await grace.getByRole('button', { name: 'Undo' }).first().click();
  await expect(description(grace)).toHaveValue('Made for a test.');
  await expect(title(grace)).toHaveValue('Another title');
  await saved(grace);
});

test('where both changed the same, each place is chosen before anything is saved', async () => {
  const { id } = await together('same');
  await graceContext.setOffline(true);
  await title(grace).fill('Grace’s title');
  await description(grace).fill('Grace’s words.');
  await title(ada).fill('Ada’s title');
  await description(ada).fill('Ada’s words.');
  await saved(ada);
  await graceContext.setOffline(false);

  const dialog = grace.getByRole('dialog', { name: '2 places changed by both of you' });
  await expect(dialog).toBeVisible();
  await expectNoFaults(grace, 'the conflict view');
  const save = dialog.getByRole('button', { name: 'Save the merged draft' });
  await expect(save).toBeDisabled();
  const places = dialog.getByRole('list', { name: 'Places that both changed' });
  await places.getByRole('radiogroup', { name: 'Title of the workflow' }).getByLabel('Yours').click();
  await expect(dialog.getByText('1 left to choose')).toBeVisible();
  const words = places.getByRole('radiogroup', { name: 'Description of the workflow' });
  await expect(words.getByText('Ada’s words.')).toBeVisible();

  // Nothing was written, and closing the tab keeps it.
  const stored = await call<{ document: { title: string } }>(ada, 'GET', `/projects/orders/workflows/${id}`);
  expect(stored.document.title).toBe('Ada’s title');
  grace.once('dialog', (ask) => void ask.accept());
  await grace.reload();
  await expect(dialog).toBeVisible();

  await places.getByRole('radiogroup', { name: 'Title of the workflow' }).getByLabel('Yours').click();
  await words.getByLabel('Ada’s').click();
  await expect(dialog.getByText('The merged draft has no problems')).toBeVisible();
  await save.click();
  await saved(grace);
  for (const page of [grace, ada]) {
    await expect(title(page)).toHaveValue('Grace’s title');
    await expect(description(page)).toHaveValue('Ada’s words.');
  }
});

test('people see where the others are; the step that is typed at is theirs, unless one wants to', async () => {
  await together('where');
  await card(ada, 'values').click();
  await expect(grace.getByRole('button', { name: 'Ada, at values. Go there' })).toBeVisible();
  await expect(card(grace, 'values').getByLabel('Ada is here')).toBeVisible();
  await ada.getByRole('textbox', { name: 'greeting' }).click();
  await ada.keyboard.insertText('!');

  await grace.getByRole('button', { name: 'Ada, at values. Go there' }).click();
  await expect(grace.getByText('Ada is editing this step.')).toBeVisible();
  const field = grace.getByRole('textbox', { name: 'greeting' });
  await expect(field).toHaveAttribute('aria-readonly', 'true');
  await expectNoFaults(grace, 'a step that somebody else edits');
  await grace.getByRole('button', { name: 'Edit anyway' }).click();
  await expect(field).not.toHaveAttribute('aria-readonly', 'true');
  await field.click();
  await grace.keyboard.press('End');
  await grace.keyboard.insertText('?');
  await saved(grace);
  await expect(ada.getByRole('textbox', { name: 'greeting' })).toContainText('?');
});

test('a deleted workflow says so, and its draft becomes a new one', async () => {
  const { id, url } = await together('gone');
  await title(grace).fill('Not to be lost');
  await saved(grace);
  await call(ada, 'DELETE', `/projects/orders/workflows/${id}`);
  const dialog = grace.getByRole('dialog', { name: 'Ada deleted this workflow' });
  await dialog.getByRole('button', { name: 'Keep it as a new workflow' }).click();
  await expect(grace).not.toHaveURL(url);
  await expect(title(grace)).toHaveValue('Not to be lost');
});

test('what is typed while the server is killed is saved when it is back', async ({ patchbay }) => {
  const { id } = await together('killed');
  await title(grace).fill('Before');
  await saved(grace);
  const killed = patchbay.kill();
  await title(grace).pressSequentially(' and while it was down', { delay: 30 });
  await killed;
  await expect(grace.getByText('offline, kept in this browser')).toBeVisible();
  await patchbay.restart();
  await saved(grace);
  const { document } = await call<{ document: { title: string } }>(
    grace,
    'GET',
    `/projects/orders/workflows/${id}`,
  );
  expect(document.title).toBe('Before and while it was down');
  // They find each other again.
  await expect(grace.getByRole('listitem').getByLabel('Ada', { exact: true })).toBeVisible();
});

test('a tab that is gone without a last word loses nothing: another one takes its edits up', async () => {
  const { url } = await together('crash');
  let reached = false;
  await graceContext.route('**/draft', (route) => (reached ? route.continue() : route.abort()));
  await graceContext.addInitScript(() => {
    for (const end of ['pagehide', 'visibilitychange', 'beforeunload']) {
      window.addEventListener(end, (event) => event.stopImmediatePropagation(), true);
    }
  });
  await grace.reload();
  await title(grace).fill('Typed before the end');
  await expect(grace.getByText('offline, kept in this browser')).toBeVisible();
  await grace.close();
  reached = true;
  grace = await graceContext.newPage();
  await grace.goto(url);
  await expect(title(grace)).toHaveValue('Typed before the end');
  await expect(grace.getByText('Edits that had not been saved are back')).toBeVisible();
  await expect(title(ada)).toHaveValue('Typed before the end');
});

test('where the browser keeps nothing, it is said that only this window has the edits', async ({
  browser,
  patchbay,
}) => {
  const { url } = await together('blocked');
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  const page = await signedIn(context, patchbay);
  await page.goto(url);
  await expect(title(page)).toBeEditable();
  await context.setOffline(true);
  await title(page).fill('In this window only');
  await expect(page.getByText('offline, in this window only')).toBeVisible();
  await context.setOffline(false);
  await saved(page);
  await context.close();
});
