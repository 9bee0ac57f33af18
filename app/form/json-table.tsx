'use client';

import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { expressionPath } from './json-path.ts';
import { PAGE, summary } from './json-rows.ts';
import { startPathDrag } from './path-drag.ts';

export interface JsonTableProps {
  /** A list of objects. */
  items: JsonValue;
  columns: string[];
  label: string;
  path?: string;
}

/** The first items of a list of objects, one a row. */
export function JsonTable({ items, columns, label, path }: JsonTableProps) {
  const rows = Array.isArray(items) ? items : [];
  return (
    <div className="max-h-96 overflow-auto rounded-md border border-line">
      <table aria-label={label} className="border-separate border-spacing-0 text-12 leading-table">
        <thead>
          <tr>
            <th className="sticky top-0 border-b border-line bg-surface px-2 py-1 text-left font-medium text-muted">
              #
            </th>
            {columns.map((column) => (
              <th
                key={column}
                scope="col"
                className="sticky top-0 whitespace-nowrap border-b border-line bg-surface px-2 py-1 text-left font-mono font-medium text-muted"
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, PAGE).map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its position in the list
            <tr key={index}>
              <td className="border-b border-line px-2 py-1 text-muted">{index}</td>
              {columns.map((column) => (
                <td
                  key={column}
                  draggable={path !== undefined}
                  onDragStart={(event) =>
                    path !== undefined && startPathDrag(event, expressionPath(path, [index, column]))
                  }
                  className="max-w-56 truncate border-b border-line px-2 py-1 font-mono"
                >
                  {isJsonObject(item) && Object.hasOwn(item, column) ? cellText(item[column]!) : ''}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > PAGE && (
        <p className="px-2 py-1 text-12 text-muted">{`${rows.length - PAGE} more rows are in the tree.`}</p>
      )}
    </div>
  );
}

function cellText(value: JsonValue): string {
  return typeof value === 'string' ? value : summary(value);
}
