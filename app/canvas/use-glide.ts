'use client';
import type { Node } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import { useCanvas } from './canvas-context.tsx';

/** How long cards take to their new places, in ms. */
const DURATION = 160;
/** Larger graphs jump: each frame would take longer than there is time for. */
const MOST = 150;

/** The nodes as they are drawn: on their way to their places after they have been tidied. */
export function useGlide<N extends Node>(nodes: N[]): N[] {
  const label = useCanvas((state) => state.history.past.at(-1)?.label);
  const length = useCanvas((state) => state.history.past.length);
  const before = useRef<{ nodes: N[]; length: number }>({ nodes, length });
  const [glide, setGlide] = useState<{ from: Map<string, N>; done: number } | null>(null);

  useEffect(() => {
    const was = before.current;
    before.current = { nodes, length };
    const tidied = length !== was.length && label === 'Tidy';
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!tidied || still || nodes.length > MOST) return;
    const from = new Map(was.nodes.map((node) => [node.id, node]));
    const start = performance.now();
    let frame = 0;
    const step = (): void => {
      const done = Math.min(1, (performance.now() - start) / DURATION);
      setGlide(done === 1 ? null : { from, done: 1 - (1 - done) ** 3 });
      if (done < 1) frame = requestAnimationFrame(step);
    };
    step();
    return () => {
      cancelAnimationFrame(frame);
      setGlide(null);
    };
  }, [nodes, length, label]);

  if (!glide) return nodes;
  return nodes.map((node) => {
    const from = glide.from.get(node.id)?.position;
    if (!from) return node;
    const at = (a: number, b: number): number => a + (b - a) * glide.done;
    return { ...node, position: { x: at(from.x, node.position.x), y: at(from.y, node.position.y) } };
  });
}
