'use client';

import { LoaderCircle } from 'lucide-react';
import { useEffect, useState } from 'react';

/** Shown from 300 ms on: less than that is not worth a flicker. `children` says what is going on. */
export function LoadingState({ children = 'Loading' }: { children?: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className="flex items-center justify-center gap-2 px-6 py-12 text-13 text-muted">
      {shown && (
        <>
          <LoaderCircle aria-hidden className="size-4 animate-spin" />
          {children}…
        </>
      )}
    </div>
  );
}
