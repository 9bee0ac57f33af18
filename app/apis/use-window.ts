'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';

/** Rows drawn beyond what is seen, so that a quick scroll shows no gap. */
const BEYOND = 12;

/** Which rows of a long list with rows of one height are drawn: those that are seen, and a few around them. */
export function useWindow(
  count: number,
  rowHeight: number,
): { scroller: RefObject<HTMLDivElement | null>; from: number; to: number } {
  const scroller = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 600 });

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = (): void => setSeen({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);

  const from = Math.max(0, Math.min(Math.floor(seen.top / rowHeight), count - 1) - BEYOND);
  const to = Math.min(count, Math.ceil((seen.top + seen.height) / rowHeight) + BEYOND);
  return { scroller, from, to };
}
