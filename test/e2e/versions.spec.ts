import { call } from './by-api.ts';
import { expectNoFaults } from './faults.ts';
import { AT, findOrder, made } from './find-order.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'versions' });

test('what a version changed is seen on the graph and field by field; an earlier one is restored, and that undone', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  const id = await made(page);
  await call(page, 'POST', `${AT}/${id}/publish`, { revision: 1, note: 'The first one' });
  const { nodes, edges, ...rest } = findOrder('It was sent.\nOrder {{ input.order }}');
  const [start, end] = nodes as [(typeof nodes)[number], (typeof nodes)[number]];
  const log = { ...start, id: 'log', key: 'log', kind: 'log', config: { level: 'info', text: 'found' } };
  const draft = {
    ...rest,
    nodes: [start, { ...log, position: { x: 0, y: 200 } }, end],
    edges: [
      ...edges,
      { id: 'a', from: { node: start.id, handle: 'out' }, to: { node: 'log' } },
      { id: 'b', from: { node: 'log', handle: 'out' }, to: { node: end.id } },
    ],
  };
  await call(page, 'PUT', `${AT}/${id}/draft`, { revision: 1, document: draft });

  await test.step('the draft against what is live', async () => {
    await page.goto(`${patchbay.url}${AT}/${id}`);
    await page.getByRole('link', { name: /^Draft, \d changes since v1$/ }).click();
    await page.waitForURL(`**/workflows/${id}/versions`);
    const changes = page.getByRole('complementary', { name: 'Changes' });
    await expect(changes.getByText('Callers notice nothing.')).toBeVisible();
    const graph = page.getByRole('main');
    await expect(graph.locator('[data-id="log"]').getByText('Added')).toBeVisible();
    await expect(graph.locator(`[data-id="${end.id}"]`).getByText('Changed')).toBeVisible();
    await expect(
      changes.getByRole('list', { name: 'Connections that differ' }).getByRole('listitem'),
    ).toHaveCount(2);
    await changes.getByRole('button', { name: /^Changed answer 1 field/ }).click();
    await expect(changes.getByRole('figure')).toContainText('added: It was sent.');
    await expect(page).toHaveURL(/step=/);
    await expectNoFaults(page, 'a draft compared with what is live');
  });

  await test.step('version 1 is restored, and the draft before it is still there', async () => {
    await page
      .getByRole('navigation', { name: 'Versions' })
      .getByRole('button', { name: /^v1 Live/ })
      .click();
    await page.getByRole('link', { name: 'Restore v1' }).click();
    await expect(page.getByText('The draft is v1 again')).toBeVisible();
    await expect(page.getByText('Live v1, no changes')).toBeVisible();
    await expect(page.locator('.react-flow__node')).toHaveCount(2);
    await page
      .getByRole('listitem')
      .filter({ hasText: 'is v1 again' })
      .getByRole('button', { name: 'Undo' })
      .click();
    await expect(page.locator('.react-flow__node')).toHaveCount(3);
    await expect(page.getByText(/· saved/)).toBeVisible();
    await page.goto(`${patchbay.url}${AT}/${id}/versions`);
    await page.getByRole('button', { name: /^Draft before v1/ }).click();
    await expect(page.getByRole('main').locator('.react-flow__node')).toHaveCount(3);
  });

  await test.step('the project goes back to an earlier release as a whole', async () => {
    await call(page, 'POST', `${AT}/${id}/unpublish`);
    await page.goto(`${patchbay.url}/projects/orders/releases`);
    const first = page.getByRole('row', { name: /^1 Published find_order v1/ });
    await expect(first.getByText('/mcp/orders@1')).toBeVisible();
    await expectNoFaults(page, 'releases');
    await first.getByRole('button', { name: 'Roll back to it' }).click();
    await page.getByRole('button', { name: 'Roll back the project' }).click();
    await expect(page.getByText('What release 1 served is live again')).toBeVisible();
    await expect(page.getByRole('row', { name: /^3 Live Rolled back find_order v1/ })).toBeVisible();
  });
});
