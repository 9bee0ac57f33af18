'use client';
import { useSyncExternalStore } from 'react';
import { keyCaps } from './system/shortcuts.ts';

const never = (): (() => void) => () => undefined;

/** Writes `mod+shift+p` in the signs of this keyboard: `⌘⇧P`, or `Ctrl Shift P`. */
export function useKeyCaps(): (keys: string) => string {
  const mac = useSyncExternalStore(
    never,
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  );
  return (keys) => keyCaps(keys, mac).join(mac ? '' : ' ');
}
