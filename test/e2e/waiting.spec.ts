import { call, callTool, drawn, published } from './by-api.ts';
import { expectNoFaults } from './faults.ts';
import { expect, test } from './patchbay.ts';
import { canvasOpened, makeProject, setUp } from './steps.ts';

test.use({ instance: 'waiting' });

const APPROVE = {
  name: 'refund',
  steps: {
    arguments: ['input'],
    consent: [
      'approve',
      { message: 'Refund 12 € to Ada?', details: { order: 7, lines: [{ item: 'cable', price: 12 }] } },
    ],
    answer: ['output', { parts: [{ type: 'text', text: 'refunded by {{ steps.consent.by }}' }] }],
  },
  edges: ['arguments -> consent', 'consent.approved -> answer'],
} satisfies Parameters<typeof drawn>[0];

const ASK = {
  name: 'which_order',
  steps: {
    arguments: ['input'],
    ask: [
      'ask-user',
      {
        message: 'Which colour should the cable have?',
        mode: 'schema',
        schema: {
          type: 'object',
          properties: { colour: { type: 'string', title: 'Colour' } },
          required: ['colour'],
        },
      },
    ],
    answer: ['output', { parts: [{ type: 'text', text: 'a {{ steps.ask.colour }} cable' }] }],
  },
  edges: ['arguments -> ask', 'ask -> answer'],
} satisfies Parameters<typeof drawn>[0];

test('runs wait for people: an approval in the app, an answer by link, an answer on the canvas', async ({
  page,
  patchbay,
  browser,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  const base = `${patchbay.url}/projects/orders`;

  await test.step('nobody was asked yet', async () => {
    await page.getByRole('link', { name: 'Approvals' }).click();
    await expect(page.getByText('Nobody was asked yet')).toBeVisible();
  });

  await test.step('a call waits for approval, and the tab says how many do', async () => {
    await published(page, APPROVE);
    const { content } = await callTool(page, 'refund', { text: 'x' });
    expect(content[0]?.text).toContain('/approvals');
    await expect(page.getByRole('link', { name: /Approvals 1/ })).toBeVisible();
    await expect(page.getByText('Refund 12 € to Ada?').first()).toBeVisible();
    await expectNoFaults(page, 'approvals');
  });

  await test.step('two people decide at once: the second is told, and sees who was first', async () => {
    const other = await page.context().newPage();
    await other.goto(`${base}/approvals?status=pending`);
    await expect(other.getByRole('button', { name: 'Approve' })).toBeVisible();
    await other.route('**/approvals?**', (route) => route.abort());
    await page.getByLabel('Comment').fill('Seen the parcel');
    await page.getByRole('button', { name: 'Approve' }).click();
    await expect(page.getByRole('cell', { name: 'Seen the parcel' })).toBeVisible();
    await expect(page.getByRole('cell', { name: 'Ada', exact: true })).toBeVisible();
    await other.getByRole('button', { name: 'Refuse' }).click();
    await expect(other.getByText('This was approved already by Ada.')).toBeVisible();
    await other.unroute('**/approvals?**');
    await expect(other.getByText('No approval matches')).toBeVisible();
    await other.close();
    await page.getByRole('link', { name: 'Refund 12 € to Ada?' }).click();
    await page.waitForURL('**/runs/*');
    await expect(page.getByText('Succeeded').first()).toBeVisible();
    await expect(page.getByText('refunded by Ada')).toBeVisible();
  });

  await test.step('a client that cannot ask gets a link; whoever has it answers, signed in or not', async () => {
    await published(page, ASK);
    const { content } = await callTool(page, 'which_order', { text: 'x' });
    const link = /https?:\/\/\S+\/answer\/[^\s)]+/.exec(content.map(({ text }) => text).join('\n'))?.[0];
    expect(link).toBeDefined();
    const stranger = await browser.newContext();
    const theirs = await stranger.newPage();
    await theirs.goto(link ?? '');
    await expect(theirs.getByText('Which colour should the cable have?')).toBeVisible();
    await expect(theirs.getByText('which_order')).toBeVisible();
    await expectNoFaults(theirs, 'answer by link');
    await theirs.getByLabel('Colour').fill('green');
    await theirs.getByRole('button', { name: 'Send the answer' }).click();
    await expect(theirs.getByText('You can close this page; the run goes on.')).toBeVisible();
    await theirs.reload();
    await expect(theirs.getByText('This was answered already')).toBeVisible();
    await theirs.goto(`${(link ?? '').slice(0, -6)}AAAAAA`);
    await expect(theirs.getByText('This link leads nowhere')).toBeVisible();
    await stranger.close();
    await page.goto(`${base}/runs`);
    const row = page.getByRole('row', { name: /which_order/ });
    await expect(row.getByText('Succeeded')).toBeVisible();
    await row.getByRole('link').first().click();
    await expect(page.getByText('a green cable')).toBeVisible();
  });

  await test.step('a draft on the canvas waits, is answered there and goes on', async () => {
    const { id } = await call<{ id: string }>(page, 'POST', '/projects/orders/workflows', {
      name: 'asking_draft',
      document: drawn({ ...ASK, name: 'asking_draft' }),
    });
    await page.goto(`${base}/workflows/${id}`);
    await canvasOpened(page);
    await page.keyboard.press('ControlOrMeta+Enter');
    const dialog = page.getByRole('dialog', { name: 'Run the draft' });
    await dialog.getByLabel('Text').fill('x');
    await page.keyboard.press('ControlOrMeta+Enter');
    const runs = page.getByRole('region', { name: 'Runs' });
    await expect(runs.getByText('Waiting for an answer').first()).toBeVisible();
    await expect(runs.getByText('Which colour should the cable have?')).toBeVisible();
    await expectNoFaults(page, 'a run that waits, on the canvas');
    const other = await page.context().newPage();
    await other.goto(
      `${patchbay.url}${await runs.getByRole('link', { name: 'Open the run' }).getAttribute('href')}`,
    );
    await expect(other.getByText('Waiting for an answer').first()).toBeVisible();
    await expect(other.getByText('Which colour should the cable have?').last()).toBeVisible();
    await expectNoFaults(other, 'a run that waits');
    await runs.getByLabel('Colour').fill('red');
    await runs.getByRole('button', { name: 'Send the answer' }).click();
    await expect(runs.getByText('a red cable')).toBeVisible();
    await expect(runs.getByText('Succeeded').first()).toBeVisible();
    await expect(other.getByText('a red cable')).toBeVisible();
  });
});
