'use client';

import { ArrowDown, ArrowUp, ChevronRight, Plus, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { emptyValue } from './empty-value.ts';
import { FieldFrame } from './field-frame.tsx';
import type { FieldSpec } from './field-spec.ts';
import { useForm } from './form-context.tsx';
import { FormField } from './form-field.tsx';
import { isWithin, type JsonPath, moved, valueAt } from './json-path.ts';

export interface ListFieldProps {
  spec: FieldSpec & { control: 'list' };
  value: JsonValue | undefined;
  path: JsonPath;
  title: string;
  problems: readonly Problem[];
}

/** A list whose items can be added, removed and moved. */
export function ListField({ spec, value, path, title, problems }: ListFieldProps) {
  const { change, readOnly, problems: all } = useForm();
  const items = Array.isArray(value) ? value : [];
  const { keys, move, remove, add } = useItemKeys(items.length);
  const one = singular(title);
  const folds = isLong(spec.item);
  const short = plain(spec.item);
  // Of long items one is seen whole; of several that were there, their heads.
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(
    () => new Set(items.length === 1 ? keys : []),
  );
  const fold = (key: number, open: boolean): void =>
    setUnfolded((before) => {
      const next = new Set(before);
      if (open) next.add(key);
      else next.delete(key);
      return next;
    });
  return (
    <FieldFrame title={title} description={spec.description} problems={problems} group>
      {() => (
        <div className="flex flex-col gap-2">
          {items.map((item, index) => {
            const name = `${one} ${index + 1}`;
            const key = keys[index] ?? index;
            const faulty = all.some(({ field }) => field && isWithin(field, [...path, index]));
            const open = !folds || unfolded.has(key) || faulty;
            const moveTo = (to: number): void => {
              move(index, to);
              change(path, moved(items, index, to));
            };
            const tools = !readOnly && (
              <>
                <IconButton
                  size="small"
                  label={`Move ${name} up`}
                  disabled={index === 0}
                  onClick={() => moveTo(index - 1)}
                >
                  <ArrowUp />
                </IconButton>
                <IconButton
                  size="small"
                  label={`Move ${name} down`}
                  disabled={index === items.length - 1}
                  onClick={() => moveTo(index + 1)}
                >
                  <ArrowDown />
                </IconButton>
                <IconButton
                  size="small"
                  label={`Remove ${name}`}
                  onClick={() => {
                    remove(index);
                    change(path, items.toSpliced(index, 1));
                  }}
                >
                  <Trash2 />
                </IconButton>
              </>
            );
            if (short) {
              return (
                <div key={key} className="flex min-w-0 items-start gap-1">
                  <div className="min-w-0 flex-1">
                    <FormField spec={spec.item} value={item} path={[...path, index]} title={name} quiet />
                  </div>
                  <span className="flex h-7 items-center">{tools}</span>
                </div>
              );
            }
            return (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex container in all browsers
              <div
                key={key}
                role="group"
                aria-label={name}
                className="rounded-md border border-line bg-surface p-2"
              >
                <div className={`-mt-0.5 flex h-6 items-center gap-0.5 ${open ? 'mb-1' : '-mb-0.5'}`}>
                  {folds ? (
                    <button
                      type="button"
                      aria-expanded={open}
                      className="mr-auto flex h-6 min-w-0 items-center gap-1 rounded-sm text-12 text-muted hover:text-ink"
                      onClick={() => fold(key, !open)}
                    >
                      <ChevronRight
                        aria-hidden
                        className={`size-3.5 shrink-0 transition-transform ${open ? 'rotate-90' : ''}`}
                      />
                      <span className="shrink-0">{name}</span>
                      <span className="truncate text-ink">{headOf(spec.item, item)}</span>
                    </button>
                  ) : (
                    <span className="mr-auto text-12 text-muted">{name}</span>
                  )}
                  {tools}
                </div>
                {open && <FormField spec={spec.item} value={item} path={[...path, index]} title="" />}
              </div>
            );
          })}
          {!readOnly && items.length < (spec.maximum ?? Number.POSITIVE_INFINITY) && (
            <Button
              size="small"
              className="self-start"
              onClick={() => {
                fold(add(), true);
                change(path, [...items, emptyValue(spec.item)]);
              }}
            >
              <Plus />
              {`Add ${one.toLowerCase()}`}
            </Button>
          )}
        </div>
      )}
    </FieldFrame>
  );
}

/** A single control stands on one line with what can be done to it. */
function plain({ control }: FieldSpec): boolean {
  return control !== 'object' && control !== 'variant';
}

/** Members from which on an item is folded away. */
const LONG = 6;

function isLong(item: FieldSpec): boolean {
  return item.control === 'object' && item.fields.length >= LONG;
}

/** What tells an item from the others when it is folded: its first member, and what was chosen in the second. */
function headOf(item: FieldSpec, value: JsonValue): string {
  if (item.control !== 'object') return '';
  const shown = item.fields.filter(({ control }) => control === 'text' || control === 'select').slice(0, 2);
  return shown
    .map((field) => {
      const member = valueAt(value, [field.name]) ?? field.initial;
      const option =
        field.control === 'select' ? field.options.find((one) => one.value === member) : undefined;
      return option?.label ?? (typeof member === 'string' ? member : '');
    })
    .filter((words) => words !== '')
    .join(' · ');
}

function singular(title: string): string {
  return title.replace(/ies$/, 'y').replace(/([^s])s$/, '$1') || 'Item';
}

/** Keys that follow the items when they move, so that an editor keeps its cursor. */
function useItemKeys(length: number) {
  const next = useRef(0);
  const keys = useRef<number[]>([]);
  while (keys.current.length < length) keys.current.push(next.current++);
  keys.current.length = length;
  return {
    keys: keys.current,
    move: (from: number, to: number) => {
      keys.current = moved(keys.current, from, to);
    },
    remove: (index: number) => {
      keys.current = keys.current.toSpliced(index, 1);
    },
    /** The key of the item that is added. */
    add: (): number => {
      const key = next.current++;
      keys.current = [...keys.current, key];
      return key;
    },
  };
}
