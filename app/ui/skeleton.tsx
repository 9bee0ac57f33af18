import { classNames } from './class-names.ts';

/** Where something will stand. Give it the size of what comes. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classNames('animate-pulse rounded-sm bg-hover', className)} />;
}
