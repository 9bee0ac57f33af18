import type { Page } from '@playwright/test';
import { call, drawn } from './by-api.ts';
import { expect, test } from './patchbay.ts';
import { makeProject, setUp } from './steps.ts';

test.use({ instance: 'hostile' });
test.describe.configure({ mode: 'serial' });

/** Each would say so, were it run: it sets `window.ran`, opens a dialog, or asks a server elsewhere. */
const TRAPS = [
  '<img src=x onerror="window.ran=1">',
  '<script>window.ran=1</script>',
  '</script><script>window.ran=1</script>',
  '"><svg/onload=window.ran=1>',
  "javascript:window.ran=1//'",
  '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
  '[press](javascript:window.ran=1)',
  '![picture](https://elsewhere.example/seen.png)',
  '<a href="data:text/html,<script>opener.ran=1</script>">x</a>',
  '<style>@import "https://elsewhere.example/x.css"</style>',
  '{{constructor.constructor("window.ran=1")()}}',
];
/** Letters the other way round: taken from nobody's hands but a client's. */
const TURNED = '\u202Egnp.exe\u2066';
const ALL = TRAPS.join('\n\n');
/** The same where double braces begin an expression. */
const TEXT = ALL.replaceAll('{{', '{ {');
/** Of names with a length: what is not said in one is said in another. */
const trap = (index: number) => TRAPS[index % TRAPS.length]!;
/** Where the server may refuse some signs. */
const MARK = 'onerror="window.ran=1"';

let page: Page;
/** What the pages asked for that is not of this server. */
const outside: string[] = [];
const dialogs: string[] = [];
const blocked: string[] = [];
const paths: string[] = [];

test.beforeAll(async ({ browser, patchbay }) => {
  page = await browser.newPage();
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && origin !== patchbay.url) outside.push(request.url());
  });
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) blocked.push(message.text());
  });
  await setUp(page, patchbay);
  await makeProject(page);
  await store();
});
test.afterAll(() => page.close());

/** Puts it wherever somebody else may have put it. */
async function store(): Promise<void> {
  const at = '/projects/orders';
  await call(page, 'PATCH', at, { name: trap(0), instructions: ALL });
  const document = drawn({
    name: 'hostile',
    steps: {
      arguments: ['input', { schema: { type: 'object', properties: {} } }],
      log: ['log', { text: TEXT }],
      answer: ['output', { parts: [{ type: 'text', text: TEXT }] }],
    },
    edges: ['arguments -> log', 'log -> answer'],
  });
  const hostile = { ...document, title: trap(1), description: ALL };
  const { id, revision } = await call<{ id: string; revision: number }>(page, 'POST', `${at}/workflows`, {
    name: 'hostile',
    document: hostile,
  });
  await call(page, 'POST', `${at}/workflows/${id}/publish`, {
    revision,
    note: trap(2),
    despiteTexts: true,
  });
  const { runId } = await call<{ runId: string }>(page, 'POST', `${at}/workflows/${id}/runs`, { input: {} });
  const base = await call<{ id: string }>(page, 'POST', `${at}/knowledge`, { name: trap(3) });
  const origin = new URL(page.url()).origin;
  const uploaded = await page.request.post(`${origin}/api/v1${at}/knowledge/${base.id}/documents`, {
    headers: { origin },
    multipart: { file: { name: `${MARK}.md`, mimeType: 'text/markdown', buffer: Buffer.from(ALL) } },
  });
  expect(uploaded.ok(), await uploaded.text()).toBe(true);
  const [added] = (await uploaded.json()).items;
  const { secret } = await call<{ secret: string }>(page, 'POST', `${at}/keys`, { name: trap(5) });
  await page.request.post(`${origin}/mcp/orders`, {
    headers: { authorization: `Bearer ${secret}` },
    data: {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: `${trap(0)}${TURNED}`, version: trap(1) },
      },
    },
  });
  await call(page, 'PATCH', '/account', { name: trap(7) });
  await call(page, 'PATCH', '/organization', { name: trap(0) });
  const registered = await page.request.post(`${origin}/oauth/register`, {
    data: {
      client_name: trap(0),
      redirect_uris: ['http://127.0.0.1/callback'],
      token_endpoint_auth_method: 'none',
    },
  });
  const { client_id } = await registered.json();
  await call(page, 'PATCH', at, { access: 'oauth' });
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: 'http://127.0.0.1:4711/callback',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    state: trap(2),
    resource: `${origin}/mcp/orders`,
  });
  paths.push(
    '/projects',
    at,
    ...['runs', 'connect', 'knowledge', 'releases', 'try', 'settings', 'insights'].map(
      (tab) => `${at}/${tab}`,
    ),
    ...['', '/sources', '/search', '/quality', '/settings'].map((tab) => `${at}/knowledge/${base.id}${tab}`),
    `${at}/knowledge/${base.id}/documents/${added.document.id}`,
    `${at}/runs/${runId}`,
    `${at}/workflows/${id}`,
    `${at}/workflows/${id}/versions`,
    '/organization',
    '/organization/members',
    '/organization/audit',
    '/account',
    `/oauth/authorize?${asked}`,
  );
}

const ran = () => page.evaluate(() => (window as unknown as { ran?: number }).ran);

test('what others wrote is shown, and nothing of it runs, asks elsewhere or is tried', async ({
  patchbay,
}) => {
  test.slow();
  const shown = new Set<string>();
  for (const path of paths) {
    await page.goto(`${patchbay.url}${path}`);
    await expect(page.getByRole('heading').first()).toBeVisible();
    await expect(page.getByText(/^Loading .+…$/)).toHaveCount(0);
    expect.soft(await ran(), path).toBeUndefined();
    // As text, and no element of it.
    if ((await page.getByText('window.ran=1').count()) > 0) shown.add(path);
    expect.soft(await page.locator('[onerror], [onload], iframe[srcdoc]').count(), path).toBe(0);
    expect
      .soft(await page.locator('a[href^="javascript:" i], a[href^="data:" i]:not([download])').count(), path)
      .toBe(0);
  }
  expect(outside).toEqual([]);
  expect(dialogs).toEqual([]);
  // Nothing was even tried that the policy had to stop.
  expect(blocked).toEqual([]);
  // It was there (positive control).
  expect([...shown].length).toBeGreaterThan(8);
  expect(page.url()).toContain('/consent');
});

test('style elements that the page makes carry its nonce: editor, list, dialog, toast', async ({
  patchbay,
}) => {
  blocked.length = 0;
  await page.goto(`${patchbay.url}${paths.find((path) => /workflows\/[^/]+$/.test(path))}`);
  await page.locator('.react-flow__node', { hasText: 'log' }).click();
  await expect(page.locator('.cm-editor').first()).toHaveCSS('display', 'flex');
  await page.getByRole('combobox').first().click();
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await expect(page.locator('body')).toHaveCSS('overflow', 'hidden');
  await page.keyboard.press('Escape');
  await page.locator('.react-flow__pane').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('Control+z');
  await expect(page.locator('[data-sonner-toast]').first()).toHaveCSS('position', 'absolute');
  expect(blocked).toEqual([]);
});

test('a script or a style without the nonce of the page is stopped, and one with it is not (positive control)', async ({
  patchbay,
}) => {
  // Both are in the answer of the server, as if a name had come through as HTML.
  const address = `${patchbay.url}/projects`;
  await page.route(address, async (route) => {
    const response = await route.fetch();
    const nonce = /'nonce-([^']+)'/.exec(response.headers()['content-security-policy'] ?? '')?.[1];
    const styles = `<style>:root{--bad:1}</style><style nonce="${nonce}">:root{--good:1}</style>`;
    const scripts = `${styles}<script>window.ran=1</script><img src="x" onerror="window.ran=1"><script nonce="${nonce}">window.good=1</script>`;
    const body = (await response.text()).replace(/<body[^>]*>/, (found) => found + scripts);
    await route.fulfill({ response, body });
  });
  blocked.length = 0;
  await page.goto(address);
  await expect.poll(() => blocked.length).toBeGreaterThanOrEqual(3);
  const variable = (name: string) =>
    page.evaluate((asked) => getComputedStyle(document.documentElement).getPropertyValue(asked), name);
  expect([await variable('--good'), await variable('--bad')]).toEqual(['1', '']);
  expect(await page.evaluate(() => (window as unknown as { good?: number }).good)).toBe(1);
  expect(await ran()).toBeUndefined();
});
