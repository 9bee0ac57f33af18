import { CircleMinus, CirclePlus, type LucideIcon, PencilLine } from 'lucide-react';
import { classNames } from '#app/ui/class-names.ts';
import type { Mark } from '../system/version-diff.ts';

const MARKS: Record<Mark, { icon: LucideIcon; word: string; style: string }> = {
  added: { icon: CirclePlus, word: 'Added', style: 'bg-success-soft text-success-ink' },
  removed: { icon: CircleMinus, word: 'Removed', style: 'bg-danger-soft text-danger-ink' },
  changed: { icon: PencilLine, word: 'Changed', style: 'bg-warning-soft text-warning-ink' },
};

/** What became of a part: icon, word and colour. */
export function MarkBadge({ mark, className }: { mark: Mark; className?: string }) {
  const { icon: Icon, word, style } = MARKS[mark];
  return (
    <span
      className={classNames(
        'inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-sm px-1.5 font-medium text-12',
        style,
        className,
      )}
    >
      <Icon size={12} aria-hidden /> {word}
    </span>
  );
}
