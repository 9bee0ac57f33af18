import Link from 'next/link';
import { Sparkline } from '#app/charts/sparkline.tsx';
import { duration, number } from '#app/ui/quantity.ts';
import { TableCell } from '#app/ui/table.tsx';
import { share } from './share.ts';

/** The columns that tables of tools and of callers have in common. */
export const FIGURE_COLUMNS = ['Calls', 'Over time', 'Errors', 'p50', 'p95'];
export const NUMERIC = ['Calls', 'Errors', 'p50', 'p95'];

/** Their cells. `runs`: the list of runs that are counted; `failed`, of those that failed. */
export function FigureCells({
  line,
  runs,
  failed,
}: {
  line: { calls: number; errors: number; p50: number | null; p95: number | null; points: readonly number[] };
  runs: string | null;
  failed: string | null;
}) {
  return (
    <>
      <TableCell className="text-right tabular-nums">
        {runs ? (
          <Link href={runs} className="hover:underline">
            {number(line.calls)}
            <span className="sr-only"> calls: show the runs</span>
          </Link>
        ) : (
          number(line.calls)
        )}
      </TableCell>
      <TableCell>
        <Sparkline values={line.points} />
      </TableCell>
      <TableCell className="whitespace-nowrap text-right tabular-nums">
        {line.errors > 0 && failed ? (
          <Link href={failed} className="text-danger-ink hover:underline">
            {number(line.errors)}
            <span className="sr-only"> errors: show the runs</span>
          </Link>
        ) : (
          number(line.errors)
        )}{' '}
        <span className="text-12 text-muted">{share(line.errors, line.calls)}</span>
      </TableCell>
      <TableCell className="whitespace-nowrap text-right tabular-nums">{inTime(line.p50)}</TableCell>
      <TableCell className="whitespace-nowrap text-right tabular-nums">{inTime(line.p95)}</TableCell>
    </>
  );
}

function inTime(ms: number | null): string {
  return ms === null ? '' : duration(ms);
}
