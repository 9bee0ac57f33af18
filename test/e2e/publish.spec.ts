import { call, callTool } from './by-api.ts';
import { expectNoFaults } from './faults.ts';
import { AT, findOrder, LANGUAGE, made, ORDER } from './find-order.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'publish' });

test('what speaks against nothing is published at a press, and taken back with another', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  const id = await made(page);
  await page.goto(`${patchbay.url}${AT}/${id}`);
  await page.getByRole('button', { name: 'Publish v1' }).click();
  await expect(page.getByText('find_order v1 is live', { exact: true })).toBeVisible();
  await expect(page.getByText('Live v1, no changes')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page
    .getByRole('listitem')
    .filter({ hasText: 'is live' })
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect(page.getByText('Unpublished: clients no longer see this tool')).toBeVisible();

  await test.step('the review, asked for, says how all stands', async () => {
    await page.getByRole('button', { name: 'More about publishing' }).click();
    await page.getByRole('menuitem', { name: 'Review and publish v2' }).click();
    const dialog = page.getByRole('dialog', { name: 'Publish v2' });
    await expect(dialog.getByRole('heading', { name: 'No problems' })).toBeVisible();
    await expect(
      dialog.getByRole('heading', { name: /^Definition: 9\d of 100, about \d+ tokens/ }),
    ).toBeVisible();
    await expectNoFaults(page, 'the review before publishing');
    await dialog.getByRole('button', { name: 'Publish v2' }).click();
    await expect(page.getByText('find_order v2 is live', { exact: true })).toBeVisible();
  });

  await test.step('a version that breaks clients asks for a choice: another tool, or despite that', async () => {
    expect((await callTool(page, 'find_order', { order: 7 })).isError ?? false).toBe(false);
    const { revision } = await call<{ revision: number }>(page, 'GET', `${AT}/${id}`);
    const draft = findOrder('Order {{ input.order }} in {{ input.language }}', {
      order: ORDER,
      language: LANGUAGE,
    });
    await call(page, 'PUT', `${AT}/${id}/draft`, { revision, document: draft });
    await page.goto(`${patchbay.url}${AT}/${id}`);
    await page.getByRole('button', { name: 'Publish v3' }).click();
    const dialog = page.getByRole('dialog', { name: 'Publish v3' });
    await expect(dialog.getByRole('heading', { name: 'Breaks 1 client' })).toBeVisible();
    await expect(dialog.getByRole('list', { name: 'Changes for callers' })).toContainText(
      'Argument "language" is new, and required',
    );
    await expect(dialog.getByRole('row', { name: /^curl 1 / })).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Publish v3' })).toBeDisabled();
    await expectNoFaults(page, 'a version that breaks clients');

    await dialog.getByRole('radio', { name: /Publish it as another tool/ }).check();
    await dialog.getByRole('button', { name: 'Publish find_order_2' }).click();
    await expect(page.getByText('find_order_2 v1 is live; find_order stays at v2')).toBeVisible();

    await page.getByRole('button', { name: 'Publish v3' }).click();
    await dialog.getByRole('radio', { name: /Publish although it breaks 1 client/ }).check();
    await dialog.getByRole('button', { name: 'Publish v3' }).click();
    await expect(page.getByText('find_order v3 is live', { exact: true })).toBeVisible();
  });
});
