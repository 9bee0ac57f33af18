import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** What became of a page that a link led to. */
export function LinkWords({
  icon: Icon,
  title,
  children,
}: {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
}) {
  return (
    <div role="status" className="flex flex-col items-start gap-2">
      <Icon aria-hidden className="size-6 text-muted" strokeWidth={1.5} />
      <h1 className="font-semibold text-20">{title}</h1>
      <p className="text-14 text-muted">{children}</p>
    </div>
  );
}
