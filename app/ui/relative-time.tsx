'use client';

import { useEffect, useState } from 'react';
import { relativeTime } from './relative-time.ts';
import { Tooltip } from './tooltip.tsx';

/** `5 minutes ago`, with the full date on hover. Renews itself. `at` is an ISO date. */
export function RelativeTime({ at }: { at: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const date = new Date(at);
  return (
    <Tooltip content={date.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'medium' })}>
      <time dateTime={at} suppressHydrationWarning className="whitespace-nowrap">
        {relativeTime(date.getTime(), now)}
      </time>
    </Tooltip>
  );
}
