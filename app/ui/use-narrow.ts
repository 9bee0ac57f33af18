'use client';

import { useSyncExternalStore } from 'react';

/** Below this there is no room for a panel beside a canvas, in px: a usual screen at 200 % zoom. */
const NARROW = '(max-width: 899px)';

function subscribe(changed: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

/** Whether the window is too narrow for panels beside each other. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, isNarrow, () => false);
}

/** The same, asked once. */
export function isNarrow(): boolean {
  return window.matchMedia(NARROW).matches;
}
