import { call, published } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'commands' });

test('every page, workflow, run and dialog is one command away', async ({ page, patchbay }) => {
  await setUp(page, patchbay);
  await makeProject(page);
  const echo = await published(page, {
    name: 'echo',
    steps: {
      arguments: ['input', { schema: { type: 'object', properties: {} } }],
      answer: ['output', { parts: [{ type: 'text', text: 'hi' }] }],
    },
    edges: ['arguments -> answer'],
  });
  const command = async (text: string, name: string | RegExp): Promise<void> => {
    const palette = page.getByRole('dialog', { name: 'Commands' });
    // A key that is pressed before the page is more than painted is nobody's.
    await expect(async () => {
      if (!(await palette.isVisible())) await page.keyboard.press('Control+k');
      await expect(palette).toBeVisible({ timeout: 3000 });
    }).toPass();
    await palette.getByRole('combobox').fill(text);
    await palette.getByRole('option', { name }).first().click();
  };
  await page.goto(`${patchbay.url}/projects/orders/runs`);
  await expect(page.getByRole('heading', { name: 'Runs' })).toBeVisible();

  await command('echo', /echo/);
  await page.waitForURL(`**/workflows/${echo}`);
  await expect(page.getByRole('button', { name: /^Run/ }).first()).toBeVisible();

  // The canvas has its own, with its steps, and leads elsewhere as well.
  await command('connections', 'Settings: connections');
  await page.waitForURL('**/settings#connections');
  await command('new key', 'New API key');
  await expect(page.getByRole('dialog').getByLabel('Name')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/connect$/);

  await command('audit', 'Audit log');
  await expect(page.getByText('Published a workflow').first()).toBeVisible();
  await page.getByRole('combobox', { name: 'About' }).click();
  await page.getByRole('option', { name: 'API keys' }).click();
  await expect(page.getByText('No event matches.')).toBeVisible();

  const { runId } = await call<{ runId: string }>(page, 'POST', `/projects/orders/workflows/${echo}/runs`, {
    input: {},
  });
  await command(runId, /Open the run/);
  await page.waitForURL(`**/runs/${runId}`);

  await command('password', 'Your account');
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Your name is changed')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByLabel('Your name')).toHaveValue('Ada');
});
