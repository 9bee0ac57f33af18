import { expect, it } from 'vitest';
import { fewAtOnce } from '#lib/operations/few-at-once.ts';

it('lets few begin, for one and for all, and others when those have ended', async () => {
  const few = fewAtOnce({ ofOne: 1, ofAll: 2, words: 'Later, please.' });
  const held = Promise.withResolvers<string>();
  const first = few('a', () => held.promise);
  await expect(few('a', async () => 'at once')).rejects.toMatchObject({
    code: 'too_many',
    message: 'Later, please.',
  });
  const failing = few('b', async () => {
    await held.promise;
    throw new Error('It broke.');
  });
  await expect(few('c', async () => 'at once')).rejects.toMatchObject({ code: 'too_many' });

  held.resolve('done');
  expect(await first).toBe('done');
  await expect(failing).rejects.toThrow('It broke.');
  expect(await few('a', async () => 'again')).toBe('again');
  expect(await few('c', async () => 'now')).toBe('now');
});
