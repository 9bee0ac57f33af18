'use client';

import { ChevronRight, Copy } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import { toast } from '#app/ui/toast.ts';
import { useCopy } from '#app/ui/use-copy.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { expressionPath } from './json-path.ts';
import { type JsonRow, jsonRows, PAGE, summary } from './json-rows.ts';
import { startPathDrag } from './path-drag.ts';

/** Text longer than this is folded on its line. */
const LONG = 120;

export interface JsonTreeRowsProps {
  value: JsonValue;
  path?: string;
  label: string;
  openDepth: number;
}

/**
 * The tree itself, as the ARIA practice has it: arrows walk and fold, Enter unfolds a long text, C copies the value,
 * P copies the path.
 */
export function JsonTreeRows({ value, path, label, openDepth }: JsonTreeRowsProps) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [pages, setPages] = useState<Readonly<Record<string, number>>>({});
  const [focused, setFocused] = useState('[]');
  const list = useRef<HTMLDivElement>(null);
  const { copy } = useCopy();

  // A list of many is closed at first even where its depth is open.
  const isOpen = (row: JsonRow): boolean =>
    (row.depth < openDepth && (row.depth === 0 || (row.size ?? 0) <= 20)) !== toggled.has(row.id);
  const rows = jsonRows(value, { isOpen, shown: (row) => pages[row.id] ?? PAGE });
  const current = rows.some((row) => row.id === focused) ? focused : '[]';

  const toggle = (row: JsonRow): void => setToggled(flip(row.id));
  const showMore = (row: JsonRow): void => {
    const owner = row.id.slice(0, -1);
    setPages((earlier) => ({ ...earlier, [owner]: (earlier[owner] ?? PAGE) + PAGE }));
  };
  const act = (row: JsonRow): void => {
    if (row.more) showMore(row);
    else if (row.size !== null) toggle(row);
    else if (isLong(row.value)) setUnfolded(flip(row.id));
  };
  const focusOn = (row: JsonRow | undefined): void => {
    if (!row) return;
    setFocused(row.id);
    list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.id)}"]`)?.focus();
  };
  const copyValue = (row: JsonRow): void => {
    void copy(typeof row.value === 'string' ? row.value : JSON.stringify(row.value, null, 2));
    toast('Value copied');
  };
  const copyPath = (row: JsonRow): void => {
    if (path === undefined) return;
    void copy(`{{ ${expressionPath(path, row.path)} }}`);
    toast('Path copied', { description: `{{ ${expressionPath(path, row.path)} }}` });
  };

  const onKeyDown = (event: KeyboardEvent, row: JsonRow, index: number): void => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const open = row.size !== null && isOpen(row);
    if (event.key === 'ArrowDown') focusOn(rows[index + 1]);
    else if (event.key === 'ArrowUp') focusOn(rows[index - 1]);
    else if (event.key === 'Home') focusOn(rows[0]);
    else if (event.key === 'End') focusOn(rows.at(-1));
    else if (event.key === 'ArrowRight' && row.size && !open) toggle(row);
    else if (event.key === 'ArrowRight' && open) focusOn(rows[index + 1]);
    else if (event.key === 'ArrowLeft' && row.size && open) toggle(row);
    else if (event.key === 'ArrowLeft')
      focusOn(rows.slice(0, index).findLast(({ depth }) => depth < row.depth));
    else if (event.key === 'Enter' || event.key === ' ') act(row);
    else if (event.key === 'c') copyValue(row);
    else if (event.key === 'p' && path !== undefined) copyPath(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={list} role="tree" aria-label={label} className="min-w-fit font-mono text-12 leading-table">
      {rows.map((row, index) => (
        <div
          key={row.id}
          role="treeitem"
          data-row={row.id}
          tabIndex={row.id === current ? 0 : -1}
          aria-level={row.depth + 1}
          aria-expanded={row.size ? isOpen(row) : undefined}
          aria-selected={row.id === current}
          draggable={path !== undefined && !row.more}
          onDragStart={(event) => path !== undefined && startPathDrag(event, expressionPath(path, row.path))}
          onFocus={() => setFocused(row.id)}
          onClick={() => act(row)}
          onKeyDown={(event) => onKeyDown(event, row, index)}
          className={classNames(
            'group/row flex min-h-6 items-start gap-1 rounded-sm py-0.5 pr-1 hover:bg-hover focus-visible:-outline-offset-2',
            path !== undefined && !row.more && 'cursor-grab active:cursor-grabbing',
          )}
          style={{ paddingLeft: 4 + row.depth * 14 }}
        >
          <ChevronRight
            aria-hidden
            className={classNames(
              'mt-0.5 size-3.5 shrink-0 text-muted transition-transform',
              !row.size && 'invisible',
              row.size && isOpen(row) && 'rotate-90',
            )}
          />
          {row.more ? (
            <span className="text-accent-ink">{`Show ${Math.min(PAGE, row.more)} of ${row.more} more`}</span>
          ) : (
            <>
              {(row.name !== null || row.size !== null) && (
                <span className="shrink-0 text-ink">
                  {row.name ?? label}
                  <span className="text-muted">:</span>
                </span>
              )}
              <ValueText row={row} open={row.size !== null && isOpen(row)} unfolded={unfolded.has(row.id)} />
              <button
                type="button"
                tabIndex={-1}
                aria-label={`Copy ${row.name ?? label}`}
                onClick={(event) => {
                  event.stopPropagation();
                  copyValue(row);
                }}
                className="ml-auto shrink-0 rounded-sm p-0.5 text-muted opacity-0 hover:text-ink group-hover/row:opacity-100"
              >
                <Copy aria-hidden className="size-3" />
              </button>
            </>
          )}
        </div>
      ))}
    </div>
  );
}

function ValueText({ row, open, unfolded }: { row: JsonRow; open: boolean; unfolded: boolean }) {
  const { value } = row;
  if (row.size !== null) return <span className="text-muted">{open ? kindWord(value) : summary(value)}</span>;
  if (typeof value === 'string') {
    const text = unfolded || !isLong(value) ? value : `${value.slice(0, LONG)}…`;
    return (
      <span className="wrap-anywhere min-w-[8ch] max-w-[60ch] whitespace-pre-wrap text-success-ink">
        {text === '' ? '""' : text}
        {isLong(value) && !unfolded && (
          <span className="text-muted"> {`${value.length.toLocaleString('en')} characters`}</span>
        )}
      </span>
    );
  }
  return (
    <span className={typeof value === 'number' ? 'text-group-flow' : 'text-group-shape'}>
      {String(value)}
    </span>
  );
}

function kindWord(value: JsonValue): string {
  return Array.isArray(value) ? summary(value) : '';
}

function isLong(value: JsonValue): value is string {
  return typeof value === 'string' && value.length > LONG;
}

function flip(id: string): (earlier: ReadonlySet<string>) => ReadonlySet<string> {
  return (earlier) => {
    const next = new Set(earlier);
    if (!next.delete(id)) next.add(id);
    return next;
  };
}
