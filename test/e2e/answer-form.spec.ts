import type { JsonObject } from '#lib/workflow/json.ts';
import { call } from './by-api.ts';
import { expectNoFaults } from './faults.ts';
import { AT, findOrder, made } from './find-order.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'answer-form' });

test('the form of the answer is read off runs, promised, and warned of when an answer broke it', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  const id = await made(page);
  const answering = (value: JsonObject) => {
    const { nodes, ...rest } = findOrder('Order {{ input.order }}');
    const [start, end] = nodes as [(typeof nodes)[number], (typeof nodes)[number]];
    return { ...rest, nodes: [start, { ...end, config: { parts: [], structured: { value } } }] };
  };
  const run = async (value: JsonObject) => {
    const { runId } = await call<{ runId: string }>(page, 'POST', `${AT}/${id}/runs`, {
      input: { order: 7 },
      document: answering(value),
    });
    await expect
      .poll(
        async () => (await call<{ status: string }>(page, 'GET', `/projects/orders/runs/${runId}`)).status,
      )
      .toBe('succeeded');
  };
  await call(page, 'PUT', `${AT}/${id}/draft`, {
    revision: 1,
    document: answering({ id: '{{ input.order }}', note: '{{ null }}' }),
  });
  await run({ id: '{{ input.order }}', note: '{{ null }}' });
  await run({ id: '{{ input.order }}', note: 'fragile' });

  await page.goto(`${patchbay.url}${AT}/${id}`);
  await page.locator('.react-flow__node', { hasText: 'answer' }).click();
  const form = page.getByRole('region', { name: 'Form of the answer' });
  await form.getByRole('button', { name: 'What is promised: 2 fields' }).click();
  await expect(form.getByRole('listitem').filter({ hasText: 'note' })).toContainText('text or nothing');
  await expectNoFaults(page, 'the form of an answer');
  await form.getByRole('button', { name: 'Promise this form: 2 fields from 2 runs' }).click();
  await expect(form.getByText('The answers of 2 runs keep what is promised.')).toBeVisible();

  await run({ id: 'seven', note: 'fragile' });
  await expect(page.getByText(/· saved/)).toBeVisible();
  await page.reload();
  await expect(form.getByText(/1 answer of 3 runs would break what is promised/)).toBeVisible();
  await form.getByRole('button', { name: 'Make room for them' }).click();
  await expect(form.getByText('The answers of 3 runs keep what is promised.')).toBeVisible();
});
