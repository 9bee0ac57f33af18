'use client';
import { useEffect, useRef, useState } from 'react';
import {
  Command,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from '#app/ui/command.tsx';
import { Icon } from '#app/ui/named-icon.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import type { KindGroup, KindSpec } from '#lib/workflow/kind.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { KIND_DRAG } from './graph-canvas.tsx';
import { GROUP_INK } from './step-card.tsx';
import type { PaletteRequest } from './store.ts';
import { type Place, refuseKind } from './system/add-node.ts';
import { findNode } from './system/graph.ts';
import { matchScore } from './system/match-score.ts';
import { refuseReplacement } from './system/replace-kind.ts';

const GROUPS: readonly { group: KindGroup; words: string }[] = [
  { group: 'do', words: 'Do' },
  { group: 'shape', words: 'Shape data' },
  { group: 'flow', words: 'Flow' },
  { group: 'client', words: 'Talk to the client' },
  { group: 'start-end', words: 'Start and end' },
];

const WIDTH = 320;
const HEIGHT = 400;

function otherWords(kind: KindSpec): string[] {
  return [kind.type, kind.summary, ...(kind.keywords ?? [])];
}

/** The groups, that of the best match first; of equals the order above. The list itself sorts only within a group. */
function groupsOf(kinds: readonly KindSpec[], search: string) {
  return GROUPS.map(({ group, words }) => {
    const members = kinds.filter((kind) => kind.group === group);
    const scores = members.map((kind) => matchScore(kind.title, search, otherWords(kind)));
    return { group, words, members, best: Math.max(0, ...scores) };
  }).sort((a, b) => b.best - a.best);
}

/** The kinds one can add: by click, by key, or dragged onto the canvas or onto an edge. */
export function Palette() {
  const request = useCanvas((state) => state.palette);
  return request && <OpenPalette request={request} />;
}

function OpenPalette({ request }: { request: PaletteRequest }) {
  const { place, anchor } = request;
  const store = useCanvasStore();
  const kinds = useCanvas((state) => state.kinds);
  const document = useCanvas((state) => state.document);
  const selected = useCanvas((state) =>
    state.selectedNodes.size === 1 ? [...state.selectedNodes][0] : undefined,
  );
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

  const { replaces } = request;
  const replaced = replaces === undefined ? undefined : findNode(document, replaces);
  const name = replaced ? `Replace ${replaced.key}` : 'Add a step';
  const add = (kind: KindSpec): void => {
    if (replaced) {
      replace(replaced.id, kind);
      return;
    }
    const refused = store.getState().add(kind);
    if (refused !== null) toast.error(refused);
  };
  /** Says what could not be kept; an undo brings it back. */
  const replace = (id: string, kind: KindSpec): void => {
    const before = store.getState().document.edges.length;
    const refused = store.getState().replaceKind(id, kind);
    if (refused !== null) {
      toast.error(refused);
      return;
    }
    const lost = before - store.getState().document.edges.length;
    toast(`${replaced?.key} is ${kind.title} now`, {
      ...(lost > 0 && { description: `${count(lost, 'connection')} had no place at it.` }),
      action: { label: 'Undo', onClick: () => void store.getState().undo() },
    });
  };
  const available = [...kinds.values()].filter((kind) =>
    replaced
      ? refuseReplacement(document, replaced.id, kind, kinds) === null
      : refuseKind(document, kind, kinds) === null,
  );
  const at = anchor && {
    left: Math.max(8, Math.min(anchor.x + 8, window.innerWidth - WIDTH - 8)),
    top: Math.max(8, Math.min(anchor.y - 24, window.innerHeight - HEIGHT - 8)),
  };

  return (
    <div
      ref={frame}
      role="dialog"
      aria-label={name}
      style={{ width: WIDTH, maxHeight: HEIGHT, ...at }}
      className={`z-30 flex flex-col overflow-hidden rounded-md border border-line-strong bg-raised shadow-float ${
        at ? 'fixed' : 'absolute bottom-14 left-3'
      }`}
    >
      <Command
        label={name}
        loop
        filter={matchScore}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          close();
        }}
      >
        <CommandInput
          autoFocus
          value={search}
          onValueChange={setSearch}
          placeholder={replaced ? 'Search what it becomes' : 'Search steps to add'}
        />
        <p className="border-line border-b px-3 py-1.5 text-12 text-muted">
          {replaced ? `${replaced.key} keeps its key, connections and settings` : whereWords(place, selected)}
        </p>
        <CommandList className="max-h-none min-h-0">
          <CommandEmpty>No step is called “{search}”.</CommandEmpty>
          {groupsOf(available, search).map(
            ({ group, words, members }) =>
              members.length > 0 && (
                <CommandGroup key={group} heading={words}>
                  {members.map((kind) => (
                    <CommandItem
                      key={kind.type}
                      value={kind.title}
                      keywords={otherWords(kind)}
                      onSelect={() => add(kind)}
                      draggable={!replaced}
                      onDragStart={(event) => {
                        event.dataTransfer.setData(KIND_DRAG, kind.type);
                        event.dataTransfer.effectAllowed = 'copy';
                      }}
                      className="items-start"
                    >
                      <span className={`mt-0.5 shrink-0 ${GROUP_INK[kind.group]}`}>
                        <Icon name={kind.icon} className="size-4" />
                      </span>
                      <span className="min-w-0">
                        <span className="block font-medium leading-table">{kind.title}</span>
                        <span className="block text-12 text-muted leading-table">{kind.summary}</span>
                      </span>
                    </CommandItem>
                  ))}
                </CommandGroup>
              ),
          )}
        </CommandList>
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
