'use client';

import { useEffect, useState } from 'react';

/** A section counts once its head is this far from the upper edge, in px: under the heads that stay. */
const UNDER_HEADS = 160;

/** Id of the section one looks at, of these, which stand one below the other. Null until they are there. */
export function useSectionInView(ids: readonly string[], there: boolean): string | null {
  const [current, setCurrent] = useState<string | null>(null);
  useEffect(() => {
    if (!there) return;
    const look = (): void => {
      const sections = ids.flatMap((id) => document.getElementById(id) ?? []);
      const passed = sections.filter((section) => section.getBoundingClientRect().top <= UNDER_HEADS);
      const last = sections.at(-1);
      // The last one may be too short to get there.
      const atEnd = last !== undefined && last.getBoundingClientRect().bottom <= window.innerHeight;
      setCurrent((atEnd ? last : (passed.at(-1) ?? sections[0]))?.id ?? null);
    };
    look();
    // The page scrolls inside of the frame: such events do not bubble.
    document.addEventListener('scroll', look, { capture: true, passive: true });
    return () => document.removeEventListener('scroll', look, { capture: true });
  }, [ids, there]);
  return current;
}
