'use client';
import { useReactFlow, useViewport } from '@xyflow/react';
import { Map as MapIcon, Maximize, Minus, Plus, SquareDashedMousePointer } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCanvas } from './canvas-context.tsx';
import { FIT } from './graph-canvas.tsx';

const STEP = { duration: 120 };

/** Zoom, fit and minimap, at the lower right corner of the canvas. */
export function ZoomBar({ minimap, onMinimap }: { minimap: boolean; onMinimap?: () => void }) {
  const { zoomIn, zoomOut, zoomTo, fitView } = useReactFlow();
  const { zoom } = useViewport();
  const selected = useCanvas((state) => state.selectedNodes);
  const chosen = selected.size > 0 ? [...selected] : null;
  return (
    <div
      role="toolbar"
      aria-label="Zoom"
      className="flex items-center rounded-md border border-line bg-surface p-px text-muted"
    >
      <Tool label="Zoom out" onClick={() => void zoomOut(STEP)}>
        <Minus size={14} aria-hidden />
      </Tool>
      <button
        type="button"
        title="Zoom to 100 %"
        aria-label={`Zoom ${Math.round(zoom * 100)} %, set to 100 %`}
        className="h-6 w-14 rounded-sm text-12 tabular-nums hover:bg-hover hover:text-ink"
        onClick={() => void zoomTo(1, STEP)}
      >
        {Math.round(zoom * 100)} %
      </button>
      <Tool label="Zoom in" onClick={() => void zoomIn(STEP)}>
        <Plus size={14} aria-hidden />
      </Tool>
      <Tool label="Show the whole graph" onClick={() => void fitView({ ...FIT, ...STEP })}>
        <Maximize size={14} aria-hidden />
      </Tool>
      {chosen && (
        <Tool
          label="Show the selection"
          onClick={() => void fitView({ ...FIT, ...STEP, nodes: chosen.map((id) => ({ id })) })}
        >
          <SquareDashedMousePointer size={14} aria-hidden />
        </Tool>
      )}
      {onMinimap && (
        <Tool label="Map" pressed={minimap} onClick={onMinimap}>
          <MapIcon size={14} aria-hidden />
        </Tool>
      )}
    </div>
  );
}

function Tool({
  label,
  pressed,
  onClick,
  children,
}: {
  label: string;
  pressed?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick}
      className="grid h-6 w-7 place-items-center rounded-sm hover:bg-hover hover:text-ink aria-pressed:bg-selected aria-pressed:text-accent-ink"
    >
      {children}
    </button>
  );
}
