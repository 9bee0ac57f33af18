'use client';
import { Handle, type NodeProps, Position, useUpdateNodeInternals } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { memo, useEffect, useRef } from 'react';
import { useCanvas, useRun, useStep } from './canvas-context.tsx';
import { PeopleAtStep } from './people-here.tsx';
import { GROUP_EDGE, Out, StepHead } from './step-card.tsx';
import type { StepNode } from './system/flow.ts';
import { BODY_HANDLE_AT, HEAD_HEIGHT } from './system/frames.ts';

/** A step that holds others: a frame around what runs once for each item. */
export const FrameCard = memo(function FrameCard({ id, data, selected, width, height }: NodeProps<StepNode>) {
  const { kind, handles } = data;
  const node = useStep(id);
  const editable = useCanvas((state) => state.editable);
  const step = useRun((state) => state.run?.steps[id]);
  const disabled = node?.settings?.disabled === true;
  const updateInternals = useUpdateNodeInternals();
  const layout = `${width} ${height} ${handles.map((handle) => handle.id).join(' ')}`;
  const measured = useRef(layout);
  useEffect(() => {
    // Its handles move when what it holds makes it wider. A new card React Flow measures itself, and shows the whole
    // graph when it has measured all: told of this one sooner it would show this one.
    if (measured.current === layout) return;
    measured.current = layout;
    updateInternals(id);
  }, [id, layout, updateInternals]);
  const inner = handles.find((handle) => handle.id === kind?.body?.handle);
  const outer = handles.filter((handle) => handle !== inner);

  // Deleted: React Flow takes the frame away with its next drawing.
  if (!node) return null;
  return (
    <div
      style={{ width, height }}
      className={`step-card relative rounded-md border text-ink before:absolute before:inset-y-0 before:left-0 before:w-[3px] before:rounded-l-md ${
        GROUP_EDGE[kind?.group ?? 'flow']
      } ${selected ? 'border-accent ring-1 ring-accent' : 'border-line-strong'} ${disabled ? 'border-dashed' : ''}`}
    >
      <PeopleAtStep id={id} />
      <div
        style={{ height: HEAD_HEIGHT }}
        className="pointer-events-auto relative ml-[3px] flex rounded-tr-md border-line border-b bg-surface"
      >
        <Handle type="target" position={Position.Left} isConnectable={editable} className="-left-[3px]!" />
        <div className={`min-w-0 flex-1 py-2 pr-3 pl-3.5 ${disabled ? 'opacity-60' : ''}`}>
          <StepHead node={node} kind={kind} step={step} />
        </div>
        <ul className="flex flex-col justify-center gap-0.5">
          {outer.map((handle) => (
            <li key={handle.id} className="relative flex h-6 items-center justify-end pr-3.5 text-12">
              {outer.length > 1 && <span className="text-muted">{handle.label ?? handle.id}</span>}
              <Out nodeId={id} nodeKey={node.key} handle={handle} />
            </li>
          ))}
        </ul>
      </div>
      {inner && (
        <FirstStep nodeId={id} nodeKey={node.key} handle={inner.id} label={inner.label ?? inner.id} />
      )}
    </div>
  );
});

/** The handle inside the frame: where each item begins. */
function FirstStep({
  nodeId,
  nodeKey,
  handle,
  label,
}: {
  nodeId: string;
  nodeKey: string;
  handle: string;
  label: string;
}) {
  const editable = useCanvas((state) => state.editable);
  const openPalette = useCanvas((state) => state.openPalette);
  const empty = useCanvas((state) => !state.document.nodes.some((other) => other.parent === nodeId));
  return (
    <div className="absolute left-3 w-0" style={{ top: BODY_HANDLE_AT }}>
      <span className="absolute bottom-2.5 left-0 -translate-x-1 whitespace-nowrap text-12 text-muted">
        {label}
      </span>
      <Handle type="source" id={handle} position={Position.Right} isConnectable={editable} />
      {empty && editable && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Add the first step inside ${nodeKey}`}
          className="nodrag nopan pointer-events-auto -translate-y-1/2 absolute left-6 flex items-center gap-1 whitespace-nowrap rounded-sm border border-line-strong bg-surface px-2 py-1 text-12 text-muted hover:border-accent hover:text-accent-ink"
          onClick={(event) => {
            event.stopPropagation();
            openPalette({ after: nodeId, handle }, { x: event.clientX, y: event.clientY });
          }}
        >
          <Plus size={12} aria-hidden /> Add the first step
        </button>
      )}
    </div>
  );
}
