'use client';

import { Input } from '#app/ui/input.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import type { Allowance } from '#lib/workflow/limits.ts';

/** What is typed of an allowance; nothing is no limit. */
export type TypedAllowance = Record<keyof Allowance, string>;

const COLUMNS: { name: keyof Allowance; label: string; most: number }[] = [
  { name: 'perMinute', label: 'Calls a minute', most: 10_000_000 },
  { name: 'burst', label: 'Burst', most: 10_000_000 },
  { name: 'atOnce', label: 'At once', most: 256 },
  { name: 'perDay', label: 'A day', most: 1_000_000_000 },
  { name: 'perMonth', label: 'A month', most: 2_000_000_000 },
];

export interface AllowanceRow {
  id: string;
  label: string;
  /** Days and months cannot be limited. */
  withoutDays?: boolean;
  typed: TypedAllowance;
}

/** Limits to type in, a row for each whose they are. */
export function AllowanceTable({
  rows,
  onChange,
}: {
  rows: readonly AllowanceRow[];
  onChange(id: string, typed: TypedAllowance): void;
}) {
  return (
    <Table>
      <TableColumns names={['Whose', ...COLUMNS.map(({ label }) => label)]} />
      <TableBody>
        {rows.map(({ id, label, withoutDays, typed }) => (
          <TableRow key={id}>
            <TableCell className="font-medium whitespace-nowrap">{label}</TableCell>
            {COLUMNS.map(({ name, label: column, most }) => (
              <TableCell key={name} className="px-2">
                {withoutDays && (name === 'perDay' || name === 'perMonth') ? (
                  <span className="px-2 text-muted">–</span>
                ) : (
                  <Input
                    aria-label={`${label}: ${column.toLowerCase()}`}
                    type="number"
                    min={1}
                    max={most}
                    step={1}
                    required={name === 'burst'}
                    placeholder="No limit"
                    className="w-28 tabular-nums"
                    value={typed[name]}
                    onChange={(event) => onChange(id, { ...typed, [name]: event.target.value })}
                  />
                )}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

export function typedOf(allowance: Allowance): TypedAllowance {
  const text = (value: number | null) => (value === null ? '' : String(value));
  return {
    perMinute: text(allowance.perMinute),
    burst: text(allowance.burst),
    atOnce: text(allowance.atOnce),
    perDay: text(allowance.perDay),
    perMonth: text(allowance.perMonth),
  };
}

/** What was typed, as limits; the server says what is wrong with it. */
export function allowanceOf(typed: TypedAllowance): Allowance {
  const value = (text: string) => (text.trim() === '' ? null : Number(text));
  return {
    perMinute: value(typed.perMinute),
    burst: Number(typed.burst),
    atOnce: value(typed.atOnce),
    perDay: value(typed.perDay),
    perMonth: value(typed.perMonth),
  };
}
