'use client';
import {
  ArrowRightFromLine,
  ArrowRightToLine,
  Ban,
  Copy,
  CopyPlus,
  Group,
  PencilLine,
  Pin,
  PinOff,
  Play,
  Replace,
  Trash2,
  Workflow,
} from 'lucide-react';
import { DropdownMenuItem, DropdownMenuSeparator } from '#app/ui/dropdown-menu.tsx';
import { toast } from '#app/ui/toast.ts';
import { writeClipboard } from '#app/ui/use-copy.ts';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { canPin, isPinned } from './system/pins.ts';
import { type Command, keysOf } from './system/shortcuts.ts';
import { useKeyCaps } from './use-key-caps.ts';

/** What can be done with the selected steps: the lines of the panel's menu and of the card's. */
export function StepMenuItems({
  nodes,
  run,
}: {
  nodes: readonly WorkflowNode[];
  run: (command: Command) => boolean;
}) {
  const store = useCanvasStore();
  const kinds = useCanvas((state) => state.kinds);
  const editable = useCanvas((state) => state.editable);
  const pins = useCanvas((state) => state.pins);
  const keyCaps = useKeyCaps();
  const item = (command: Command, icon: React.ReactNode, words: string, danger = false) => (
    <DropdownMenuItem danger={danger} keys={keyCaps(keysOf(command))} onSelect={() => run(command)}>
      {icon} {words}
    </DropdownMenuItem>
  );
  const [only] = nodes;
  const single = nodes.length === 1 ? only : undefined;
  const isStart = single && kinds.get(single.kind)?.role === 'start';
  const off = nodes.every((node) => node.settings?.disabled);
  return (
    <>
      {editable && single && (
        <>
          {!isStart && item('runStep', <Play aria-hidden />, 'Run this step')}
          {!isStart && item('runTo', <ArrowRightToLine aria-hidden />, 'Run up to here')}
          {item('runFrom', <ArrowRightFromLine aria-hidden />, 'Run from here on')}
          {canPin(single, kinds) &&
            (isPinned(pins, single.id)
              ? item('pin', <PinOff aria-hidden />, 'Unpin the output')
              : item('pin', <Pin aria-hidden />, 'Pin the last output'))}
          <DropdownMenuSeparator />
          {item('rename', <PencilLine aria-hidden />, 'Rename')}
          {!isStart && item('replace', <Replace aria-hidden />, 'Replace with another kind…')}
        </>
      )}
      <DropdownMenuItem
        keys={keyCaps(keysOf('copy'))}
        onSelect={() => {
          const text = store.getState().copySelected();
          if (text !== null) void writeClipboard(text).then(() => toast('Copied'));
        }}
      >
        <Copy aria-hidden /> Copy
      </DropdownMenuItem>
      {editable && (
        <>
          {item('duplicate', <CopyPlus aria-hidden />, 'Duplicate')}
          {item('disable', <Ban aria-hidden />, off ? 'Enable' : 'Disable')}
          {item('group', <Group aria-hidden />, 'Group')}
          {item('extract', <Workflow aria-hidden />, 'Make it a workflow…')}
          <DropdownMenuSeparator />
          {item('delete', <Trash2 aria-hidden />, 'Delete', true)}
        </>
      )}
    </>
  );
}
