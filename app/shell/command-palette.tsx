'use client';

import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useCommandPalette } from './use-command-palette.ts';

const PaletteDialog = dynamic(() => import('./palette-dialog.tsx').then((module) => module.PaletteDialog), {
  ssr: false,
});

/** The canvas has a palette of its own, with its steps in it. */
const CANVAS = /^\/projects\/[^/]+\/workflows\/[^/]+$/;

/** ⌘K on every page: goes anywhere, makes anything. */
export function CommandPalette() {
  const path = usePathname();
  const { open, show } = useCommandPalette();
  const onCanvas = CANVAS.test(path);
  // Stays once it was open: it closes by a movement.
  const [asked, setAsked] = useState(open);
  if (open && !asked) setAsked(true);

  useEffect(() => {
    if (onCanvas) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      const asked = (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey;
      if (!asked || event.key.toLowerCase() !== 'k' || event.defaultPrevented) return;
      // A dialog that is open keeps the keyboard; this one closes.
      if (!open && document.querySelector('[role="dialog"][data-state="open"], [role="alertdialog"]')) return;
      event.preventDefault();
      show(!open);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [onCanvas, open, show]);

  return asked && <PaletteDialog open={open} show={show} />;
}
