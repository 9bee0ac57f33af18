import type { ReactNode } from 'react';
import { Status, type StatusName } from '#app/ui/status.tsx';

/** One thing that was looked at before publishing: how it stands, in a line, and what there is to it. */
export function ReviewItem({
  status,
  word,
  title,
  children,
}: {
  status: StatusName;
  /** The state for screen readers, when its usual word does not fit. */
  word?: string;
  title: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section className="flex gap-3 border-line border-b px-4 py-3 last:border-b-0">
      <Status status={status} compact className="h-5 self-start">
        {word}
      </Status>
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <h3 className="font-medium">{title}</h3>
        {children}
      </div>
    </section>
  );
}
