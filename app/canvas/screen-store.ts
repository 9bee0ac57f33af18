import { createStore, type StoreApi } from 'zustand/vanilla';
import { readAddress, type ScreenAddress, writeAddress } from './system/address.ts';
import type { RunPart } from './system/run-part.ts';

/** Dialogs of the canvas screen; one at a time. */
export type ScreenDialog = 'extract' | 'publish' | 'run' | 'commands' | 'search' | 'help' | 'conflict';

/** What the screen shows around the graph. Most of it is in the address. */
export interface ScreenState extends ScreenAddress {
  dialog: ScreenDialog | null;
  /** What the run dialog runs; null: all of the draft. */
  part: RunPart | null;
  minimap: boolean;
  /** Dragging on the canvas moves the view; else it selects. */
  hand: boolean;
  /** The bar for finding and replacing is open. */
  finding: boolean;
  /** In a narrow window the panel of what is selected is folded away until it is asked for. */
  unfolded: boolean;
}

export interface ScreenActions {
  show(change: Partial<ScreenState>): void;
}

export type ScreenStore = StoreApi<ScreenState & ScreenActions>;

/** The screen as an address describes it. */
export function createScreenStore(search: string): ScreenStore {
  return createStore<ScreenState & ScreenActions>()((set) => ({
    ...readAddress(search),
    // A command elsewhere leads here; it is not in the address that is sent on.
    dialog: new URLSearchParams(search).get('dialog') === 'publish' ? 'publish' : null,
    part: null,
    minimap: false,
    hand: false,
    finding: false,
    unfolded: false,
    show: (change) => set(change),
  }));
}

/** Writes the screen's state into the address, without a new entry in the history. Returns how to stop. */
export function followAddress(screen: ScreenStore): () => void {
  return screen.subscribe((state) => {
    const search = writeAddress(state);
    if (search === window.location.search) return;
    window.history.replaceState(window.history.state, '', `${window.location.pathname}${search}`);
  });
}
