'use client';

import { useState } from 'react';
import { CopyButton } from '#app/ui/copy-button.tsx';
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
  const columns = jsonColumns(value);
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
        <CopyButton value={JSON.stringify(value, null, 2)} label={`Copy ${label} as JSON`} />
      </div>
      <div className="min-w-0 overflow-x-auto">
        {view === 'tree' && <JsonTreeRows value={value} path={path} label={label} openDepth={openDepth} />}
        {view === 'table' && columns && (
          <JsonTable items={value} columns={columns} label={label} path={path} />
        )}
        {view === 'json' && (
          <pre className="max-h-96 overflow-auto whitespace-pre-wrap break-words rounded-md border border-line bg-sunken p-2 text-12">
            {JSON.stringify(value, null, 2)}
          </pre>
        )}
      </div>
    </div>
  );
}
