'use client';

import { useState } from 'react';
import type { ApiOperationDetail, OperationChoice } from '#app/data/types.ts';
import { Input } from '#app/ui/input.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { Textarea } from '#app/ui/textarea.tsx';

type Argument = ApiOperationDetail['arguments'][number];
type Choice = NonNullable<OperationChoice['arguments']>[string];

/** One argument: the caller says it, it is always the same, or it is not sent. */
export function ArgumentRow({
  argument,
  choice,
  onChange,
}: {
  argument: Argument;
  choice: Choice;
  onChange(choice: Choice): void;
}) {
  const { name, in: place, type, required } = argument;
  const manner = choice.value !== undefined ? 'fixed' : choice.hidden ? 'hidden' : 'shown';
  return (
    <li className="flex flex-col gap-1.5 border-t border-line py-2 first:border-t-0 first:pt-0">
      <div className="flex min-w-0 items-center gap-2">
        <span className="min-w-0 flex-1 truncate">
          <span className="font-mono text-12">{name}</span>
          <span className="ml-2 text-12 text-muted">
            {place}, {type}
            {required && ', required'}
          </span>
        </span>
        <Segmented
          label={`Who says ${name}`}
          value={manner}
          onValueChange={(next) => {
            const { value: _value, hidden: _hidden, ...rest } = choice;
            if (next === 'fixed') onChange({ ...rest, value: fixedAtFirst(argument) });
            else onChange(next === 'hidden' ? { ...rest, hidden: true } : rest);
          }}
          options={[
            { value: 'shown', label: 'Caller' },
            { value: 'fixed', label: 'Fixed' },
            { value: 'hidden', label: 'Not sent', disabled: required },
          ]}
        />
      </div>
      {manner === 'fixed' && (
        <FixedValue
          label={`Value of ${name}`}
          isText={type === 'text'}
          value={choice.value ?? ''}
          onChange={(value) => onChange({ ...choice, value })}
        />
      )}
      {manner === 'shown' && (
        <>
          <Input
            mono
            aria-label={`Name of ${name} for the caller`}
            value={choice.name ?? argument.argument}
            maxLength={64}
            onChange={(event) => onChange({ ...choice, name: event.target.value })}
          />
          <Textarea
            aria-label={`Description of ${name}`}
            rows={1}
            className="min-h-7"
            placeholder="What it is, for the model"
            maxLength={2000}
            value={choice.description ?? argument.description}
            onChange={(event) => onChange({ ...choice, description: event.target.value })}
          />
        </>
      )}
    </li>
  );
}

function FixedValue({
  label,
  isText,
  value,
  onChange,
}: {
  label: string;
  isText: boolean;
  value: NonNullable<Choice['value']>;
  onChange(value: NonNullable<Choice['value']>): void;
}) {
  const [text, setText] = useState(typeof value === 'string' ? value : JSON.stringify(value));
  return (
    <Input
      mono
      aria-label={label}
      placeholder={isText ? 'Text' : 'JSON, such as 10, true or ["a"]'}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(isText ? event.target.value : valueOfText(event.target.value));
      }}
    />
  );
}

function fixedAtFirst({ values, type }: Argument): NonNullable<Choice['value']> {
  const [first] = values;
  if (first !== undefined && first !== null) return first;
  if (type === 'yes or no') return true;
  return type.endsWith('number') ? 0 : '';
}

/** What is no JSON is a text. */
function valueOfText(text: string): NonNullable<Choice['value']> {
  try {
    const value = JSON.parse(text) as Choice['value'] | null;
    return value ?? text;
  } catch {
    return text;
  }
}
