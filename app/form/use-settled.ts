'use client';

import { useEffect, useState } from 'react';

/** The value as it was when it had not changed for `ms`: what is typed is not asked for letter by letter. */
export function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
