'use client';

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

interface PaletteState {
  open: boolean;
  show(open: boolean): void;
}

const palette = createStore<PaletteState>()((set) => ({
  open: false,
  show: (open) => set({ open }),
}));

/** Whether the command palette is open, and how to open it: by keyboard, or from the navigation. */
export function useCommandPalette(): PaletteState {
  return useStore(palette);
}
