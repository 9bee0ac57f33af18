import { expect, test } from 'vitest';
import { createPinSaver } from '#app/canvas/pin-saver.ts';
import type { Pins } from '#app/canvas/system/pins.ts';

test('one request after the other; of what waits only the last is sent, and a run can wait for it', async () => {
  const sent: Pins[] = [];
  const answers: (() => void)[] = [];
  const saver = createPinSaver({
    save: (pins) => {
      sent.push(pins);
      return new Promise((resolve) => answers.push(resolve));
    },
    failed: () => undefined,
  });
  await saver.settled();
  saver.edited({ a: 1 });
  saver.edited({ a: 2 });
  saver.edited({ a: 3 });
  const settled = saver.settled().then(() => sent.length);
  expect(sent).toEqual([{ a: 1 }]);
  answers[0]?.();
  await expect.poll(() => sent.length).toBe(2);
  answers[1]?.();
  expect(await settled).toBe(2);
  expect(sent).toEqual([{ a: 1 }, { a: 3 }]);
});

test('what could not be saved is said, and does not stop the next', async () => {
  const told: string[] = [];
  let down = true;
  const sent: Pins[] = [];
  const saver = createPinSaver({
    save: async (pins) => {
      if (down) throw new Error('No connection.');
      sent.push(pins);
    },
    failed: (message) => told.push(message),
  });
  saver.edited({ a: 1 });
  await saver.settled();
  down = false;
  saver.edited({ a: 2 });
  await saver.settled();
  expect(told).toEqual(['The pinned values were not saved: No connection.']);
  expect(sent).toEqual([{ a: 2 }]);
});
