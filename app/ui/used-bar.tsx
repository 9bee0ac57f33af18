/** Above this part it is told by colour too; the numbers stand beside it. */
const NEARLY_FULL = 0.9;

/** How much of something is used, from 0 to 1. The numbers stand beside it: it is not read out. */
export function UsedBar({ part }: { part: number }) {
  const tone = part >= NEARLY_FULL ? 'bg-warning-ink' : 'bg-accent';
  return (
    <span aria-hidden className="mt-1 block h-1 w-24 overflow-hidden rounded-full bg-hover">
      <span
        className={`block h-full rounded-full ${tone}`}
        style={{ width: `${Math.min(100, part === 0 ? 0 : Math.max(2, part * 100))}%` }}
      />
    </span>
  );
}
