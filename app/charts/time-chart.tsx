'use client';

import { type PointerEvent, type ReactNode, useState } from 'react';
import { axisTicks, labelled } from './scale.ts';
import { useWidth } from './use-width.ts';

/** One hour or day; `values` by the names of the series, null where there is none. */
export interface ChartPoint {
  /** `14:00`, `20 Nov`: under the axis. */
  label: string;
  /** `Friday 20 November, 14:00`: where it is pointed at, and in the table. */
  name: string;
  values: Readonly<Record<string, number | null>>;
}

export interface ChartSeries {
  /** Of `values`. */
  id: string;
  /** `Errors` */
  label: string;
  look: 'accent' | 'danger' | 'muted';
}

export interface TimeChartProps {
  /** Columns stand on each other in the order of the series; lines are drawn each for itself. */
  kind: 'columns' | 'lines';
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  /** A value in words: `84 ms`. */
  format: (value: number) => string;
  /** Things are counted: the axis has whole numbers only. */
  whole?: boolean;
}

const HEIGHT = 168;
const TOP = 8;
const BOTTOM = 22;
const LEFT = 56;
const PLOT = HEIGHT - TOP - BOTTOM;

const FILL = { accent: 'fill-accent', danger: 'fill-danger', muted: 'fill-faint' } as const;
const STROKE = { accent: 'stroke-accent', danger: 'stroke-danger', muted: 'stroke-faint' } as const;
const BACK = { accent: 'bg-accent', danger: 'bg-danger', muted: 'bg-faint' } as const;

/** Values over time. For the eye only: the same values stand in a table beside it (`ChartTable`). */
export function TimeChart({ kind, points, series, format, whole = false }: TimeChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const plot = Math.max(0, width - LEFT);
  const slot = points.length === 0 ? 0 : plot / points.length;
  const most = Math.max(
    0,
    ...points.map(({ values }) => {
      const all = series.map(({ id }) => values[id] ?? 0);
      return kind === 'columns' ? all.reduce((sum, value) => sum + value, 0) : Math.max(...all);
    }),
  );
  const ticks = axisTicks(most, { whole });
  const top = ticks.at(-1) ?? 1;
  const y = (value: number): number => TOP + PLOT * (1 - value / top);
  const pointed = at === null ? undefined : points[at];

  const follow = (event: PointerEvent<SVGSVGElement>): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT;
    const index = Math.floor(x / slot);
    setAt(index >= 0 && index < points.length ? index : null);
  };

  return (
    <div ref={frame} className="relative" style={{ height: HEIGHT }}>
      {width > 0 && (
        <svg
          aria-hidden="true"
          width={width}
          height={HEIGHT}
          className="block overflow-visible text-11"
          onPointerMove={follow}
          onPointerLeave={() => setAt(null)}
        >
          {ticks.map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} className="stroke-line" />
              <text x={LEFT - 8} y={y(tick)} dy="0.32em" textAnchor="end" className="fill-muted text-[11px]">
                {format(tick)}
              </text>
            </g>
          ))}
          {at !== null && (
            <rect x={LEFT + at * slot} y={TOP} width={slot} height={PLOT} className="fill-hover" />
          )}
          {kind === 'columns' ? (
            <Columns points={points} series={series} slot={slot} y={y} />
          ) : (
            series.map((one) => <Line key={one.id} points={points} series={one} slot={slot} y={y} />)
          )}
          {labelled(points.length, plot, 64).map((index) => (
            <text
              key={index}
              x={index === points.length - 1 ? width : LEFT + (index + 0.5) * slot}
              y={HEIGHT - 6}
              textAnchor={index === points.length - 1 ? 'end' : 'middle'}
              className="fill-muted text-[11px]"
            >
              {points[index]?.label}
            </text>
          ))}
        </svg>
      )}
      {pointed && at !== null && (
        <Readout left={LEFT + (at + 0.5) * slot} width={width} title={pointed.name}>
          {series.map(({ id, label, look }) => (
            <p key={id} className="flex items-center gap-1.5">
              <span aria-hidden className={`size-2 rounded-xs ${BACK[look]}`} />
              <span className="text-muted">{label}</span>
              <span className="ml-auto pl-3 tabular-nums">{inWords(pointed.values[id], format)}</span>
            </p>
          ))}
        </Readout>
      )}
    </div>
  );
}

interface DrawnProps {
  points: readonly ChartPoint[];
  /** px of one point. */
  slot: number;
  y: (value: number) => number;
}

function Columns({ points, series, slot, y }: DrawnProps & { series: readonly ChartSeries[] }) {
  const gap = slot > 6 ? Math.min(4, slot * 0.2) : 0.5;
  return points.map(({ name, values }, index) => {
    let under = 0;
    return (
      <g key={name}>
        {series.map(({ id, look }) => {
          const value = values[id] ?? 0;
          if (value === 0) return null;
          const [from, to] = [y(under), y(under + value)];
          under += value;
          // The least of them is to be seen.
          const height = Math.max(1, from - to);
          return (
            <rect
              key={id}
              x={LEFT + index * slot + gap / 2}
              y={from - height}
              width={Math.max(1, slot - gap)}
              height={height}
              className={FILL[look]}
            />
          );
        })}
      </g>
    );
  });
}

/** With gaps where there is no value; a value alone is a dot. */
function Line({ points, series, slot, y }: DrawnProps & { series: ChartSeries }) {
  const x = (index: number): number => LEFT + (index + 0.5) * slot;
  const pieces: [number, number][][] = [];
  let piece: [number, number][] | null = null;
  points.forEach(({ values }, index) => {
    const value = values[series.id];
    if (value === null || value === undefined) {
      piece = null;
      return;
    }
    if (!piece) {
      piece = [];
      pieces.push(piece);
    }
    piece.push([x(index), y(value)]);
  });
  return pieces.map((places) =>
    places.length === 1 ? (
      <circle
        key={places[0]![0]}
        cx={places[0]![0]}
        cy={places[0]![1]}
        r={2.5}
        className={FILL[series.look]}
      />
    ) : (
      <polyline
        key={places[0]![0]}
        points={places.map((place) => place.join(',')).join(' ')}
        fill="none"
        strokeWidth={1.5}
        strokeLinejoin="round"
        className={STROKE[series.look]}
      />
    ),
  );
}

function Readout({
  left,
  width,
  title,
  children,
}: {
  left: number;
  width: number;
  title: string;
  children: ReactNode;
}) {
  const onRight = left < width / 2;
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-2 z-10 min-w-40 rounded-md border border-line bg-raised px-2 py-1.5 text-12 shadow-float"
      style={onRight ? { left: left + 12 } : { right: width - left + 12 }}
    >
      <p className="mb-0.5 whitespace-nowrap font-medium">{title}</p>
      {children}
    </div>
  );
}

/** A value as it is read; `none` where there is none. */
export function inWords(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? 'none' : format(value);
}
