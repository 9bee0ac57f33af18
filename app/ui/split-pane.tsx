'use client';

import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import { classNames } from './class-names.ts';

export interface SplitPaneProps {
  /** Which side of the rest this pane stands at; the bar is on its inner edge. */
  side: 'left' | 'right' | 'bottom';
  /** px; kept in the browser under `name`. */
  initial: number;
  min: number;
  max: number;
  /** `Inspector`: names the bar and the stored size. */
  name: string;
  className?: string;
  children: ReactNode;
}

/** A pane whose inner edge can be dragged, or moved with the arrow keys. */
export function SplitPane({ side, initial, min, max, name, className, children }: SplitPaneProps) {
  const [size, setSize] = useState(() => readSize(name, initial));
  const horizontal = side !== 'bottom';
  const clamped = Math.min(max, Math.max(min, size));
  const keep = (next: number) => {
    const fitting = Math.min(max, Math.max(min, next));
    setSize(fitting);
    localStorage.setItem(storageKey(name), String(fitting));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.preventDefault();
    const bar = event.currentTarget;
    const from = horizontal ? event.clientX : event.clientY;
    bar.setPointerCapture(event.pointerId);
    const move = (at: globalThis.PointerEvent) => {
      const travelled = (horizontal ? at.clientX : at.clientY) - from;
      keep(clamped + (side === 'left' ? travelled : -travelled));
    };
    bar.addEventListener('pointermove', move);
    bar.addEventListener('lostpointercapture', () => bar.removeEventListener('pointermove', move), {
      once: true,
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const grow = { left: 'ArrowRight', right: 'ArrowLeft', bottom: 'ArrowUp' }[side];
    const shrink = { left: 'ArrowLeft', right: 'ArrowRight', bottom: 'ArrowDown' }[side];
    if (event.key === grow) keep(clamped + 16);
    else if (event.key === shrink) keep(clamped - 16);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className={classNames('relative min-h-0 min-w-0 shrink-0', className)}
      style={horizontal ? { width: clamped } : { height: clamped }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be dragged or hold a value */}
      <div
        role="separator"
        tabIndex={0}
        aria-label={`Size of ${name}`}
        aria-orientation={horizontal ? 'vertical' : 'horizontal'}
        aria-valuenow={clamped}
        aria-valuemin={min}
        aria-valuemax={max}
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
        onDoubleClick={() => keep(initial)}
        className={classNames(
          'absolute z-20 touch-none transition-colors hover:bg-accent focus-visible:bg-accent focus-visible:outline-none active:bg-accent',
          side === 'left' && 'inset-y-0 -right-0.5 w-1 cursor-col-resize',
          side === 'right' && 'inset-y-0 -left-0.5 w-1 cursor-col-resize',
          side === 'bottom' && 'inset-x-0 -top-0.5 h-1 cursor-row-resize',
        )}
      />
      {children}
    </div>
  );
}

function storageKey(name: string): string {
  return `patchbay:size:${name}`;
}

function readSize(name: string, initial: number): number {
  if (typeof localStorage === 'undefined') return initial;
  const stored = Number(localStorage.getItem(storageKey(name)));
  return stored > 0 ? stored : initial;
}
