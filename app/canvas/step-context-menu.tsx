'use client';
import { useEffect, useState } from 'react';
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from '#app/ui/dropdown-menu.tsx';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { StepMenuItems } from './step-menu.tsx';
import type { Point } from './system/geometry.ts';
import type { Command } from './system/shortcuts.ts';

/** The menu of a card: opens by a right click on it, or by the menu key. One for all cards. */
export function StepContextMenu({ run }: { run: (command: Command) => boolean }) {
  const store = useCanvasStore();
  const [at, setAt] = useState<Point | null>(null);
  const document = useCanvas((state) => state.document);
  const selected = useCanvas((state) => state.selectedNodes);
  const nodes = document.nodes.filter((node) => selected.has(node.id));

  useEffect(() => {
    const open = (event: MouseEvent): void => {
      if (!(event.target instanceof Element) || event.defaultPrevented) return;
      const card = event.target.closest<HTMLElement>('.react-flow__node, [data-step]');
      const id = card?.dataset['id'] ?? card?.dataset['step'];
      if (!card || id === undefined || event.target.closest('input, textarea')) return;
      const { document: now, selectedNodes, select } = store.getState();
      if (!now.nodes.some((node) => node.id === id)) return;
      event.preventDefault();
      // On one of several that are selected it is about all of them.
      if (!selectedNodes.has(id)) select([id]);
      const box = card.getBoundingClientRect();
      // The menu key tells no place.
      const byKey = event.clientX === 0 && event.clientY === 0;
      setAt(byKey ? { x: box.x + 16, y: box.y + 16 } : { x: event.clientX, y: event.clientY });
    };
    window.addEventListener('contextmenu', open);
    return () => window.removeEventListener('contextmenu', open);
  }, [store]);

  return (
    <DropdownMenu open={at !== null && nodes.length > 0} onOpenChange={(open) => !open && setAt(null)}>
      <DropdownMenuTrigger asChild>
        <span
          aria-hidden
          tabIndex={-1}
          className="pointer-events-none fixed size-0"
          style={{ left: at?.x ?? 0, top: at?.y ?? 0 }}
        />
      </DropdownMenuTrigger>
      <DropdownMenuContent
        align="start"
        sideOffset={0}
        aria-label={nodes.length === 1 ? `Menu of ${nodes[0]?.key}` : `Menu of ${nodes.length} steps`}
        // Back to the card: its trigger is nothing to stand on.
        onCloseAutoFocus={(event) => event.preventDefault()}
      >
        <StepMenuItems nodes={nodes} run={run} />
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
