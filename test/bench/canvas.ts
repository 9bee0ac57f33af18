import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from '@playwright/test';
import { largeDrawing } from './large-drawing.ts';

const root = join(import.meta.dirname, '../..');

/** Steps of the graph that is drawn. */
const STEPS = 300;

/** What the figures have to keep to. */
export const CANVAS_MOST = { interactionMs: 200, frameMs: 1000 / 60, firstLoadKb: 350 };

export interface CanvasFigures {
  steps: number;
  /** Compressed JavaScript that was asked for before the graph could be seen, in KB. */
  firstLoadKb: number;
  /** The same until the network is quiet: with what edits and checks it. */
  allKb: number;
  /** While the view is panned: time between frames, in ms. */
  frames: { median: number; p95: number; perSecond: number };
  /** From an input to the next paint, in ms: the slowest of each kind. */
  interactions: Record<string, number>;
}

/** Draws a large workflow in headless Chromium, and measures what somebody who works on it waits for. */
export async function benchCanvas(): Promise<CanvasFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-canvas-'));
  const server = spawn(process.execPath, ['workers/server.ts'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      NEXT_DIST_DIR: process.env['NEXT_DIST_DIR'] ?? '.next',
      PORT: '0',
      DATA_DIR: folder,
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let browser: Browser | null = null;
  try {
    const setup = await setupLink(server.stdout);
    browser = await chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    return await measure(page, setup);
  } finally {
    await browser?.close();
    server.kill('SIGINT');
    await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function setupLink(output: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(text);
    if (link) return link[0];
  }
  throw new Error(`the server ended: ${text}`);
}

async function measure(page: Page, setup: string): Promise<CanvasFigures> {
  await page.goto(setup);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('Organization').fill('Acme');
  await page.getByLabel('Email').fill('ada@example.com');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/projects');
  const { origin } = new URL(page.url());
  const post = async (path: string, data: unknown): Promise<{ id: string; slug: string }> => {
    const response = await page.request.post(`${origin}/api/v1${path}`, { data, headers: { origin } });
    if (!response.ok()) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as { id: string; slug: string };
  };
  const { slug } = await post('/projects', { name: 'Orders' });
  const drawing = largeDrawing(STEPS);
  const { id } = await post(`/projects/${slug}/workflows`, { name: drawing.name, document: drawing });

  await page.addInitScript(() => {
    const seen = new MutationObserver(() => {
      const card = document.querySelector('.react-flow__node');
      if (!card || getComputedStyle(card).visibility === 'hidden') return;
      Object.assign(window, { cardSeenAt: performance.now() });
      seen.disconnect();
    });
    seen.observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.goto(`${origin}/projects/${slug}/workflows/${id}`);
  await page.locator('.react-flow__node').nth(50).waitFor();
  await page.getByRole('toolbar', { name: 'Draw' }).waitFor();
  await page.waitForLoadState('networkidle');
  const { seenAt, asked } = await page.evaluate(() => ({
    seenAt: (window as unknown as { cardSeenAt: number }).cardSeenAt,
    asked: performance
      .getEntriesByType('resource')
      .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
      .map(({ name, startTime }) => ({ name, startTime })),
  }));
  const first = asked.filter(({ startTime }) => startTime <= seenAt);

  const frames = await panned(page);
  const interactions = await interacted(page);
  return {
    steps: STEPS,
    firstLoadKb: compressedKb(first.map(({ name }) => name)),
    allKb: compressedKb(asked.map(({ name }) => name)),
    frames,
    interactions,
  };
}

/** The files as they lie in the build, compressed as servers do. */
function compressedKb(urls: readonly string[]): number {
  const dist = join(root, process.env['NEXT_DIST_DIR'] ?? '.next');
  const bytes = [...new Set(urls)].reduce((sum, url) => {
    const path = decodeURIComponent(new URL(url).pathname).replace(/^\/_next\//, '');
    return sum + gzipSync(readFileSync(join(dist, path))).byteLength;
  }, 0);
  return bytes / 1024;
}

/** Time between frames while the wheel pans the view over the graph. */
async function panned(page: Page): Promise<CanvasFigures['frames']> {
  await page.mouse.move(600, 400);
  // From a size at which steps can be read, as people do.
  await page.getByRole('button', { name: /^Zoom \d/ }).click();
  await page.mouse.move(600, 400);
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { frameTimes: times });
    const take = (now: number): void => {
      times.push(now);
      requestAnimationFrame(take);
    };
    requestAnimationFrame(take);
  });
  const until = Date.now() + 3000;
  for (let turn = 0; Date.now() < until; turn += 1) await page.mouse.wheel(turn % 80 < 40 ? 24 : -24, 8);
  const times = await page.evaluate(() => (window as unknown as { frameTimes: number[] }).frameTimes);
  const deltas = times
    .slice(1)
    .map((time, at) => time - times[at]!)
    .toSorted((a, b) => a - b);
  const whole = times.at(-1)! - times[0]!;
  return {
    median: deltas[Math.floor(deltas.length / 2)]!,
    p95: deltas[Math.floor(deltas.length * 0.95)]!,
    perSecond: (1000 * deltas.length) / whole,
  };
}

async function interacted(page: Page): Promise<Record<string, number>> {
  await page.evaluate(() => {
    const slow: number[] = [];
    Object.assign(window, { slow });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if ((entry as PerformanceEventTiming).interactionId) slow.push(entry.duration);
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit);
  });
  const figures: Record<string, number> = {};
  const timed = async (name: string, act: () => Promise<void>): Promise<void> => {
    await page.evaluate(() => {
      (window as unknown as { slow: number[] }).slow.length = 0;
    });
    await act();
    // Entries come after the paint that they tell of.
    await page.waitForTimeout(500);
    const slow = await page.evaluate(() => (window as unknown as { slow: number[] }).slow);
    figures[name] = Math.max(0, ...slow);
  };
  const card = page.locator('.react-flow__node', { hasText: 'step_4' }).first();
  await page.getByRole('button', { name: 'Show the whole graph' }).click();
  await page.waitForTimeout(400);
  await timed('select a step', () => card.click());
  await timed('type in a field', async () => {
    const field = page
      .getByRole('complementary', { name: 'Step' })
      .getByRole('textbox', { name: 'Text', exact: true });
    await field.click();
    await page.keyboard.type('abcdefgh', { delay: 60 });
  });
  await timed('drag a step', async () => {
    const box = (await card.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 4);
    await page.mouse.down();
    await page.mouse.move(box.x + 80, box.y + 60, { steps: 20 });
    await page.mouse.up();
  });
  await timed('undo', () => page.keyboard.press('ControlOrMeta+z'));
  await timed('open the palette', () => page.keyboard.press('n'));
  await timed('add a step', () => page.keyboard.press('Enter'));
  await timed('open the command menu', () => page.keyboard.press('ControlOrMeta+k'));
  await page.keyboard.press('Escape');
  return figures;
}
