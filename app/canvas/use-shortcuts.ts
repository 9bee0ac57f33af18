'use client';
import { useEffect, useRef } from 'react';
import { type Command, shortcutFor } from './system/shortcuts.ts';

/** Fields and editors: what is typed there is text. */
const TYPING = 'input, textarea, select, [contenteditable="true"], [role="textbox"], [role="combobox"]';

/** Things that have a use of their own for Enter, arrows and Delete. */
const OWN_KEYS = 'button, a, [role="menu"], [role="dialog"], [role="tab"], [role="treeitem"], summary';
const TAKEN_BY_THEM: ReadonlySet<Command> = new Set([
  'open',
  'runTo',
  'runFrom',
  'left',
  'right',
  'up',
  'down',
  'delete',
]);

/**
 * Listens to the keyboard on the whole screen. `act` returns false for a command that means nothing now; the
 * browser then does what it always does with the key.
 */
export function useShortcuts(act: (command: Command) => boolean): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !(event.target instanceof Element)) return;
      const shortcut = shortcutFor(event, event.target.closest(TYPING) !== null);
      if (!shortcut) return;
      if (TAKEN_BY_THEM.has(shortcut.command) && event.target.closest(OWN_KEYS)) return;
      // With a dialog open the screen behind it keeps still; Escape is the dialog's.
      if (document.querySelector('[role="dialog"][data-state="open"], [role="alertdialog"]') !== null) return;
      if (latest.current(shortcut.command)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
