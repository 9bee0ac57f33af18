'use client';

import { Chart } from '#app/charts/chart.tsx';
import type { CallRange, Calls } from '#app/data/types.ts';
import { duration, number } from '#app/ui/quantity.ts';
import { CallerTable } from './caller-table.tsx';
import { share } from './share.ts';
import { spanWords } from './span-words.ts';
import { ToolTable } from './tool-table.tsx';

/** Figures, charts, and what each tool and each caller has its part in. */
export function CallFigures({
  project,
  range,
  figures,
  narrowTo,
}: {
  project: string;
  range: CallRange;
  figures: Calls;
  /** The address of this page for one tool or one client. */
  narrowTo: (changes: { workflow?: string; client?: string }) => string;
}) {
  const { step, total, tools, clients } = figures;
  const span = step === 'hour' ? 'Hour' : 'Day';
  const points = figures.points.map(({ at, calls, errors, p50, p95 }) => ({
    ...spanWords(at, step, range),
    values: { fine: calls - errors, errors, p50, p95 },
  }));
  return (
    <div className="flex flex-col gap-4">
      <dl className="grid grid-cols-4 divide-x divide-line rounded-md border border-line bg-surface">
        <Figure name="Calls">{number(total.calls)}</Figure>
        <Figure name="Errors">
          {number(total.errors)}{' '}
          <span className="font-normal text-13 text-muted">{share(total.errors, total.calls)}</span>
        </Figure>
        <Figure name="Half of the calls took at most (p50)">
          {total.p50 === null ? 'none' : duration(total.p50)}
        </Figure>
        <Figure name="95 of 100 took at most (p95)">
          {total.p95 === null ? 'none' : duration(total.p95)}
        </Figure>
      </dl>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Chart
          title={`Calls by ${span.toLowerCase()}`}
          span={span}
          kind="columns"
          whole
          points={points}
          series={[
            { id: 'errors', label: 'Errors', look: 'danger' },
            { id: 'fine', label: 'Answered', look: 'accent' },
          ]}
          format={number}
        />
        <Chart
          title={`Duration by ${span.toLowerCase()}`}
          span={span}
          kind="lines"
          points={points}
          series={[
            { id: 'p95', label: 'p95', look: 'muted' },
            { id: 'p50', label: 'p50', look: 'accent' },
          ]}
          format={(value) => (value === 0 ? '0' : duration(value))}
        />
      </div>
      <ToolTable project={project} tools={tools} narrowTo={narrowTo} />
      <CallerTable project={project} callers={clients} narrowTo={narrowTo} />
    </div>
  );
}

function Figure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-col-reverse justify-end px-4 py-3">
      <dt className="text-12 text-muted">{name}</dt>
      <dd className="font-semibold text-20 tabular-nums">{children}</dd>
    </div>
  );
}
