'use client';

import { useMemo, useState } from 'react';
import { CopyButton } from '#app/ui/copy-button.tsx';
import { Input } from '#app/ui/input.tsx';
import { number } from '#app/ui/quantity.ts';
import { Segmented } from '#app/ui/segmented.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import { jsonColumns } from './json-rows.ts';
import { JsonTable } from './json-table.tsx';
import { JsonTreeRows } from './json-tree-rows.tsx';

export interface JsonTreeProps {
  value: JsonValue;
  /** What expressions call the value: `steps.fetch`. With it, lines can be dragged into fields and their path copied. */
  path?: string;
  /** Names the tree for screen readers. */
  label?: string;
  /** How many levels are open at first. */
  openDepth?: number;
}

type View = 'tree' | 'table' | 'json';

/** A value to read: as a tree, as a table where it is a list of objects, as JSON. */
export function JsonTree({ value, path, label = path ?? 'Value', openDepth = 2 }: JsonTreeProps) {
  const [chosen, setChosen] = useState<View>('tree');
  const [sought, setSought] = useState('');
  const columns = useMemo(() => jsonColumns(value), [value]);
  const large = useMemo(() => isLarge(value), [value]);
  const view = chosen === 'table' && !columns ? 'tree' : chosen;
  return (
    <div className="group/tree flex min-w-0 flex-col gap-1">
      <div className="flex items-center justify-between gap-2">
        <Segmented<View>
          label={`View of ${label}`}
          value={view}
          onValueChange={setChosen}
          options={[
            { value: 'tree', label: 'Tree' },
            ...(columns ? [{ value: 'table' as const, label: 'Table' }] : []),
            { value: 'json', label: 'JSON' },
          ]}
        />
        {large && view === 'tree' && (
          <Input
            type="search"
            aria-label={`Search in ${label}`}
            placeholder="Search"
            value={sought}
            className="h-6 min-w-0 max-w-40 flex-1 text-12"
            onChange={(event) => setSought(event.target.value)}
          />
        )}
        <CopyButton value={() => JSON.stringify(value, null, 2)} label={`Copy ${label} as JSON`} />
      </div>
      <div className="min-w-0 overflow-x-auto">
        {view === 'tree' && (
          <JsonTreeRows
            value={value}
            path={path}
            label={label}
            openDepth={openDepth}
            sought={large ? sought : ''}
          />
        )}
        {view === 'table' && columns && (
          <JsonTable items={value} columns={columns} label={label} path={path} />
        )}
        {view === 'json' && <JsonText value={value} />}
      </div>
    </div>
  );
}

/** Characters of JSON that are shown; a page with millions of them stands still. */
const MOST_SHOWN = 100_000;

function JsonText({ value }: { value: JsonValue }) {
  const text = useMemo(() => JSON.stringify(value, null, 2), [value]);
  return (
    <>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        tabIndex={0}
        className="max-h-96 overflow-auto whitespace-pre-wrap break-words rounded-md border border-line bg-sunken p-2 text-12"
      >
        {text.slice(0, MOST_SHOWN)}
      </pre>
      {text.length > MOST_SHOWN && (
        <p className="text-12 text-muted">
          The first {number(MOST_SHOWN)} of {number(text.length)} characters; copying takes all.
        </p>
      )}
    </>
  );
}

/** More than one sees at a glance: it can be searched. */
function isLarge(value: JsonValue): boolean {
  let left = 12;
  const rest: JsonValue[] = [value];
  for (let at = rest.pop(); at !== undefined; at = rest.pop()) {
    left -= 1;
    if (left < 0) return true;
    if (typeof at !== 'object' || at === null) continue;
    const members = Array.isArray(at) ? at.slice(0, 13) : Object.values(at);
    for (const member of members) rest.push(member);
  }
  return false;
}
