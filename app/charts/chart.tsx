import { Disclosure } from '#app/ui/disclosure.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { type ChartSeries, inWords, TimeChart, type TimeChartProps } from './time-chart.tsx';

const BACK = { accent: 'bg-accent', danger: 'bg-danger', muted: 'bg-faint' } as const;

export interface ChartProps extends TimeChartProps {
  /** `Calls` */
  title: string;
  /** What one row of its table is: `Hour` or `Day`. */
  span: string;
}

/** A chart with its name, its legend, and the same values as a table. */
export function Chart({ title, span, ...chart }: ChartProps) {
  return (
    <section aria-label={title} className="rounded-md border border-line bg-surface p-4">
      <header className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold text-14">{title}</h2>
        <Legend series={chart.series} />
      </header>
      <TimeChart {...chart} />
      <Disclosure title="As a table" className="mt-2">
        <div className="flex max-h-72 flex-col rounded-md border border-line">
          <ChartTable title={title} span={span} {...chart} />
        </div>
      </Disclosure>
    </section>
  );
}

function Legend({ series }: { series: readonly ChartSeries[] }) {
  return (
    <ul aria-label="Legend" className="flex gap-3 text-12 text-muted">
      {series.map(({ id, label, look }) => (
        <li key={id} className="flex items-center gap-1.5">
          <span aria-hidden className={`size-2 rounded-xs ${BACK[look]}`} />
          {label}
        </li>
      ))}
    </ul>
  );
}

/** The values, newest first; hours and days without any are left out. */
function ChartTable({ title, span, points, series, format }: ChartProps) {
  const told = points.filter(({ values }) => series.some(({ id }) => values[id])).toReversed();
  if (told.length === 0) return <p className="p-3 text-12 text-muted">No calls in this time.</p>;
  return (
    <Table aria-label={`${title}, as a table`}>
      <TableColumns
        names={[span, ...series.map(({ label }) => label)]}
        numeric={series.map(({ label }) => label)}
      />
      <TableBody>
        {told.map(({ name, values }) => (
          <TableRow key={name}>
            <TableCell>{name}</TableCell>
            {series.map(({ id }) => (
              <TableCell key={id} className="text-right tabular-nums">
                {inWords(values[id], format)}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
