'use client';
import dynamic from 'next/dynamic';
import { useEffect } from 'react';
import { CanvasContextMenu } from './canvas-context-menu.tsx';
import { CommandMenu } from './command-menu.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { DeletedDialog } from './deleted-dialog.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { RestoreVersion } from './restore-version.tsx';
import { RunDialog } from './run-dialog.tsx';
import { useCanvasSession, useScreen } from './session-context.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { DraftCanvas } from './shown-canvas.tsx';
import { StepContextMenu } from './step-context-menu.tsx';
import type { Command } from './system/shortcuts.ts';
import { useCommands } from './use-commands.ts';
import { useLiveNews } from './use-live-news.ts';

const ExtractDialog = dynamic(() => import('./extract-dialog.tsx').then((module) => module.ExtractDialog), {
  ssr: false,
});

export interface FloatingProps {
  run: (command: Command) => boolean;
  /** Told what commands do, as soon as that is known. */
  onCommands(act: (command: Command) => boolean): void;
}

/** Menus and dialogs of the canvas screen, what commands do, and what others do. */
export function Floating({ run, onCommands }: FloatingProps) {
  const commands = useCommands();
  useEffect(() => onCommands(commands), [commands, onCommands]);
  useLiveNews();
  const { session } = useCanvasSession();
  const extracting = useScreen((state) => state.dialog === 'extract');

  // Leaving with something unsaved: it is kept in this browser, and the browser asks.
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      const { saver } = session;
      const { phase } = saver.state();
      const stuck = phase.name === 'refused' || phase.name === 'conflict' || phase.name === 'deleted';
      if (stuck || !saver.isKept()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [session]);

  return (
    <>
      <StepContextMenu run={run} />
      <CanvasContextMenu run={run} />
      <DraftCanvas>
        <RunDialog />
        <PublishDialog />
        <RestoreVersion />
        <ConflictDialog />
        {extracting && <ExtractDialog />}
        <DeletedDialog />
      </DraftCanvas>
      <CommandMenu run={run} />
      <ShortcutsDialog />
    </>
  );
}
