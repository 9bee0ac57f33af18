'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { toast } from '#app/ui/toast.ts';
import type { CanvasStore } from './store.ts';
import { type Early, ENTER, type Selected, typedInto, withEarly } from './system/early.ts';
import type { Command } from './system/shortcuts.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** What the graph does alone; a command that waits is not overtaken by them. */
const AT_ONCE: ReadonlySet<Command> = new Set(['left', 'right', 'up', 'down', 'close']);
/** The browser tells of these by events of its own. */
const CLIPBOARD: ReadonlySet<Command> = new Set(['copy', 'cut', 'paste']);
const TYPING = 'input, textarea, select, [contenteditable="true"]';

/**
 * Keys of the canvas from the moment it is painted. What only the parts can do that are still being loaded waits for
 * them, in order and with what was selected then; `waiting` is what to show of it. `store` is the canvas on the screen.
 */
export function useEarly(store: CanvasStore): {
  /** Does a command, or lets it wait. */
  run: (command: Command) => boolean;
  /** Told what commands do, as soon as that is known; does what waits. */
  onCommands: (act: (command: Command) => boolean) => void;
  waiting: readonly Early[];
} {
  const [waiting, setWaiting] = useState<readonly Early[]>([]);
  const list = useRef(waiting);
  const act = useRef<((command: Command) => boolean) | null>(null);
  const keep = useCallback((next: readonly Early[]) => {
    list.current = next;
    setWaiting(next);
  }, []);

  const run = useCallback(
    (command: Command): boolean => {
      if (act.current) return act.current(command);
      if (CLIPBOARD.has(command)) return false;
      if (command === 'close' && list.current.length > 0) {
        keep(list.current.slice(0, -1));
        return true;
      }
      const { select, walk } = store.getState();
      if (AT_ONCE.has(command) && list.current.length === 0) {
        if (command === 'close') select([]);
        else walk(command as 'left' | 'right' | 'up' | 'down');
        return true;
      }
      keep(withEarly(list.current, { type: 'command', command, selected: selectedIn(store), text: '' }));
      return true;
    },
    [store, keep],
  );

  const onCommands = useCallback(
    (now: (command: Command) => boolean) => {
      act.current = now;
      const todo = list.current;
      keep([]);
      void doAll(todo, store, now);
    },
    [store, keep],
  );

  useShortcuts(run);

  useEffect(() => {
    // Before the shortcuts: text is no command.
    const onKeyDown = (event: KeyboardEvent): void => {
      if (act.current || isTyping(event)) return;
      const held = event.ctrlKey || event.metaKey || event.altKey;
      const next = typedInto(list.current, { key: event.key, held });
      if (!next) return;
      event.preventDefault();
      keep(next);
    };
    const onPaste = (event: ClipboardEvent): void => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (act.current || isTyping(event) || text === '') return;
      event.preventDefault();
      keep(withEarly(list.current, { type: 'paste', text }));
    };
    const onCopy = (event: ClipboardEvent): void => {
      const { nodes, notes } = selectedIn(store);
      if (act.current || isTyping(event) || nodes.length + notes.length === 0) return;
      // Text selected on the page is what copying means there.
      if (window.getSelection()?.isCollapsed === false) return;
      // A clipboard is written in the moment of the key, or never.
      toast('Not copied: the canvas is still being opened.');
    };
    window.addEventListener('keydown', onKeyDown, true);
    window.addEventListener('paste', onPaste);
    window.addEventListener('copy', onCopy);
    window.addEventListener('cut', onCopy);
    return () => {
      window.removeEventListener('keydown', onKeyDown, true);
      window.removeEventListener('paste', onPaste);
      window.removeEventListener('copy', onCopy);
      window.removeEventListener('cut', onCopy);
    };
  }, [store, keep]);

  return { run, onCommands, waiting };
}

function isTyping({ target }: Event): boolean {
  return target instanceof Element && target.closest(TYPING) !== null;
}

async function doAll(
  todo: readonly Early[],
  store: CanvasStore,
  act: (command: Command) => boolean,
): Promise<void> {
  const chosen = selectedIn(store);
  const last = todo.findLast((early) => early.type === 'command');
  for (const early of todo) {
    if (early.type === 'paste') store.getState().paste(early.text, null);
    else {
      selectAgain(store, early.selected);
      act(early.command);
      if (early.text !== '') await typeInto(early.text);
    }
  }
  // What was selected after the last of them is what is looked at now.
  if (last && JSON.stringify(last.selected) !== JSON.stringify(chosen)) selectAgain(store, chosen);
}

function selectedIn(store: CanvasStore): Selected {
  const { selectedNodes, selectedEdges, selectedNotes } = store.getState();
  return { nodes: [...selectedNodes], edges: [...selectedEdges], notes: [...selectedNotes] };
}

function selectAgain(store: CanvasStore, { nodes, edges, notes }: Selected): void {
  const { select, document } = store.getState();
  const there = new Set(
    [...document.nodes, ...document.edges, ...(document.notes ?? [])].map(({ id }) => id),
  );
  const left = (ids: readonly string[]): string[] => ids.filter((id) => there.has(id));
  select(left(nodes), left(edges), left(notes));
}

/** Frames in which what was opened gets the focus, and finds what is typed into it. */
const FRAMES = 60;

async function typeInto(text: string): Promise<void> {
  for (let left = FRAMES; left > 0 && !(document.activeElement instanceof HTMLInputElement); left -= 1) {
    await nextFrame();
  }
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement)) return;
  const typed = text.replace(ENTER, '');
  // Unlike a new value, this is told to whoever listens, and is taken back by undo.
  if (typed !== '') document.execCommand('insertText', false, typed);
  if (!text.endsWith(ENTER)) return;
  await nextFrame();
  await nextFrame();
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => resolve());
  });
}
