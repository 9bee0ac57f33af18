'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useState } from 'react';
import { matchScore } from '#app/canvas/system/match-score.ts';
import { Command, CommandDialog, CommandEmpty, CommandInput, CommandList } from '#app/ui/command.tsx';
import { GoToCommands } from './go-to-commands.tsx';
import { useCommandPalette } from './use-command-palette.ts';

/** The canvas has a palette of its own, with its steps in it. */
const CANVAS = /^\/projects\/[^/]+\/workflows\/[^/]+$/;

/** ⌘K on every page: goes anywhere, makes anything. */
export function CommandPalette() {
  const path = usePathname();
  const { open, show } = useCommandPalette();
  const onCanvas = CANVAS.test(path);

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

  return (
    <CommandDialog open={open} onOpenChange={show} title="Commands">
      <Palette close={() => show(false)} />
    </CommandDialog>
  );
}

function Palette({ close }: { close(): void }) {
  const [text, setText] = useState('');
  return (
    <Command label="Commands" loop filter={matchScore}>
      <CommandInput
        autoFocus
        placeholder="Go to a page, project, workflow or run, or do something"
        value={text}
        onValueChange={setText}
      />
      <CommandList className="max-h-96">
        <CommandEmpty>Nothing is called that.</CommandEmpty>
        <GoToCommands text={text} close={close} />
      </CommandList>
    </Command>
  );
}
