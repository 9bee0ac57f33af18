'use client';

import { Plus, Trash2 } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Input } from '#app/ui/input.tsx';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { EMPTY_SCOPE, type FormScope, type Sample } from './scope.ts';
import { TemplateField } from './template-field.tsx';

export interface KeyValueFieldProps {
  value: JsonObject;
  onChange(value: JsonObject): void;
  label: string;
  /** Values may hold expressions. */
  template?: boolean;
  scope?: FormScope;
  sample?: Sample | null;
  /** Values that are no texts are kept as they are until somebody types over them. */
  anyValue?: boolean;
  /** `field` begins at the record. */
  problems?: readonly Problem[];
  readOnly?: boolean;
}

interface Pair {
  key: number;
  name: string;
  value: string;
  /** What stood there before anybody typed, where it is no text. */
  kept?: JsonValue;
}

/** Names and texts: headers, query, form fields. A row without a name, or with one given above, is not kept. */
export function KeyValueField({
  value,
  onChange,
  label,
  template = false,
  anyValue = false,
  scope = EMPTY_SCOPE,
  sample = null,
  problems = [],
  readOnly = false,
}: KeyValueFieldProps) {
  const next = useRef(0);
  const pairsOf = (record: JsonObject): Pair[] =>
    Object.entries(record).map(([name, member]) => ({
      key: next.current++,
      name,
      value: asLine(member),
      ...(anyValue && typeof member !== 'string' && { kept: member }),
    }));
  const [pairs, setPairs] = useState(() => pairsOf(value));
  const told = useRef(value);
  if (told.current !== value && JSON.stringify(told.current) !== JSON.stringify(value)) {
    told.current = value;
    setPairs(pairsOf(value));
  }
  const id = useId();
  const update = (changed: Pair[]): void => {
    setPairs(changed);
    const record = recordOf(changed);
    if (JSON.stringify(record) === JSON.stringify(told.current)) return;
    told.current = record;
    onChange(record);
  };
  const replace = (key: number, part: Partial<Pair>): void =>
    update(pairs.map((pair) => (pair.key === key ? { ...pair, ...part } : pair)));

  return (
    <div className="flex flex-col gap-1.5">
      {pairs.map((pair, index) => {
        const name = pair.name || String(index + 1);
        const twice = pair.name !== '' && pairs.findIndex((other) => other.name === pair.name) < index;
        const mine = problems.filter(({ field }) => field?.[0] === pair.name);
        const told = mine.length > 0 ? `${id}-${pair.key}-problems` : undefined;
        return (
          <div key={pair.key} className="flex min-w-0 flex-col gap-0.5">
            <div className="flex min-w-0 items-start gap-1.5">
              <Input
                mono
                aria-label={`${label}: name ${index + 1}`}
                placeholder="Name"
                value={pair.name}
                readOnly={readOnly}
                aria-invalid={twice || undefined}
                onChange={({ target }) => replace(pair.key, { name: target.value })}
                className="w-2/5 shrink-0"
              />
              <div className="min-w-0 flex-1">
                {template ? (
                  <TemplateField
                    label={`${label}: value of ${name}`}
                    placeholder="Value"
                    value={pair.value}
                    onChange={(text) => replace(pair.key, { value: text, kept: undefined })}
                    scope={scope}
                    sample={sample}
                    readOnly={readOnly}
                    describedBy={told}
                    invalid={mine.some(({ severity }) => severity === 'error')}
                    remarks={mine.flatMap(({ start, end, severity, message }) =>
                      start === undefined || end === undefined ? [] : [{ start, end, severity, message }],
                    )}
                  />
                ) : (
                  <Input
                    aria-label={`${label}: value of ${name}`}
                    placeholder="Value"
                    value={pair.value}
                    readOnly={readOnly}
                    onChange={({ target }) => replace(pair.key, { value: target.value, kept: undefined })}
                  />
                )}
              </div>
              {!readOnly && (
                <IconButton
                  label={`Remove ${name}`}
                  onClick={() => update(pairs.filter(({ key }) => key !== pair.key))}
                >
                  <Trash2 />
                </IconButton>
              )}
            </div>
            {twice && (
              <FieldMessage
                severity="error"
                message={`“${pair.name}” is given twice: the first one counts.`}
              />
            )}
            {told && (
              <div id={told} className="flex flex-col gap-0.5">
                {mine.map((problem) => (
                  <FieldMessage
                    key={`${problem.code} ${problem.message}`}
                    severity={problem.severity}
                    message={problem.message}
                  />
                ))}
              </div>
            )}
          </div>
        );
      })}
      {!readOnly && (
        <Button
          size="small"
          className="self-start"
          aria-label={`Add to ${label.toLowerCase()}`}
          onClick={() => setPairs([...pairs, { key: next.current++, name: '', value: '' }])}
        >
          <Plus />
          Add
        </Button>
      )}
    </div>
  );
}

function recordOf(pairs: readonly Pair[]): JsonObject {
  const record: JsonObject = {};
  for (const { name, value, kept } of pairs) {
    if (name !== '' && !Object.hasOwn(record, name)) record[name] = kept ?? value;
  }
  return record;
}

function asLine(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
