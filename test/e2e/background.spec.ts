import { createHmac } from 'node:crypto';
import { call, type drawn, published } from './by-api.ts';
import { expectNoFaults } from './faults.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'background' });

const GREET = {
  name: 'greet',
  steps: {
    arguments: ['input'],
    answer: ['output', { parts: [{ type: 'text', text: 'Hi {{ input.text }}' }] }],
  },
  edges: ['arguments -> answer'],
} satisfies Parameters<typeof drawn>[0];

test('runs in the background: a schedule, a signed webhook, and dead letters', async ({
  page,
  patchbay,
  upstream,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  const base = `${patchbay.url}/projects/orders`;
  const workflow = await published(page, GREET);
  const panel = page.getByRole('complementary').last();

  await test.step('a schedule is made from words, and says when it will run', async () => {
    await page.goto(`${base}/workflows/${workflow}`);
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'New schedule' });
    await dialog.getByLabel('Name').fill('Morning greeting');
    await dialog.getByLabel('Cron').fill('not a time');
    await expect(dialog.getByText(/must have five fields/)).toBeVisible();
    await dialog.getByRole('combobox', { name: 'When' }).click();
    await page.getByRole('option', { name: 'Every Monday at 09:00' }).click();
    await dialog.getByLabel('Time zone').selectOption('Asia/Tokyo');
    const times = dialog.getByRole('region', { name: 'Next times' }).getByRole('listitem');
    await expect(times).toHaveCount(5);
    await expect(times.first()).toContainText(/^Mon, .* 09:00 GMT\+9/);
    await dialog.getByLabel('Text').fill('Ada');
    await expectNoFaults(page, 'schedule');
    await dialog.getByRole('button', { name: 'Create schedule' }).click();
    await expect(panel.getByText('Every Monday at 09:00 · Asia/Tokyo')).toBeVisible();
    await expect(panel.getByText(/Next in \d|Next tomorrow/)).toBeVisible();
    await panel.getByRole('switch', { name: 'Morning greeting is on' }).click();
    await expect(panel.getByText(/^Off/)).toBeVisible();
  });

  await test.step('a webhook shows its secret once, and runs what is signed with it', async () => {
    await page.getByRole('button', { name: 'Webhook', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'New webhook' });
    await dialog.getByLabel('Name').fill('Shop');
    await dialog.getByRole('button', { name: 'Create webhook' }).click();
    const made = page.getByRole('dialog', { name: 'Copy the secret now' });
    const url = (await made.getByRole('region', { name: 'Address', exact: true }).textContent()) ?? '';
    const secret = (await made.getByRole('region', { name: 'Secret', exact: true }).textContent()) ?? '';
    await expectNoFaults(page, 'webhook');
    await made.getByRole('button', { name: 'I have copied it' }).click();
    const body = '{"text":"Grace"}';
    const send = (signed: string) => {
      const at = Math.floor(Date.now() / 1000);
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const signature = createHmac('sha256', key).update(`msg_1.${at}.${signed}`).digest('base64');
      return page.request.post(url, {
        headers: {
          'content-type': 'application/json',
          'webhook-id': 'msg_1',
          'webhook-timestamp': String(at),
          'webhook-signature': `v1,${signature}`,
        },
        data: Buffer.from(body),
      });
    };
    expect((await send('{"text":"Eve"}')).status()).toBe(404);
    expect((await send(body)).ok()).toBe(true);
    await page.goto(`${base}/runs?cause=webhook`);
    const row = page.getByRole('row', { name: /greet/ });
    await expect(row.getByText('Succeeded')).toBeVisible();
    await expect(row.getByText('Webhook')).toBeVisible();
    expect(await page.content()).not.toContain(secret);
    await row.getByRole('link').first().click();
    await expect(page.getByText('Hi Grace')).toBeVisible();
  });

  await test.step('both are deleted, asked once', async () => {
    await page.goto(`${base}/workflows/${workflow}`);
    await expect(panel.getByText(/Last/)).toBeVisible();
    await page.getByRole('button', { name: 'More about Shop' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete webhook' }).click();
    await expect(panel.getByText('Shop')).toBeHidden();
  });

  await test.step('a run that fails for good is a dead letter: retried once, then dismissed', async () => {
    const failing = await published(page, {
      name: 'fetch_order',
      steps: {
        arguments: ['input'],
        fetch: ['http', { url: `${upstream.url}/orders/{{ input.text }}` }],
        answer: ['output'],
      },
      edges: ['arguments -> fetch', 'fetch -> answer'],
    });
    await call(page, 'POST', `/projects/orders/workflows/${failing}/jobs`, { input: { text: '404' } });
    await page.goto(`${base}/runs`);
    await page.getByRole('radio', { name: 'Dead letters' }).click();
    const row = page.getByRole('row', { name: /fetch_order/ });
    await expect(row.getByText('Failed')).toBeVisible();
    await expect(row.getByText('API')).toBeVisible();
    await expect(row.getByText('1 attempt')).toBeVisible();
    await expectNoFaults(page, 'dead letters');
    const tries = upstream.requests.get('/orders/404') ?? 0;
    expect(tries).toBeGreaterThan(0);
    await row.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => upstream.requests.get('/orders/404')).toBeGreaterThan(tries);
    await expect(row.getByText('Failed')).toBeVisible();
    await row.getByRole('link').first().click();
    await expect(page.getByText(/failed for good, in [2-9] attempts/)).toBeVisible();
    await expectNoFaults(page, 'a dead letter');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(page.getByText(/failed for good/)).toBeHidden();
    await page.goto(`${base}/runs?dead=true`);
    await expect(page.getByText('No dead letters')).toBeVisible();
  });
});
