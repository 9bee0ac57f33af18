'use client';

import { ArrowDown, ArrowUp, ChevronRight, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Input } from '#app/ui/input.tsx';
import { Select } from '#app/ui/select.tsx';
import { Tooltip } from '#app/ui/tooltip.tsx';
import { SchemaDetails } from './schema-details.tsx';
import {
  SCHEMA_TYPES,
  type SchemaRow,
  type SchemaType,
  TYPE_WORDS,
  typeOf,
  withType,
} from './schema-rows.ts';

export interface SchemaMemberProps {
  row: SchemaRow;
  /** Names of the other members. */
  taken: readonly string[];
  onChange(row: SchemaRow): void;
  onRemove(): void;
  /** −1: up, 1: down. Left out where there is nowhere to go. */
  onMove?(step: -1 | 1): void;
  readOnly: boolean;
  depth: number;
}

const types = SCHEMA_TYPES.map((value) => ({ value, label: TYPE_WORDS[value] }));

/** One member: name, type, whether it must be there; the rest folded under it. */
export function SchemaMember({ row, taken, onChange, onRemove, onMove, readOnly, depth }: SchemaMemberProps) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState<string | null>(null);
  const id = useId();
  const type = typeOf(row.schema);
  const fault =
    typed === null || typed === row.name
      ? null
      : typed === ''
        ? 'A name is needed.'
        : taken.includes(typed)
          ? `There is another “${typed}”.`
          : null;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove?.(event.key === 'ArrowUp' ? -1 : 1);
  };
  return (
    <li className="min-w-0">
      <div className="flex min-w-0 items-center gap-1">
        <IconButton
          size="small"
          label={`${open ? 'Hide' : 'Show'} details of ${row.name}`}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <ChevronRight className={classNames('transition-transform', open && 'rotate-90')} />
        </IconButton>
        <Input
          mono
          aria-label={`Name of ${row.name}`}
          aria-invalid={fault !== null || undefined}
          value={typed ?? row.name}
          readOnly={readOnly}
          onKeyDown={onKeyDown}
          onChange={({ target: { value } }) => {
            setTyped(value);
            if (value !== '' && !taken.includes(value)) onChange({ ...row, name: value });
          }}
          onBlur={() => setTyped(null)}
          className="min-w-0 flex-1"
        />
        {type === null ? (
          <span className="w-26 shrink-0 px-2 text-12 text-muted">raw schema</span>
        ) : (
          <Select<SchemaType>
            aria-label={`Type of ${row.name}`}
            value={type}
            options={types}
            disabled={readOnly}
            onValueChange={(next) => onChange({ ...row, schema: withType(row.schema, next) })}
            className="w-26 shrink-0"
          />
        )}
        <Tooltip content="Required">
          <span className="flex size-7 shrink-0 items-center justify-center">
            <Checkbox
              aria-label={`${row.name} is required`}
              checked={row.required}
              disabled={readOnly}
              onCheckedChange={(checked) => onChange({ ...row, required: checked === true })}
            />
          </span>
        </Tooltip>
        {!readOnly && (
          <IconButton size="small" label={`Remove ${row.name}`} onClick={onRemove}>
            <Trash2 />
          </IconButton>
        )}
      </div>
      {fault && (
        <p role="alert" className="mt-0.5 pl-7 text-12 text-danger-ink">
          {fault}
        </p>
      )}
      {open && (
        <div id={id} className="mt-1.5 mb-2 ml-3 flex min-w-0 flex-col gap-2.5 border-l border-line pl-3.5">
          <SchemaDetails
            name={row.name}
            schema={row.schema}
            onChange={(schema) => onChange({ ...row, schema })}
            readOnly={readOnly}
            depth={depth}
          />
          {onMove && !readOnly && (
            <div className="flex gap-1">
              <IconButton size="small" label={`Move ${row.name} up`} keys="Alt ↑" onClick={() => onMove(-1)}>
                <ArrowUp />
              </IconButton>
              <IconButton size="small" label={`Move ${row.name} down`} keys="Alt ↓" onClick={() => onMove(1)}>
                <ArrowDown />
              </IconButton>
            </div>
          )}
        </div>
      )}
    </li>
  );
}
