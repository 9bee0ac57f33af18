import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { call, callTool, published } from './by-api.ts';
import { expectNoFaults } from './faults.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'runs', permissions: ['clipboard-read', 'clipboard-write'] });

const run = promisify(execFile);

test('runs are found, opened, copied as a command, kept as a test and run again; calls are charted', async ({
  page,
  patchbay,
  upstream,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  await published(page, {
    name: 'order_total',
    steps: {
      arguments: ['input'],
      fetch: ['http', { url: `${upstream.url}/orders/{{ input.text }}` }],
      answer: ['output', { parts: [{ type: 'text', text: 'for {{ steps.fetch.body.customer }}' }] }],
    },
    edges: ['arguments -> fetch', 'fetch -> answer'],
  });
  const base = `${patchbay.url}/projects/orders`;
  for (const text of ['7', '8', '7']) await callTool(page, 'order_total', { text });
  const rows = page.getByRole('row').filter({ hasText: 'order_total' });

  await test.step('the list is filtered by outcome, client and text; the address holds it', async () => {
    await page.goto(`${base}/runs`);
    await expect(rows).toHaveCount(3);
    await page.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'Failed' }).click();
    await expect(rows).toHaveCount(1);
    await expect(page).toHaveURL(/status=failed/);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('combobox', { name: 'Client' }).click();
    await page.getByRole('option', { name: 'curl' }).click();
    await expect(rows).toHaveCount(3);
    await page.getByRole('searchbox', { name: 'Run id or error' }).fill('404');
    await expect(rows).toHaveCount(1);
    await expect(page).toHaveURL(/client=curl&text=404/);
    await page.reload();
    await expect(rows).toHaveCount(1);
    await page.getByRole('searchbox', { name: 'Run id or error' }).fill('nowhere');
    await expect(page.getByText('No run matches')).toBeVisible();
    await page.getByRole('link', { name: 'Show all runs' }).click();
    await expect(rows).toHaveCount(3);
    await page.getByRole('button', { name: 'Duration' }).click();
    await expect(page.getByRole('columnheader', { name: 'Duration' })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
    await expectNoFaults(page, 'the list of runs');
    await page.getByRole('button', { name: 'Started' }).click();
  });

  await test.step('a new run is told, and the list does not jump', async () => {
    await callTool(page, 'order_total', { text: '7' });
    const news = page.getByRole('button', { name: '1 new run' });
    await expect(news).toBeVisible();
    await expect(rows).toHaveCount(3);
    await news.click();
    await expect(rows).toHaveCount(4);
    await expect(news).toBeHidden();
  });

  await test.step('a run tells its steps, its caller, the answer as a client sees it and what came from outside', async () => {
    await rows.first().getByRole('link').click();
    await page.waitForURL('**/runs/*');
    await expect(page.getByRole('list', { name: 'Steps of the run' }).getByRole('button')).toHaveCount(3);
    await expect(page.getByText(/Key \d+ pbk_/)).toBeVisible();
    await page.getByRole('radio', { name: 'As a client sees it' }).click();
    await expect(page.getByRole('region', { name: 'As a client sees it' })).toContainText('for Ada');
    await expectNoFaults(page, 'a run as a client sees it');
    await page.getByRole('radio', { name: 'From outside' }).click();
    const outside = page.getByRole('region', { name: 'From outside' });
    await expect(outside.getByText(`GET ${upstream.url}/orders/7`)).toBeVisible();
    await expect(page).toHaveURL(/show=outside/);
    await expectNoFaults(page, 'what a run got from outside');
  });

  await test.step('it is copied as a command that a shell runs', async () => {
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Copy as curl' }).click();
    await expect(page.getByText(/put a key where YOUR_API_KEY stands/)).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const { secret } = await call<{ secret: string }>(page, 'POST', '/projects/orders/keys', {
      name: 'Shell',
    });
    const { stdout } = await run('sh', ['-c', `${copied.replace('YOUR_API_KEY', secret)} --silent`]);
    expect(stdout).toContain('for Ada');
  });

  await test.step('it is kept as a test, replayed, and run again with the draft', async () => {
    await page.getByRole('button', { name: 'Save as test' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Order of Ada');
    await page.getByRole('button', { name: 'Save test' }).click();
    await expect(page.getByText('Order of Ada is a test now: publishing runs it')).toBeVisible();
    await page.getByRole('button', { name: 'Replay with the draft' }).click();
    await expect(
      page.getByRole('region', { name: 'Replay', exact: true }).getByText('Same result'),
    ).toBeVisible();
    const before = page.url();
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByRole('menuitem', { name: 'With the draft' }).click();
    await expect(page).not.toHaveURL(before);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('draft');
    await expect(page.getByText('Succeeded').first()).toBeVisible();
  });

  await test.step('the calls are in the charts, by tool and by client', async () => {
    await page.goto(`${base}/insights`);
    const figures = page.getByRole('main');
    await expect(figures.getByRole('region', { name: 'Calls by hour' })).toBeVisible();
    const tools = page.getByRole('region', { name: 'By tool' });
    await expect(tools.getByRole('row').filter({ hasText: 'order_total' })).toContainText('20 %');
    await expect(page.getByRole('region', { name: 'By client' })).toContainText('curl');
    await page.getByRole('button', { name: 'As a table' }).first().click();
    const table = page.getByRole('table', { name: 'Calls by hour, as a table' });
    await expect(table.getByRole('row').nth(1)).toContainText('4');
    await expectNoFaults(page, 'insights');
    await tools.getByRole('link', { name: 'order_total' }).click();
    await expect(page).toHaveURL(/workflow=/);
    await page.getByRole('radio', { name: '30 days' }).click();
    await expect(figures.getByRole('region', { name: 'Calls by day' })).toBeVisible();
    await tools.getByRole('link', { name: /1 errors: show the runs/ }).click();
    await page.waitForURL(/runs\?workflow=.*status=failed/);
    await expect(rows).toHaveCount(1);
  });
});
