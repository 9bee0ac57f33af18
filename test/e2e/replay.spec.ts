import { call, drawn } from './by-api.ts';
import { expectNoFaults } from './faults.ts';
import { expect, test } from './patchbay.ts';
import { canvasOpened, makeProject, setUp } from './steps.ts';

test.use({ instance: 'replay' });

const order = (upstream: string) =>
  ({
    name: 'order_total',
    steps: {
      arguments: ['input'],
      fetch: ['http', { url: `${upstream}/orders/{{ input.text }}` }],
      name: ['template', { text: 'for {{ steps.fetch.body.customer }}' }],
      answer: ['output', { parts: [{ type: 'text', text: '{{ steps.name }}' }] }],
    },
    edges: ['arguments -> fetch', 'fetch -> name', 'name -> answer'],
  }) satisfies Parameters<typeof drawn>[0];

test('a run is replayed with the draft, kept as a test, and keeps a draft back that answers otherwise', async ({
  page,
  patchbay,
  upstream,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  const base = `${patchbay.url}/projects/orders`;
  const { id } = await call<{ id: string }>(page, 'POST', '/projects/orders/workflows', {
    name: 'order_total',
    document: drawn(order(upstream.url)),
  });
  const canvas = `${base}/workflows/${id}`;
  let run = '';

  await test.step('a run of the draft is replayed: the same, and nothing is sent', async () => {
    const { runId } = await call<{ runId: string }>(page, 'POST', `/projects/orders/workflows/${id}/runs`, {
      input: { text: '7' },
    });
    run = `${base}/runs/${runId}`;
    await page.goto(run);
    await expect(page.getByText('Succeeded').first()).toBeVisible();
    const requests = upstream.requests.get('/orders/7');
    await page.getByRole('button', { name: 'Replay with the draft' }).click();
    const replay = page.getByRole('region', { name: 'Replay', exact: true });
    await expect(replay.getByText('Same result')).toBeVisible();
    expect(upstream.requests.get('/orders/7')).toBe(requests);
    await expectNoFaults(page, 'a replay');
  });

  await test.step('it is kept as a test, which passes', async () => {
    await page.getByRole('button', { name: 'Save as test' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Order of Ada');
    await page.getByRole('button', { name: 'Save test' }).click();
    await page.goto(canvas);
    const tests = page.getByRole('list', { name: 'Tests' });
    await expect(tests.getByText('Order of Ada')).toBeVisible();
    await page.getByRole('button', { name: 'Run all tests' }).click();
    await expect(tests.getByText('Passed')).toBeVisible();
  });

  await test.step('the draft is changed: the replay says which step differs first, and how', async () => {
    await page.locator('.react-flow__node', { hasText: 'name' }).last().click();
    await page.getByRole('textbox', { name: 'Text', exact: true }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('of {{ steps.fetch.body.customer }}');
    await expect(page.getByText(/· saved/)).toBeVisible();
    await page.goto(run);
    await page.getByRole('button', { name: 'Replay with the draft' }).click();
    const replay = page.getByRole('region', { name: 'Replay', exact: true });
    await expect(replay.getByText('has another value')).toBeVisible();
    await expect(replay.getByRole('region', { name: 'Recorded' })).toContainText('for Ada');
    await expect(replay.getByRole('region', { name: 'Now' })).toContainText('of Ada');
    await expectNoFaults(page, 'a replay that differs');
  });

  await test.step('publishing asks about the test that fails, and is done despite it', async () => {
    await page.goto(canvas);
    await canvasOpened(page);
    await page.keyboard.press('ControlOrMeta+Shift+p');
    const dialog = page.getByRole('dialog');
    const failing = dialog.getByRole('list', { name: 'Tests that fail' });
    await expect(failing.getByText('Order of Ada')).toBeVisible();
    await failing.getByRole('button', { name: 'It answers something else' }).click();
    await expect(failing.getByRole('region', { name: 'Expected' })).toBeVisible();
    await expectNoFaults(page, 'tests that fail');
    const publish = dialog.getByRole('button', { name: 'Publish v1' });
    await expect(publish).toBeDisabled();
    await dialog.getByRole('checkbox', { name: 'Publish although 1 test fails' }).click();
    await publish.click();
    await expect(page.getByText('order_total v1 is live')).toBeVisible();
  });
});
