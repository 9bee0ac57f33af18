'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';

/** Changes parameters of the address; null takes one out. */
export function useFilterAddress(): (changes: Record<string, string | null>) => void {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  return (changes) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    router.replace(next.size === 0 ? path : `${path}?${next}`, { scroll: false });
  };
}
