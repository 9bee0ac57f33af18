'use client';

import { useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';

/**
 * Whether a dialog is open that an address may ask for: `?new=key` opens the one called `key`, once. A link elsewhere,
 * or a command, leads to it that way.
 */
export function useAskedFor(what: string): [open: boolean, setOpen: (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  const asked = useSearchParams().get('new') === what;
  useEffect(() => {
    if (!asked) return;
    setOpen(true);
    const address = new URL(window.location.href);
    address.searchParams.delete('new');
    window.history.replaceState(null, '', address);
  }, [asked]);
  return [open, setOpen];
}
