import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Database } from '#lib/db/client.ts';
import { type Events, openEvents } from '#lib/db/events.ts';
import { type Beat, createPresence, LOCK_MS, type Presence } from '#lib/operations/presence.ts';

/** The events of two processes, on a wire that has no delay. */
async function twoProcesses(): Promise<[Events, Events]> {
  const receivers: ((message: string) => void)[] = [];
  const openTransport = async () => ({
    send: async (message: string) => {
      for (const receive of receivers) receive(message);
    },
    listen: (receive: (message: string) => void) => void receivers.push(receive),
    close: async () => {},
  });
  const database = { openTransport } as unknown as Database;
  return [await openEvents(database), await openEvents(database)];
}

let here: Presence;
let elsewhere: Presence;
beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000 });
  const [one, other] = await twoProcesses();
  here = createPresence({ events: one });
  elsewhere = createPresence({ events: other });
});
afterEach(() => {
  here.close();
  elsewhere.close();
  vi.useRealTimers();
});

const beat = (name: string, more: Partial<Beat> = {}): void =>
  here.beat({ workflowId: 'w', userId: name, window: '1', name, selected: null, typed: null, ...more });
const names = (presence: Presence): string[] => presence.at('w').map(({ name }) => name);
const editing = (presence: Presence): (string | null)[] => presence.at('w').map((person) => person.editing);

it('whoever says so is there, at every process, until nothing is heard for half a minute', () => {
  beat('Ada');
  beat('Grace');
  expect(names(elsewhere)).toEqual(['Ada', 'Grace']);
  vi.advanceTimersByTime(20_000);
  beat('Grace');
  vi.advanceTimersByTime(12_000);
  expect([names(here), names(elsewhere)]).toEqual([['Grace'], ['Grace']]);
  expect(here.at('other')).toEqual([]);
});

it('a window that closes is gone soon, unless it comes back', () => {
  beat('Ada');
  beat('Grace');
  for (const userId of ['Ada', 'Grace']) elsewhere.left({ workflowId: 'w', userId, window: '1' });
  vi.advanceTimersByTime(2_000);
  beat('Grace');
  vi.advanceTimersByTime(4_500);
  expect(names(elsewhere)).toEqual(['Grace']);
});

it('a step is theirs from the first key on, until 20 s after the last', () => {
  beat('Ada', { selected: 'a', typed: 'a' });
  expect(elsewhere.at('w')[0]).toMatchObject({ editing: 'a', since: 1_000_000 });
  vi.advanceTimersByTime(LOCK_MS - 2_000);
  beat('Ada', { selected: 'a', typed: 'a' });
  vi.advanceTimersByTime(LOCK_MS - 2_000);
  beat('Ada', { selected: 'a' });
  expect(elsewhere.at('w')[0]).toMatchObject({ editing: 'a', since: 1_000_000 });
  vi.advanceTimersByTime(2_000);
  expect(editing(elsewhere)).toEqual([null]);
});

it('who goes to another step leaves the one they were at', () => {
  beat('Ada', { selected: 'a', typed: 'a' });
  beat('Ada', { selected: 'b' });
  expect(editing(elsewhere)).toEqual([null]);
});

it('nobody holds a step for longer than ten minutes, however they go on', () => {
  beat('Ada', { selected: 'a', typed: 'a' });
  for (let passed = 0; passed < 610_000; passed += 5_000) {
    vi.advanceTimersByTime(5_000);
    beat('Ada', { selected: 'a', typed: 'a' });
  }
  expect(editing(here)).toEqual([null]);
  // After a pause it can be theirs again.
  for (let passed = 0; passed < LOCK_MS; passed += 5_000) {
    vi.advanceTimersByTime(5_000);
    beat('Ada', { selected: 'a' });
  }
  beat('Ada', { selected: 'a', typed: 'a' });
  expect(editing(here)).toEqual(['a']);
});

it('tells who watches of all of it, and of nothing twice', () => {
  const heard = vi.fn();
  const stop = elsewhere.watch('w', heard);
  beat('Ada');
  expect(heard).toHaveBeenCalledTimes(1);
  beat('Ada');
  expect(heard).toHaveBeenCalledTimes(1);
  beat('Ada', { selected: 'a', typed: 'a' });
  expect(heard).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(LOCK_MS + 1_000);
  expect(heard).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(15_000);
  expect(heard).toHaveBeenCalledTimes(4);
  stop();
  beat('Ada');
  expect(heard).toHaveBeenCalledTimes(4);
});

it('takes no more than ten windows of a person and fifty of a workflow', () => {
  for (let window = 0; window < 20; window++) beat('Ada', { window: `${window}` });
  expect(here.at('w')).toHaveLength(10);
  for (let person = 0; person < 100; person++) beat(`person ${person}`);
  expect(here.at('w')).toHaveLength(50);
  beat('Ada', { window: '0', selected: 'a' });
  expect(here.at('w')[0]).toMatchObject({ name: 'Ada', selected: 'a' });
});
