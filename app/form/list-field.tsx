'use client';

import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '#app/ui/button.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { emptyValue } from './empty-value.ts';
import { FieldFrame } from './field-frame.tsx';
import type { FieldSpec } from './field-spec.ts';
import { useForm } from './form-context.tsx';
import { FormField } from './form-field.tsx';
import { type JsonPath, moved } from './json-path.ts';

export interface ListFieldProps {
  spec: FieldSpec & { control: 'list' };
  value: JsonValue | undefined;
  path: JsonPath;
  title: string;
  problems: readonly Problem[];
}

/** A list whose items can be added, removed and moved. */
export function ListField({ spec, value, path, title, problems }: ListFieldProps) {
  const { change, readOnly } = useForm();
  const items = Array.isArray(value) ? value : [];
  const { keys, move, remove, add } = useItemKeys(items.length);
  const one = singular(title);
  return (
    <FieldFrame title={title} description={spec.description} problems={problems} group>
      {() => (
        <div className="flex flex-col gap-2">
          {items.map((item, index) => {
            const name = `${one} ${index + 1}`;
            const moveTo = (to: number): void => {
              move(index, to);
              change(path, moved(items, index, to));
            };
            return (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex container in all browsers
              <div
                key={keys[index]}
                role="group"
                aria-label={name}
                className="rounded-md border border-line bg-surface p-2"
              >
                <div className="-mt-0.5 mb-1 flex h-6 items-center gap-0.5">
                  <span className="mr-auto text-12 text-muted">{name}</span>
                  {!readOnly && (
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
                  )}
                </div>
                <FormField
                  spec={spec.item}
                  value={item}
                  path={[...path, index]}
                  title={plain(spec.item) ? name : ''}
                />
              </div>
            );
          })}
          {!readOnly && items.length < (spec.maximum ?? Number.POSITIVE_INFINITY) && (
            <Button
              size="small"
              className="self-start"
              onClick={() => {
                add();
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

/** A single control needs a name of its own; a group's members have theirs. */
function plain({ control }: FieldSpec): boolean {
  return control !== 'object' && control !== 'variant';
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
    add: () => {
      keys.current = [...keys.current, next.current++];
    },
  };
}
