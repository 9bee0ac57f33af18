'use client';

import { useScheduleTimes } from '#app/data/use-schedule-times.ts';
import { useSettled } from '#app/form/use-settled.ts';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';

/** When a schedule would be due next, in its own time zone. */
export function NextTimes({ cron, timeZone }: { cron: string; timeZone: string }) {
  const times = useScheduleTimes(useSettled(cron, 250), timeZone);
  if (times.error) return <FieldMessage severity="error" message={times.error.message} />;
  if (!times.data) return <p className="text-12 text-muted">Working out the next times…</p>;
  if (times.data.next.length === 0) {
    return <FieldMessage severity="error" message="It names a day that does not come." />;
  }
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return (
    <section aria-label="Next times" className="rounded-md border border-line bg-sunken px-3 py-2">
      <h3 className="text-12 text-muted">Next times</h3>
      <ol className="mt-1 flex flex-col gap-0.5 text-12 tabular-nums">
        {times.data.next.map((at) => (
          <li key={at} className="flex justify-between gap-3">
            <span>{format.format(new Date(at))}</span>
            <span className="text-muted">
              <RelativeTime at={at} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
