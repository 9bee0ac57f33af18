import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'knowledge', viewport: { width: 1280, height: 800 } });

const RETURNS = `# Returns

## Time limits

Goods go back within 30 days of delivery. Money is paid back within 14 days, to the card that paid.

## How to send goods back

Print the label of article AX-1040, put it on the parcel and bring it to any shop. Keep the receipt: it says when the parcel was taken. Larger goods are fetched: call the warehouse a day before, and say which floor they stand on. Whoever sends more than five articles packs them one by one, so that nothing is broken on the way. Parcels without a label are opened, looked through and kept for a month; then they are given to those who need them.

## What cannot go back

Food, flowers and what was made to measure stay with whoever bought them, unless they came damaged or late.
`;

const PAGES: Record<string, string> = {
  '/docs/': '<h1>Opening hours</h1><p>The shop opens at nine.</p><a href="/docs/sunday">Sundays</a>',
  '/docs/sunday': '<h1>Sundays</h1><p>On Sundays the shop is closed, but the café is open.</p>',
};

let site: Server;
test.beforeAll(async () => {
  site = createServer((request, response) => {
    const page = PAGES[request.url ?? ''];
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
    response.end(page ? `<html lang="en"><body><main>${page}</main></body></html>` : 'Not here');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
});
test.afterAll(() => {
  site.closeAllConnections();
  site.close();
});

test('documents are added, found, cut anew, brought by a website, and measured', async ({
  page,
  patchbay,
}) => {
  await setUp(page, patchbay);
  await makeProject(page);
  const tab = (name: string) =>
    page.getByRole('navigation', { name: 'Knowledge base' }).getByRole('link', { name }).click();

  await test.step('make a base, and drop three files of which one is broken', async () => {
    await page.getByRole('link', { name: 'Knowledge' }).click();
    await page.getByRole('button', { name: 'New knowledge base' }).first().click();
    await page.getByLabel('Name').fill('Handbook');
    await page.getByRole('combobox', { name: 'Language of the documents' }).click();
    await page.getByRole('option', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Create knowledge base' }).click();
    await page.waitForURL('**/knowledge/*');
    await page.getByLabel(/Drop documents here/).setInputFiles([
      { name: 'returns.md', mimeType: 'text/markdown', buffer: Buffer.from(RETURNS) },
      { name: 'prices.csv', mimeType: 'text/csv', buffer: Buffer.from('article,price\nAX-1040,12.50\n') },
      { name: 'broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nno document') },
    ]);
    await expect(page.getByRole('region', { name: 'Uploads' })).toContainText('3 added');
    await expect(page.getByRole('row', { name: /prices.csv/ })).toContainText('1 passage');
  });

  await test.step('see why one failed, try it again, and delete it', async () => {
    const broken = page.getByRole('row', { name: /broken.pdf/ });
    await expect(broken).toContainText(/broken: it could not be read/);
    await broken.getByRole('button', { name: 'Retry broken.pdf' }).click();
    await expect(broken).toContainText(/broken: it could not be read/);
    await broken.getByRole('button', { name: 'More about broken.pdf' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete document' }).click();
    await expect(broken).toBeHidden();
  });

  await test.step('find a passage, and save the question', async () => {
    await tab('Search');
    await page.getByLabel('What would the model ask?').fill('when is money paid back');
    const first = page.getByRole('region', { name: 'Found passages' }).getByRole('listitem').first();
    await expect(first).toContainText('Time limits');
    await expect(first.locator('mark').filter({ hasText: /^money$/i })).toBeVisible();
    await page.getByRole('button', { name: 'Save as question' }).click();
    await page.getByRole('dialog').getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Save question' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await first.getByRole('link', { name: 'Returns' }).click();
  });

  await test.step('open the document at it, and cut it into smaller passages', async () => {
    await page.waitForURL(/documents\/.+#passage-1$/);
    await expect(page.locator('[aria-current=true]')).toContainText('Money is paid back');
    await page.getByRole('button', { name: 'Try other sizes' }).click();
    await page.getByRole('spinbutton', { name: 'Size of a passage' }).fill('200');
    await expect(page.getByRole('region', { name: 'With these sizes' })).toContainText(
      /With these sizes: [5-9] passages/,
    );
    await page.getByRole('link', { name: 'Take them into the settings' }).click();
    await expect(page.getByRole('spinbutton', { name: 'Size of a passage' })).toHaveValue('200');
    await page.getByRole('button', { name: 'Save reading' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Read anew' }).click();
    await expect(page.getByText(/2 documents · [6-9] passages/)).toBeVisible();
  });

  await test.step('have the pages of a website read', async () => {
    await tab('Sources');
    await page.getByRole('button', { name: 'Add a source' }).click();
    await page.getByRole('menuitem', { name: 'Website' }).click();
    const { port } = site.address() as AddressInfo;
    await page.getByLabel('Addresses').fill(`http://127.0.0.1:${port}/docs/`);
    await page.getByRole('switch', { name: /Follow links/ }).click();
    await page.getByLabel('Name', { exact: false }).last().fill('Shop');
    await page.getByRole('button', { name: 'Add source' }).click();
    const source = page.getByRole('listitem').filter({ hasText: 'Shop' });
    await expect(source).toContainText('2 added', { timeout: 30_000 });
    await source.getByRole('link', { name: '2 documents' }).click();
    await expect(page.getByRole('row', { name: /Sundays|sunday/ })).toContainText('1 passage');
  });

  await test.step('measure how well it finds', async () => {
    await tab('Quality');
    await page.getByRole('button', { name: 'New question' }).click();
    await page.getByLabel('Question', { exact: true }).fill('Is the café open on Sundays?');
    await page.getByLabel('Document', { exact: true }).fill('prices.csv');
    await page.getByRole('button', { name: 'Save question' }).click();
    await expect(page.getByRole('list', { name: 'Questions' }).getByRole('listitem')).toHaveCount(2);
    await page.getByRole('button', { name: 'Measure' }).click();
    const measured = page.getByRole('region', { name: 'How well it finds' });
    await expect(measured.getByRole('row', { name: /Full text/ }).first()).toContainText('0.50');
    // One of the two names a document that does not say it.
    await expect(measured.getByRole('row', { name: /Is the café open/ })).toContainText('not found');
  });
});
