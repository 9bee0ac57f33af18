'use client';
import { LoaderCircle } from 'lucide-react';
import { type Early, ENTER } from './system/early.ts';
import { SHORTCUTS } from './system/shortcuts.ts';

function wordsOf(early: Early): string {
  if (early.type === 'paste') return 'Paste';
  const words = SHORTCUTS.find(({ command }) => command === early.command)?.words ?? early.command;
  return early.text === '' ? words : `${words} “${early.text.replace(ENTER, ' ⏎')}”`;
}

/** What was asked for and is done as soon as the rest of the canvas is there. */
export function WaitingLine({ waiting }: { waiting: readonly Early[] }) {
  return (
    <p
      role="status"
      className="absolute bottom-[15px] left-[15px] z-10 flex max-w-[70%] items-center gap-2 rounded-md border border-line-strong bg-raised px-2.5 py-1.5 text-12 shadow-float empty:hidden"
    >
      {waiting.length > 0 && (
        <>
          <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-muted" />
          <span className="truncate">
            Waits until the canvas is open: {waiting.map(wordsOf).join(', ')}. Esc takes it back.
          </span>
        </>
      )}
    </p>
  );
}
