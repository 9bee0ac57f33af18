import type { Events } from '#lib/db/events.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

/** A window that says nothing for this long is gone, in ms. */
const SEEN_MS = 30_000;

/** One whose stream broke off may come back within this time, in ms. */
const BACK_MS = 5_000;

/** A step is somebody's for this long after the last key, in ms. */
export const LOCK_MS = 20_000;

/** However long somebody goes on: nobody holds a step for longer, in ms. */
const MOST_LOCK_MS = 10 * 60_000;

/** How often is looked who is gone, in ms. */
const LOOK_MS = 1_000;

/** Windows at one workflow, of one person at one workflow, and of all in this process; further ones are not told of. */
const MOST_AT_ONE = 50;
const MOST_OF_ONE = 10;
const MOST = 10_000;

const BEAT = 'presence.beat';
const LEFT = 'presence.left';

/** A window in which a workflow is open, and where the person is in it. */
export interface Beat {
  workflowId: string;
  userId: string;
  /** Chosen by the window; it means something together with the person only. */
  window: string;
  name: string;
  /** Id of the selected step; left out: as before. */
  selected?: string | null;
  /** Id of the step into whose form something was typed just now. */
  typed: string | null;
}

/** Somebody who is there. */
export interface Present {
  userId: string;
  window: string;
  name: string;
  selected: string | null;
  /** The step they are at with the keyboard. */
  editing: string | null;
  /** Since when, in ms since 1970: whoever was first has it. */
  since: number;
}

/** Who is at which workflow: in memory, of all processes. Nothing of it is stored. */
export interface Presence {
  beat(beat: Beat): void;
  /** The window closed; it is gone unless it comes back at once. */
  left(at: Pick<Beat, 'workflowId' | 'userId' | 'window'>): void;
  /** In the order in which they came. */
  at(workflowId: string): Present[];
  /** Told after somebody came, went or went elsewhere in the workflow, and at the end. Returns how to stop. */
  watch(workflowId: string, listener: () => void): () => void;
  /** Whether the process ends: who watches goes elsewhere. */
  isClosed(): boolean;
  close(): void;
}

interface Entry extends Present {
  seenAt: number;
  typedAt: number;
  /** What the watchers know of it. */
  told: string;
}

/** `now`: ms since 1970. */
export function createPresence({ events, now = Date.now }: { events: Events; now?: () => number }): Presence {
  const rooms = new Map<string, Map<string, Entry>>();
  const watchers = new Map<string, Set<() => void>>();
  let count = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const tell = (workflowId: string): void => {
    for (const listener of watchers.get(workflowId) ?? []) listener();
  };

  const take = (beat: Beat): void => {
    const room = rooms.get(beat.workflowId) ?? new Map<string, Entry>();
    const key = `${beat.userId} ${beat.window}`;
    const known = room.get(key);
    if (!known && !hasRoom(room, beat.userId)) return;
    const entry = after(known, beat, now());
    entry.told = said(entry, now());
    room.set(key, entry);
    rooms.set(beat.workflowId, room);
    if (!known) count += 1;
    if (known?.told !== entry.told) tell(beat.workflowId);
    timer ??= setInterval(look, LOOK_MS).unref();
  };

  const hasRoom = (room: Map<string, Entry>, userId: string): boolean => {
    const own = [...room.values()].filter((entry) => entry.userId === userId).length;
    return room.size < MOST_AT_ONE && own < MOST_OF_ONE && count < MOST;
  };

  /** Forgets who is gone, and tells of locks that ended. */
  const look = (): void => {
    const time = now();
    for (const [workflowId, room] of rooms) {
      let changed = false;
      for (const [key, entry] of room) {
        if (time - entry.seenAt > SEEN_MS) {
          room.delete(key);
          count -= 1;
          changed = true;
          continue;
        }
        const words = said(entry, time);
        if (words === entry.told) continue;
        entry.told = words;
        changed = true;
      }
      if (room.size === 0) rooms.delete(workflowId);
      if (changed) tell(workflowId);
    }
    if (rooms.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  const ends = [
    events.subscribe(BEAT, (payload) => take(payload as unknown as Beat)),
    events.subscribe(LEFT, (payload) => {
      const { workflowId, userId, window } = payload as unknown as Beat;
      const entry = rooms.get(workflowId)?.get(`${userId} ${window}`);
      if (entry) entry.seenAt = Math.min(entry.seenAt, now() - SEEN_MS + BACK_MS);
    }),
  ];

  return {
    beat: (beat) => void events.publish(BEAT, beat as unknown as JsonValue),
    left: ({ workflowId, userId, window }) => void events.publish(LEFT, { workflowId, userId, window }),
    at: (workflowId) => [...(rooms.get(workflowId)?.values() ?? [])].map((entry) => presentOf(entry, now())),
    watch(workflowId, listener) {
      const all = watchers.get(workflowId) ?? new Set();
      watchers.set(workflowId, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0 && watchers.get(workflowId) === all) watchers.delete(workflowId);
      };
    },
    isClosed: () => closed,
    close() {
      closed = true;
      clearInterval(timer);
      for (const end of ends) end();
      for (const workflowId of [...watchers.keys()]) tell(workflowId);
    },
  };
}

function after(known: Entry | undefined, { typed, ...beat }: Beat, time: number): Entry {
  const selected = beat.selected === undefined ? (known?.selected ?? null) : beat.selected;
  const { userId, window, name } = beat;
  const base = { userId, window, name, selected, seenAt: time, told: '' };
  if (typed !== null) {
    const goesOn = known?.editing === typed && time - known.typedAt < LOCK_MS;
    return { ...base, editing: typed, since: goesOn ? known.since : time, typedAt: time };
  }
  // Whoever goes to another step leaves the one they were at.
  const stays = known && known.editing !== null && known.editing === selected;
  return stays
    ? { ...base, editing: known.editing, since: known.since, typedAt: known.typedAt }
    : { ...base, editing: null, since: time, typedAt: 0 };
}

function holds({ typedAt, since }: Entry, time: number): boolean {
  return time - typedAt < LOCK_MS && time - since < MOST_LOCK_MS;
}

function presentOf(entry: Entry, time: number): Present {
  const { userId, window, name, selected, editing, since } = entry;
  return { userId, window, name, selected, editing: holds(entry, time) ? editing : null, since };
}

function said(entry: Entry, time: number): string {
  const { name, selected, editing, since } = presentOf(entry, time);
  return JSON.stringify([name, selected, editing, editing === null ? 0 : since]);
}
