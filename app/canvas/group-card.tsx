'use client';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { Maximize2, Minimize2 } from 'lucide-react';
import { memo, useEffect, useRef, useState } from 'react';
import { count } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import type { CanvasGroup } from '#lib/workflow/document.ts';
import { useCanvas, useCanvasStore, useChecked } from './canvas-context.tsx';
import type { GroupNode } from './system/flow-drawn.ts';

/** A named frame around steps; folded, one card that stands for them. */
export const GroupCard = memo(function GroupCard({
  data: { group, folded },
  width,
  height,
}: NodeProps<GroupNode>) {
  const selected = useCanvas((state) => group.nodes.every((id) => state.selectedNodes.has(id)));
  const colour = group.colour ?? 'grey';
  if (folded) return <FoldedGroup group={group} selected={selected} />;
  return (
    <div
      style={{
        width,
        height,
        background: `color-mix(in srgb, var(--note-${colour}) 45%, transparent)`,
      }}
      className={`rounded-md border border-dashed ${selected ? 'border-accent' : 'border-line-strong'}`}
    >
      <Head group={group} folded={false} />
    </div>
  );
});

function FoldedGroup({ group, selected }: { group: CanvasGroup; selected: boolean }) {
  const problems = useChecked((state) =>
    group.nodes.reduce((sum, id) => sum + (state.byNode.get(id)?.length ?? 0), 0),
  );
  return (
    <div
      style={{ background: `var(--note-${group.colour ?? 'grey'})` }}
      className={`step-card pointer-events-auto size-full rounded-md border ${
        selected ? 'border-accent ring-1 ring-accent' : 'border-line-strong'
      }`}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Handle type="source" id="out" position={Position.Right} isConnectable={false} />
      <Head group={group} folded />
      <p className="flex items-center gap-2 px-3 text-12 text-muted">
        {count(group.nodes.length, 'step')}
        {problems > 0 && <Status status="error">{count(problems, 'problem')}</Status>}
      </p>
    </div>
  );
}

function Head({ group, folded }: { group: CanvasGroup; folded: boolean }) {
  const store = useCanvasStore();
  const renaming = useCanvas((state) => state.renamingGroup === group.id);
  const Sign = folded ? Maximize2 : Minimize2;
  const words = folded ? `Unfold ${group.title}` : `Fold ${group.title} into one card`;
  return (
    <div className="group-head pointer-events-auto flex h-8 cursor-grab items-center gap-1 pr-1 pl-3">
      {renaming ? (
        <TitleField group={group} />
      ) : (
        <button
          type="button"
          title={group.description ?? 'Select its steps; a double click renames'}
          className="min-w-0 flex-1 truncate text-left font-medium text-13"
          onClick={() => store.getState().selectGroup(group.id)}
          onDoubleClick={() => store.getState().renameGroup(group.id)}
        >
          {group.title}
        </button>
      )}
      <button
        type="button"
        aria-label={words}
        title={words}
        aria-expanded={!folded}
        className="nodrag grid size-6 shrink-0 place-items-center rounded-sm text-muted hover:bg-hover hover:text-ink"
        onClick={() => store.getState().fold(group.id, !folded)}
      >
        <Sign size={13} aria-hidden />
      </button>
    </div>
  );
}

function TitleField({ group }: { group: CanvasGroup }) {
  const store = useCanvasStore();
  const [title, setTitle] = useState(group.title);
  const field = useRef<HTMLInputElement>(null);
  const left = useRef(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const done = (keep: boolean): void => {
    if (left.current) return;
    left.current = true;
    const words = title.trim();
    if (keep && words !== '' && words !== group.title) store.getState().setGroup(group.id, { title: words });
    store.getState().renameGroup(null);
  };
  return (
    <input
      ref={field}
      aria-label="Title of the group"
      className="nodrag nopan h-6 min-w-0 flex-1 rounded-sm border border-accent bg-sunken px-1.5 text-13"
      maxLength={120}
      value={title}
      onChange={(event) => setTitle(event.target.value)}
      onBlur={() => done(true)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.stopPropagation();
        event.preventDefault();
        done(event.key === 'Enter');
      }}
    />
  );
}
