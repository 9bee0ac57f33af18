import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createNews } from '#lib/operations/news-capability.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function recorded() {
  const published: unknown[] = [];
  const news = createNews({ publish: async (topic, payload) => void published.push([topic, payload]) });
  return { published, of: (projectId: string) => news({ projectId }) };
}

it('tells a loop’s news at once, and once more at the end of the pause', async () => {
  const { published, of } = recorded();
  const tools = ['list.changed', { projectId: 'a', list: 'tools' }];
  for (let n = 0; n < 1000; n += 1) await of('a').listChanged('tools');
  expect(published).toEqual([tools]);
  vi.advanceTimersByTime(200);
  expect(published).toEqual([tools, tools]);
  vi.advanceTimersByTime(1000);
  expect(published).toHaveLength(2);
  await of('a').listChanged('tools');
  expect(published).toHaveLength(3);
});

it('goes on telling while the loop goes on, at the same pace', async () => {
  const { published, of } = recorded();
  for (let ms = 0; ms < 2000; ms += 10) {
    await of('a').resourceChanged('orders://7');
    vi.advanceTimersByTime(10);
  }
  expect(published).toHaveLength(11);
});

it('holds back nothing but the same', async () => {
  const { published, of } = recorded();
  await of('a').listChanged('tools');
  await of('a').listChanged('prompts');
  await of('b').listChanged('tools');
  await of('a').resourceChanged('orders://7');
  await of('a').resourceChanged('orders://8');
  expect(published).toHaveLength(5);
});
