import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export interface EmptyStateProps {
  icon?: LucideIcon;
  /** What is not there yet: `No runs yet`. */
  title: string;
  /** What happens next, in a sentence. */
  children?: ReactNode;
  /** The next action. */
  action?: ReactNode;
}

/** Nothing here yet, and what to do about it. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-12 text-center">
      {Icon && <Icon aria-hidden className="size-6 text-faint" strokeWidth={1.5} />}
      <p className="text-14 font-medium">{title}</p>
      {children && <div className="text-13 text-muted">{children}</div>}
      {action && <div className="mt-2 flex gap-2">{action}</div>}
    </div>
  );
}
