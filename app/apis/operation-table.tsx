'use client';

import type { ReactNode } from 'react';
import type { ApiOperation } from '#app/data/types.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { number } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { TableHeader } from '#app/ui/table.tsx';
import { useWindow } from './use-window.ts';

const ROW_HEIGHT = 44;
const COLUMNS = 4;

export interface OperationTableProps {
  operations: readonly ApiOperation[];
  chosen: ReadonlySet<string>;
  /** Names and costs with the choices that were made. */
  nameOf(operation: ApiOperation): string;
  tokensOf(operation: ApiOperation): number;
  /** What changed, of those that did. */
  noteOf?: ((operation: ApiOperation) => ReactNode) | undefined;
  /** Those that are there already cannot be chosen again. */
  isTaken?: ((operation: ApiOperation) => boolean) | undefined;
  open: string | null;
  sortedByCost: boolean;
  onSort(): void;
  onChoose(ids: readonly string[], chosen: boolean): void;
  onOpen(id: string): void;
}

/** The operations of a description. Only the rows that are seen are drawn, so that a thousand are as quick as ten. */
export function OperationTable(props: OperationTableProps) {
  const { operations, chosen, sortedByCost, isTaken } = props;
  const { scroller, from, to } = useWindow(operations.length, ROW_HEIGHT);
  const able = operations.filter((one) => one.faults.length === 0 && !isTaken?.(one)).map(({ id }) => id);
  const some = able.filter((id) => chosen.has(id)).length;
  const all = able.length > 0 && some === able.length;
  return (
    <div ref={scroller} className="max-h-[60vh] min-h-60 overflow-auto">
      <table
        aria-label="Operations"
        aria-rowcount={operations.length + 1}
        className="w-full table-fixed border-separate border-spacing-0 text-13 leading-table"
      >
        <thead>
          <tr aria-rowindex={1}>
            <TableHeader className="w-11">
              <Checkbox
                aria-label="Choose all that are shown"
                disabled={able.length === 0}
                checked={all ? true : some > 0 ? 'indeterminate' : false}
                onCheckedChange={() => props.onChoose(able, !all)}
              />
            </TableHeader>
            <TableHeader>Operation</TableHeader>
            <TableHeader className="w-36">Tag</TableHeader>
            <TableHeader
              className="w-24 text-right"
              sorted={sortedByCost ? 'descending' : null}
              onSort={props.onSort}
            >
              Tokens
            </TableHeader>
          </tr>
        </thead>
        <tbody>
          <Gap rows={from} />
          {operations.slice(from, to).map((operation, at) => (
            <Row key={operation.id} {...props} operation={operation} index={from + at + 2} />
          ))}
          <Gap rows={operations.length - to} />
        </tbody>
      </table>
    </div>
  );
}

/** Stands for rows that are not drawn. */
function Gap({ rows }: { rows: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={COLUMNS} style={{ height: rows * ROW_HEIGHT }} />
    </tr>
  );
}

function Row({
  operation,
  index,
  chosen,
  open,
  nameOf,
  tokensOf,
  noteOf,
  isTaken,
  onChoose,
  onOpen,
}: OperationTableProps & { operation: ApiOperation; index: number }) {
  const { id, method, path, tag, deprecated, faults } = operation;
  const cell = 'border-b border-line px-4 align-middle';
  const taken = isTaken?.(operation) ?? false;
  return (
    <tr
      aria-rowindex={index}
      aria-selected={open === id}
      style={{ height: ROW_HEIGHT }}
      className="relative hover:bg-hover aria-selected:bg-selected"
    >
      <td className={cell}>
        <Checkbox
          aria-label={`Choose ${id}`}
          className="relative z-1 align-middle"
          disabled={faults.length > 0 || taken}
          checked={taken || chosen.has(id)}
          onCheckedChange={(value) => onChoose([id], value === true)}
        />
      </td>
      <td className={classNames(cell, 'max-w-0')}>
        <button
          type="button"
          disabled={taken}
          aria-expanded={open === id}
          onClick={() => onOpen(id)}
          className="block w-full truncate text-left after:absolute after:inset-0"
        >
          <span className="font-mono text-12 font-medium">{nameOf(operation)}</span>
          <span className="ml-2 font-mono text-12 text-muted">
            {method} {path}
          </span>
        </button>
        <span className="flex items-center gap-2 truncate text-12 text-muted">
          {noteOf?.(operation)}
          {faults[0] ? <Status status="error">{faults[0]}</Status> : operation.title}
          {deprecated && <Badge tone="warning">Deprecated</Badge>}
        </span>
      </td>
      <td className={classNames(cell, 'truncate text-muted')} title={tag}>
        {tag}
      </td>
      <td className={classNames(cell, 'text-right tabular-nums text-muted')}>
        {faults.length > 0 ? '' : number(tokensOf(operation))}
      </td>
    </tr>
  );
}
