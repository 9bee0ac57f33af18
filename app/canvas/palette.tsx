'use client';
import { Command } from 'cmdk';
import { useEffect, useRef, useState } from 'react';
import { toast } from 'sonner';
import type { KindGroup, KindSpec } from '#lib/workflow/kind.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { KIND_DRAG } from './graph-canvas.tsx';
import { KindIcon } from './kind-icon.tsx';
import { GROUP_INK } from './step-card.tsx';
import { type Place, refuseKind } from './system/add-node.ts';
import type { Point } from './system/geometry.ts';
import { findNode } from './system/graph.ts';

const GROUPS: readonly { group: KindGroup; words: string }[] = [
  { group: 'do', words: 'Do' },
  { group: 'shape', words: 'Shape data' },
  { group: 'flow', words: 'Flow' },
  { group: 'client', words: 'Talk to the client' },
  { group: 'start-end', words: 'Start and end' },
];

const WIDTH = 320;
const HEIGHT = 400;

/** The kinds one can add: by click, by key, or dragged onto the canvas or onto an edge. */
export function Palette() {
  const request = useCanvas((state) => state.palette);
  return request && <OpenPalette place={request.place} anchor={request.anchor} />;
}

function OpenPalette({ place, anchor }: { place: Place | null; anchor: Point | null }) {
  const store = useCanvasStore();
  const kinds = useCanvas((state) => state.kinds);
  const document = useCanvas((state) => state.document);
  const [selected] = useCanvas((state) => state.selectedNodes);
  const close = useCanvas((state) => state.closePalette);
  const [search, setSearch] = useState('');
  const frame = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const leave = (event: PointerEvent): void => {
      if (event.target instanceof Node && !frame.current?.contains(event.target)) close();
    };
    window.addEventListener('pointerdown', leave, true);
    return () => window.removeEventListener('pointerdown', leave, true);
  }, [close]);

  const add = (kind: KindSpec): void => {
    const refused = store.getState().add(kind);
    if (refused !== null) toast.error(refused);
  };
  const available = [...kinds.values()].filter((kind) => refuseKind(document, kind, kinds) === null);
  const at = anchor && {
    left: Math.max(8, Math.min(anchor.x + 8, window.innerWidth - WIDTH - 8)),
    top: Math.max(8, Math.min(anchor.y - 24, window.innerHeight - HEIGHT - 8)),
  };

  return (
    <div
      ref={frame}
      role="dialog"
      aria-label="Add a step"
      style={{ width: WIDTH, maxHeight: HEIGHT, ...at }}
      className={`z-30 flex flex-col overflow-hidden rounded-md border border-line-strong bg-raised shadow-float ${
        at ? 'fixed' : 'absolute bottom-14 left-3'
      }`}
    >
      <Command
        label="Add a step"
        loop
        className="flex min-h-0 flex-col"
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          close();
        }}
      >
        <Command.Input
          autoFocus
          value={search}
          onValueChange={setSearch}
          placeholder="Search steps to add"
          className="h-10 border-line border-b bg-transparent px-3 text-14 outline-none"
        />
        <p className="border-line border-b px-3 py-1.5 text-12 text-muted">{whereWords(place, selected)}</p>
        <Command.List className="min-h-0 overflow-y-auto p-1">
          <Command.Empty className="px-3 py-6 text-center text-muted">
            No step is called “{search}”.
          </Command.Empty>
          {GROUPS.map(({ group, words }) => {
            const members = available.filter((kind) => kind.group === group);
            return (
              members.length > 0 && (
                <Command.Group
                  key={group}
                  heading={words}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:text-muted"
                >
                  {members.map((kind) => (
                    <Command.Item
                      key={kind.type}
                      value={`${kind.title} ${kind.type} ${kind.summary}`}
                      onSelect={() => add(kind)}
                      draggable
                      onDragStart={(event) => {
                        event.dataTransfer.setData(KIND_DRAG, kind.type);
                        event.dataTransfer.effectAllowed = 'copy';
                      }}
                      className="flex cursor-pointer items-start gap-2.5 rounded-sm px-2 py-1.5 data-[selected=true]:bg-hover"
                    >
                      <KindIcon name={kind.icon} className={`mt-0.5 shrink-0 ${GROUP_INK[kind.group]}`} />
                      <span className="min-w-0">
                        <span className="block font-medium leading-table">{kind.title}</span>
                        <span className="block text-12 text-muted leading-table">{kind.summary}</span>
                      </span>
                    </Command.Item>
                  ))}
                </Command.Group>
              )
            );
          })}
        </Command.List>
      </Command>
    </div>
  );

  function whereWords(wanted: Place | null, chosen: string | undefined): string {
    const key = (id: string): string => findNode(document, id)?.key ?? id;
    if (wanted && 'onEdge' in wanted) {
      const edge = document.edges.find((candidate) => candidate.id === wanted.onEdge);
      return edge ? `Between ${key(edge.from.node)} and ${key(edge.to.node)}` : 'On an edge';
    }
    if (wanted && 'after' in wanted) return `After ${key(wanted.after)}`;
    if (!wanted && chosen !== undefined) return `After ${key(chosen)}`;
    return 'Click, or drag onto the canvas or onto an edge';
  }
}
