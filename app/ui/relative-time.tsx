'use client';

import { useEffect, useState } from 'react';
import { fullTime, relativeTime } from './quantity.ts';
import { Tooltip } from './tooltip.tsx';

/** `5 minutes ago`, with the full date on hover. Renews itself. `at` is an ISO date. */
export function RelativeTime({ at }: { at: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Tooltip content={fullTime(at)}>
      <time dateTime={at} suppressHydrationWarning className="whitespace-nowrap">
        {relativeTime(Date.parse(at), now)}
      </time>
    </Tooltip>
  );
}
