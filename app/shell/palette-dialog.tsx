'use client';

import { useState } from 'react';
import { matchScore } from '#app/canvas/system/match-score.ts';
import { Command, CommandDialog, CommandEmpty, CommandInput, CommandList } from '#app/ui/command.tsx';
import { GoToCommands } from './go-to-commands.tsx';

/** The command palette itself: what it finds, by what is typed. */
export function PaletteDialog({ open, show }: { open: boolean; show(open: boolean): void }) {
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
