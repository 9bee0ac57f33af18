/** How well something fits, from 0 to 1: a number with a bar. */
export function ScoreBar({ score, label = 'Score' }: { score: number; label?: string }) {
  const part = Math.max(0, Math.min(1, score));
  return (
    <span className="inline-flex shrink-0 items-center gap-1.5">
      <span aria-hidden className="block h-1.5 w-16 overflow-hidden rounded-full bg-hover">
        <span
          className="block h-full rounded-full bg-accent"
          style={{ width: `${part === 0 ? 0 : Math.max(3, part * 100)}%` }}
        />
      </span>
      <span className="font-mono text-12 text-muted tabular-nums">
        <span className="sr-only">{label} </span>
        {score.toFixed(2)}
      </span>
    </span>
  );
}
