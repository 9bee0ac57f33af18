'use client';
import { type ConnectionState, useConnection } from '@xyflow/react';
import { useEffect, useState } from 'react';
import { useCanvasStore } from './canvas-context.tsx';
import { refuseConnection } from './system/connect.ts';
import type { Point } from './system/geometry.ts';
import type { Kinds } from './system/kinds.ts';

const source = (connection: ConnectionState): string | null =>
  connection.inProgress && connection.fromHandle.type === 'source'
    ? `${connection.fromHandle.nodeId} ${connection.fromHandle.id ?? 'out'}`
    : null;

/** While an edge is drawn over a step that cannot take it: why not, beside the pointer. */
export function WireReason({ kinds, nodeAt }: { kinds: Kinds; nodeAt: (point: Point) => string | null }) {
  const store = useCanvasStore();
  const from = useConnection(source);
  const [reason, setReason] = useState<{ words: string; at: Point } | null>(null);

  useEffect(() => {
    if (from === null) return;
    const [node = '', handle = 'out'] = from.split(' ');
    const look = (event: PointerEvent | MouseEvent): void => {
      const at = { x: event.clientX, y: event.clientY };
      const onto = nodeAt(at);
      const { document } = store.getState();
      const there = document.nodes.find(({ id }) => id === onto);
      // The room of the frame a step stands in is where a next one can be added.
      const own = onto === node || document.nodes.find(({ id }) => id === node)?.parent === onto;
      const words =
        there && !own ? refuseConnection(document, { from: { node, handle }, to: there.id }, kinds) : null;
      setReason(words === null ? null : { words, at });
    };
    window.addEventListener('pointermove', look);
    return () => {
      window.removeEventListener('pointermove', look);
      setReason(null);
    };
  }, [from, store, kinds, nodeAt]);

  if (!reason) return null;
  return (
    <p
      role="status"
      className="pointer-events-none fixed z-40 max-w-72 rounded-md border border-danger bg-raised px-2 py-1 text-12 text-danger-ink shadow-float"
      style={{ left: reason.at.x + 14, top: reason.at.y + 14 }}
    >
      {reason.words}
    </p>
  );
}
