'use client';

import { Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import type { JsonSchema } from '#lib/workflow/json.ts';
import { SchemaMember } from './schema-member.tsx';
import { rowsOf, withMovedRow, withNewRow, withRows } from './schema-rows.ts';

export interface SchemaMembersProps {
  /** Of an object. */
  schema: JsonSchema;
  onChange(schema: JsonSchema): void;
  label: string;
  readOnly: boolean;
  depth: number;
}

/** The members of an object, one a row. */
export function SchemaMembers({ schema, onChange, label, readOnly, depth }: SchemaMembersProps) {
  const rows = rowsOf(schema);
  const list = useRef<HTMLUListElement>(null);
  const [added, setAdded] = useState(false);
  useEffect(() => {
    if (!added) return;
    setAdded(false);
    const names = list.current?.querySelectorAll<HTMLInputElement>(':scope > li > div > input');
    const last = names?.[names.length - 1];
    last?.focus();
    last?.select();
  }, [added]);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {rows.length > 0 && depth === 0 && (
        <p aria-hidden className="-mb-1 flex gap-1 text-12 text-muted">
          <span className="flex-1 pl-7">Name</span>
          <span className={`w-26 shrink-0 ${readOnly ? 'mr-8' : ''}`}>Type</span>
          {!readOnly && <span className="w-15 shrink-0">Required</span>}
        </p>
      )}
      {rows.length > 0 && (
        <ul ref={list} aria-label={label} className="flex min-w-0 flex-col gap-1.5">
          {rows.map((row, index) => (
            <SchemaMember
              // biome-ignore lint/suspicious/noArrayIndexKey: the name changes while it is typed, the place does not
              key={index}
              row={row}
              taken={rows.flatMap(({ name }, other) => (other === index ? [] : [name]))}
              onChange={(next) => onChange(withRows(schema, rows.with(index, next)))}
              onRemove={() => onChange(withRows(schema, rows.toSpliced(index, 1)))}
              onMove={
                rows.length < 2
                  ? undefined
                  : (step) => {
                      const to = index + step;
                      if (to >= 0 && to < rows.length) onChange(withMovedRow(schema, index, to));
                    }
              }
              readOnly={readOnly}
              depth={depth}
            />
          ))}
        </ul>
      )}
      {!readOnly && (
        <Button
          size="small"
          className="self-start"
          onClick={() => {
            onChange(withNewRow(schema));
            setAdded(true);
          }}
        >
          <Plus />
          {depth > 0 ? 'Add member' : label === 'Arguments' ? 'Add argument' : 'Add field'}
        </Button>
      )}
    </div>
  );
}
