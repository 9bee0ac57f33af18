'use client';

import { useEffect, useState } from 'react';

/** Under the heads that stay, in px; and the part of the window whose uppermost section counts. */
const WINDOW = '-100px 0px -55% 0px';

/** Id of the section one looks at: the uppermost of these in view. Null until they are there. */
export function useSectionInView(ids: readonly string[], there: boolean): string | null {
  const [current, setCurrent] = useState<string | null>(null);
  useEffect(() => {
    if (!there) return;
    const seen = new Set<string>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) seen.add(target.id);
          else seen.delete(target.id);
        }
        const first = ids.find((id) => seen.has(id));
        if (first !== undefined) setCurrent(first);
      },
      { rootMargin: WINDOW },
    );
    for (const id of ids) {
      const section = document.getElementById(id);
      if (section) observer.observe(section);
    }
    return () => observer.disconnect();
  }, [ids, there]);
  return current;
}
