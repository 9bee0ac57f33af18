import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** A list of things. The head stays in view; a row that is a link holds one TableLink. */
export function Table({ className, ...rest }: ComponentProps<'table'>) {
  return (
    <div className="min-h-0 w-full overflow-auto">
      <table
        {...rest}
        className={classNames('w-full border-separate border-spacing-0 text-13 leading-table', className)}
      />
    </div>
  );
}

export function TableBody(props: ComponentProps<'tbody'>) {
  return <tbody {...props} />;
}

export function TableRow({ className, ...rest }: ComponentProps<'tr'>) {
  return (
    <tr
      {...rest}
      className={classNames('group relative [tbody_&:hover]:bg-hover aria-selected:bg-selected', className)}
    />
  );
}

export interface TableHeaderProps extends ComponentProps<'th'> {
  /** Which way this column is sorted now; null = it can be, but is not. Leave out where it cannot be. */
  sorted?: 'ascending' | 'descending' | null;
  onSort?(): void;
  children?: ReactNode;
}

export function TableHeader({ sorted, onSort, className, children, ...rest }: TableHeaderProps) {
  return (
    <th
      scope="col"
      aria-sort={sorted ?? undefined}
      {...rest}
      className={classNames(
        'sticky top-0 z-10 h-8 whitespace-nowrap border-b border-line bg-surface px-4 text-left text-12 font-medium text-muted',
        className,
      )}
    >
      {onSort ? (
        <button type="button" onClick={onSort} className="inline-flex items-center gap-1 hover:text-ink">
          {children}
          {sorted === 'ascending' && <ArrowUp aria-hidden className="size-3" />}
          {sorted === 'descending' && <ArrowDown aria-hidden className="size-3" />}
        </button>
      ) : (
        children
      )}
    </th>
  );
}

export function TableCell({ className, ...rest }: ComponentProps<'td'>) {
  return (
    <td
      {...rest}
      className={classNames(
        'h-9 border-b border-line px-4 align-middle [tr:last-child_&]:border-b-0',
        className,
      )}
    />
  );
}

export interface TableColumnsProps {
  /** Their names; those that hold numbers are told with `numeric`. */
  names: readonly string[];
  numeric?: readonly string[];
  /** The last column holds buttons and has no name to see. */
  actions?: boolean;
}

/** The head of a table that is not sorted. */
export function TableColumns({ names, numeric = [], actions }: TableColumnsProps) {
  return (
    <thead>
      <TableRow>
        {names.map((name) => (
          <TableHeader key={name} className={numeric.includes(name) ? 'text-right' : undefined}>
            {name}
          </TableHeader>
        ))}
        {actions && (
          <TableHeader>
            <span className="sr-only">Actions</span>
          </TableHeader>
        )}
      </TableRow>
    </thead>
  );
}
