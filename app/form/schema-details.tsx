'use client';

import { Field } from '#app/ui/field.tsx';
import { Select } from '#app/ui/select.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { isJsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { RawNote } from './raw-note.tsx';
import { SchemaMembers } from './schema-members.tsx';
import {
  FORMATS,
  rawKeywords,
  SCHEMA_TYPES,
  type SchemaType,
  TYPE_WORDS,
  typeOf,
  withKeyword,
  withType,
} from './schema-rows.ts';
import { TypedInput } from './typed-input.tsx';

export interface SchemaDetailsProps {
  name: string;
  schema: JsonSchema;
  onChange(schema: JsonSchema): void;
  readOnly: boolean;
  depth: number;
  /** Of the items of a list: they have no words and no default of their own. */
  ofItems?: boolean;
}

const NO_FORMAT = 'none';

/** What a row does not show: description, default, allowed values, bounds, and what is inside. */
export function SchemaDetails({ name, schema, onChange, readOnly, depth, ofItems }: SchemaDetailsProps) {
  const type = typeOf(schema);
  const set = (word: string) => (value: JsonValue | undefined) => onChange(withKeyword(schema, word, value));
  const hidden = rawKeywords(schema);
  const simple = type === 'string' || type === 'number' || type === 'integer';
  const bound = (word: string, title: string, kind: SchemaType = 'integer') => (
    <TypedInput
      key={word}
      label={title}
      type={kind}
      value={schema[word]}
      onChange={set(word)}
      readOnly={readOnly}
    />
  );
  return (
    <>
      {!ofItems && (
        <Field label="Description">
          {(ids) => (
            <Textarea
              {...ids}
              rows={2}
              placeholder="Tells the model what to pass"
              value={typeof schema['description'] === 'string' ? schema['description'] : ''}
              readOnly={readOnly}
              onChange={({ target }) => set('description')(target.value || undefined)}
            />
          )}
        </Field>
      )}
      {!ofItems && type !== null && type !== 'object' && type !== 'any' && (
        <TypedInput
          label="Default"
          type={type}
          value={schema['default']}
          onChange={set('default')}
          readOnly={readOnly}
        />
      )}
      {simple && (
        <AllowedValues type={type} value={schema['enum']} onChange={set('enum')} readOnly={readOnly} />
      )}
      {type === 'string' && (
        <>
          <Field label="Format">
            {(ids) => (
              <Select
                {...ids}
                value={typeof schema['format'] === 'string' ? schema['format'] : NO_FORMAT}
                disabled={readOnly}
                options={formatOptions(schema['format'])}
                onValueChange={(next) => set('format')(next === NO_FORMAT ? undefined : next)}
              />
            )}
          </Field>
          <div className="grid grid-cols-2 gap-2">
            {bound('minLength', 'Shortest')}
            {bound('maxLength', 'Longest')}
          </div>
          <TypedInput
            label="Pattern"
            type="string"
            mono
            value={schema['pattern']}
            onChange={set('pattern')}
            readOnly={readOnly}
          />
        </>
      )}
      {(type === 'number' || type === 'integer') && (
        <div className="grid grid-cols-2 gap-2">
          {bound('minimum', 'Least', type)}
          {bound('maximum', 'Most', type)}
        </div>
      )}
      {type === 'object' && (
        <SchemaMembers
          schema={schema}
          onChange={onChange}
          label={`Members of ${name}`}
          readOnly={readOnly}
          depth={depth + 1}
        />
      )}
      {type === 'array' && (
        <>
          <div className="grid grid-cols-2 gap-2">
            {bound('minItems', 'Fewest items')}
            {bound('maxItems', 'Most items')}
          </div>
          <Items name={name} schema={schema} onChange={onChange} readOnly={readOnly} depth={depth} />
        </>
      )}
      {hidden.length > 0 && <RawNote words={hidden} />}
    </>
  );
}

function Items({ name, schema, onChange, readOnly, depth }: SchemaDetailsProps) {
  const items = isJsonObject(schema['items']) ? schema['items'] : {};
  const type = typeOf(items);
  const set = (next: JsonSchema): void => onChange(withKeyword(schema, 'items', next));
  return (
    <>
      <Field label="Each item is">
        {(ids) =>
          type === null ? (
            <RawNote words={Object.keys(items)} />
          ) : (
            <Select<SchemaType>
              {...ids}
              value={type}
              disabled={readOnly}
              options={SCHEMA_TYPES.map((value) => ({ value, label: TYPE_WORDS[value] }))}
              onValueChange={(next) => set(withType(items, next))}
            />
          )
        }
      </Field>
      {type !== null && type !== 'any' && type !== 'boolean' && (
        <div className="flex min-w-0 flex-col gap-2.5 border-l border-line pl-3.5">
          <SchemaDetails
            name={`items of ${name}`}
            schema={items}
            onChange={set}
            readOnly={readOnly}
            depth={depth + 1}
            ofItems
          />
        </div>
      )}
    </>
  );
}

interface AllowedValuesProps {
  type: SchemaType;
  value: JsonValue | undefined;
  onChange(value: JsonValue | undefined): void;
  readOnly: boolean;
}

function AllowedValues({ type, value, onChange, readOnly }: AllowedValuesProps) {
  const lines = Array.isArray(value)
    ? value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
    : [];
  return (
    <Field label="Allowed values" description="One a line. Empty: any.">
      {(ids) => (
        <Textarea
          {...ids}
          mono
          rows={1}
          className="min-h-7"
          // Lines stay as they are typed: an empty last one is where the next value goes.
          defaultValue={lines.join('\n')}
          readOnly={readOnly}
          onChange={({ target }) => {
            const typed = target.value.split('\n').filter((line) => line !== '');
            const values = typed.map((line) =>
              type === 'string' || Number.isNaN(Number(line)) ? line : Number(line),
            );
            onChange(values.length > 0 ? values : undefined);
          }}
        />
      )}
    </Field>
  );
}

function formatOptions(current: JsonValue | undefined): { value: string; label: string }[] {
  const known: string[] = [...FORMATS];
  if (typeof current === 'string' && !known.includes(current)) known.push(current);
  return [{ value: NO_FORMAT, label: 'any text' }, ...known.map((value) => ({ value, label: value }))];
}
