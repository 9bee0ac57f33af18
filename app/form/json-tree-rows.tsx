'use client';

import { Braces, ChevronRight, Copy, TextCursorInput } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import { number } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import { useCopy } from '#app/ui/use-copy.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { FileLine, type FileValue, fileIn } from './file-line.tsx';
import { FileImagePreview, ImagePreview } from './image-preview.tsx';
import { useInsertTarget } from './insert-target.ts';
import { expressionPath } from './json-path.ts';
import { type JsonRow, jsonMatches, jsonRows, PAGE, summary } from './json-rows.ts';
import { startPathDrag } from './path-drag.ts';
import { imageAddress, mayBeImage } from './raster-image.ts';

/** Text longer than this is folded on its line. */
const LONG = 120;
/** Of an unfolded text so much is shown. */
const MOST_TEXT = 20_000;
/** Places that a search shows. */
const MOST_FOUND = 200;

export interface JsonTreeRowsProps {
  value: JsonValue;
  path?: string;
  label: string;
  openDepth: number;
  /** Only what holds this text, in its name or value; empty: all. */
  sought?: string;
}

/**
 * The tree itself, as the ARIA practice has it: arrows walk and fold, Enter unfolds a long text, C copies the value,
 * P copies the path, I inserts it into the field that the cursor was in last.
 */
export function JsonTreeRows({ value, path, label, openDepth, sought = '' }: JsonTreeRowsProps) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [pages, setPages] = useState<Readonly<Record<string, number>>>({});
  const [focused, setFocused] = useState('[]');
  const list = useRef<HTMLDivElement>(null);
  const { copy } = useCopy();

  // A list of many is closed at first even where its depth is open.
  const isOpen = (row: JsonRow): boolean =>
    (row.depth < openDepth && !fileIn(row.value) && (row.depth === 0 || (row.size ?? 0) <= 20)) !==
    toggled.has(row.id);
  const text = useDeferredValue(sought.trim());
  const only = useMemo(() => (text === '' ? undefined : jsonMatches(value, text, MOST_FOUND)), [value, text]);
  const rows =
    only?.length === 0
      ? []
      : jsonRows(value, { isOpen, shown: (row) => pages[row.id] ?? PAGE, ...(only && { only }) });
  const target = useInsertTarget();
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

  const insert = (row: JsonRow): void => {
    if (path === undefined || row.more) return;
    const written = expressionPath(path, row.path);
    if (target) target.insert(written);
    else {
      void copy(`{{ ${written} }}`);
      toast('Path copied', { description: 'To insert it, put the cursor into a field first.' });
    }
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
    else if (event.key === 'i' && path !== undefined) insert(row);
    else if (event.key === 'p' && path !== undefined) copyPath(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  if (only?.length === 0) return <p className="p-1 text-12 text-muted">Nothing in it holds “{text}”.</p>;
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
              <ValueText
                file={fileIn(row.value)}
                row={row}
                open={row.size !== null && isOpen(row)}
                unfolded={unfolded.has(row.id)}
              />
              <span className="ml-auto flex shrink-0 opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100">
                {path !== undefined && target && (
                  <RowButton
                    words={`Insert ${row.name ?? label} into “${target.label}”`}
                    keys="I"
                    onClick={() => insert(row)}
                  >
                    <TextCursorInput aria-hidden className="size-3" />
                  </RowButton>
                )}
                {path !== undefined && (
                  <RowButton
                    words={`Copy the path of ${row.name ?? label}`}
                    keys="P"
                    onClick={() => copyPath(row)}
                  >
                    <Braces aria-hidden className="size-3" />
                  </RowButton>
                )}
                <RowButton words={`Copy ${row.name ?? label}`} keys="C" onClick={() => copyValue(row)}>
                  <Copy aria-hidden className="size-3" />
                </RowButton>
              </span>
            </>
          )}
        </div>
      ))}
    </div>
  );
}

/** By mouse; the keyboard has a key for each, on the line itself. */
function RowButton({
  words,
  keys,
  onClick,
  children,
}: {
  words: string;
  keys: string;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={words}
      title={`${words} (${keys})`}
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
      className="rounded-sm p-0.5 text-muted hover:text-ink"
    >
      {children}
    </button>
  );
}

function ValueText({
  file,
  row,
  open,
  unfolded,
}: {
  file: FileValue | null;
  row: JsonRow;
  open: boolean;
  unfolded: boolean;
}) {
  const { value } = row;
  if (file && !open) {
    return (
      <span className="min-w-0">
        <FileLine file={file} />
        {mayBeImage(file) && <FileImagePreview file={file} />}
      </span>
    );
  }
  if (row.size !== null) return <span className="text-muted">{open ? kindWord(value) : summary(value)}</span>;
  if (typeof value === 'string') {
    const most = unfolded ? MOST_TEXT : LONG;
    const text = value.length > most ? `${value.slice(0, most)}…` : value;
    const image = imageAddress(value);
    return (
      <span className="wrap-anywhere min-w-[8ch] max-w-[60ch] whitespace-pre-wrap text-success-ink">
        {text === '' ? '""' : text}
        {value.length > most && <span className="text-muted"> {`${number(value.length)} characters`}</span>}
        {image !== null && <ImagePreview src={image} name={String(row.name ?? 'the value')} />}
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
