'use client';

import type { ReactNode } from 'react';
import { Input } from '#app/ui/input.tsx';
import { Select } from '#app/ui/select.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { ChoicesField } from './choices-field.tsx';
import type { Remark } from './code-editor.tsx';
import { CodeField } from './code-field.tsx';
import { ConnectionField } from './connection-field.tsx';
import { FieldFrame } from './field-frame.tsx';
import type { FieldSpec } from './field-spec.ts';
import { useForm } from './form-context.tsx';
import { JsonField } from './json-field.tsx';
import { isWithin, type JsonPath } from './json-path.ts';
import { KeyValueField } from './key-value-field.tsx';
import { KnowledgeBaseField } from './knowledge-base-field.tsx';
import { ListField } from './list-field.tsx';
import { McpToolArguments } from './mcp-tool-arguments.tsx';
import { McpToolField } from './mcp-tool-field.tsx';
import { NumberField } from './number-field.tsx';
import { ObjectFields } from './object-fields.tsx';
import { OptionalField } from './optional-field.tsx';
import { SchemaEditor } from './schema-editor.tsx';
import { TemplateField } from './template-field.tsx';
import { ValueField } from './value-field.tsx';
import { VariantField } from './variant-field.tsx';
import { WorkflowArguments } from './workflow-arguments.tsx';
import { WorkflowField } from './workflow-field.tsx';
import { WorkflowVersionField } from './workflow-version-field.tsx';

export interface FormFieldProps {
  spec: FieldSpec;
  value: JsonValue | undefined;
  path: JsonPath;
  /** Other words than the spec's: `Condition 2`. */
  title?: string;
  /** The title stands beside it already. */
  quiet?: boolean;
}

/** One field, drawn as its spec says. The only place that knows every control. */
export function FormField({ spec, value, path, title = spec.title, quiet }: FormFieldProps): ReactNode {
  const form = useForm();
  const { change, problems, projectSlug, readOnly } = form;
  const { scope, sample } = form.inside && form.inside.field === path[0] ? form.inside : form;
  const set = (next: JsonValue | undefined): void => change(path, next);
  const mine = problems.filter(({ field }) => field && isWithin(field, path));
  const here = mine.filter(({ field }) => field?.length === path.length);
  const frame = {
    title,
    quiet,
    description: spec.description,
    optional: !spec.required && spec.initial === undefined && spec.control !== 'optional',
  };
  const shown = value === undefined ? spec.initial : value;

  switch (spec.control) {
    case 'object':
      if (title === '') return <ObjectFields fields={spec.fields} value={shown} path={path} />;
      return (
        <FieldFrame {...frame} problems={here} group>
          {() => (
            <div className="border-l border-line pl-3">
              <ObjectFields fields={spec.fields} value={shown} path={path} />
            </div>
          )}
        </FieldFrame>
      );
    case 'list':
      return <ListField spec={spec} value={shown} path={path} title={title} problems={here} />;
    case 'variant':
      return <VariantField spec={spec} value={shown} path={path} title={title} problems={here} />;
    case 'optional':
      return <OptionalField spec={spec} value={shown} path={path} title={title} problems={here} />;
    case 'boolean':
      return (
        <FieldFrame {...frame} optional={false} problems={mine} inline>
          {({ id, describedBy }) => (
            <Switch
              id={id}
              aria-describedby={describedBy}
              checked={shown === true}
              disabled={readOnly}
              onCheckedChange={set}
            />
          )}
        </FieldFrame>
      );
    case 'number':
      return (
        <FieldFrame {...frame} problems={mine}>
          {(ids) => <NumberField spec={spec} value={shown} onChange={set} readOnly={readOnly} {...ids} />}
        </FieldFrame>
      );
    case 'select':
      return (
        <FieldFrame {...frame} problems={mine}>
          {({ id, describedBy, invalid }) => (
            <Select
              id={id}
              aria-describedby={describedBy}
              aria-invalid={invalid}
              disabled={readOnly}
              value={shown === undefined ? undefined : JSON.stringify(shown)}
              options={[
                ...(frame.optional && shown !== undefined ? [{ value: NONE, label: 'None' }] : []),
                ...spec.options.map(({ value: one, label }) => ({ value: JSON.stringify(one), label })),
              ]}
              onValueChange={(next) => set(next === NONE ? undefined : (JSON.parse(next) as JsonValue))}
            />
          )}
        </FieldFrame>
      );
    case 'choices':
      return (
        <FieldFrame {...frame} problems={mine} group>
          {({ describedBy }) => (
            <ChoicesField
              describedBy={describedBy}
              options={spec.options}
              value={Array.isArray(shown) ? shown : []}
              onChange={set}
              readOnly={readOnly}
            />
          )}
        </FieldFrame>
      );
    case 'text':
      return (
        <FieldFrame {...frame} problems={mine}>
          {({ id, describedBy, invalid }) => {
            const text = asText(shown);
            const onText = (next: string): void => set(textValue(next, spec));
            const placeholder = spec.placeholder ?? EXAMPLES[spec.format ?? ''];
            const common = { id, placeholder, readOnly };
            if (spec.template) {
              return (
                <TemplateField
                  {...common}
                  value={text}
                  onChange={onText}
                  label={title}
                  lines={spec.lines}
                  scope={scope}
                  sample={sample}
                  remarks={remarksOf(mine)}
                  describedBy={describedBy}
                  invalid={invalid}
                />
              );
            }
            const Plain = spec.lines === 'many' ? Textarea : Input;
            return (
              <Plain
                {...common}
                type={spec.format === 'date' ? 'date' : undefined}
                mono={spec.mono}
                className={spec.mono && spec.lines === 'many' ? 'min-h-28' : undefined}
                value={text}
                aria-describedby={describedBy}
                aria-invalid={invalid || undefined}
                onChange={(event: { target: { value: string } }) => onText(event.target.value)}
              />
            );
          }}
        </FieldFrame>
      );
    case 'code':
      return (
        <FieldFrame {...frame} problems={mine}>
          {(ids) => (
            <CodeField
              {...ids}
              value={typeof shown === 'string' ? shown : ''}
              onChange={set}
              label={title}
              scope={scope}
              sample={sample}
              // The field finds these itself, sooner.
              remarks={remarksOf(mine.filter(({ code }) => code !== 'javascript_syntax'))}
              readOnly={readOnly}
            />
          )}
        </FieldFrame>
      );
    case 'json':
      return (
        <FieldFrame {...frame} problems={mine}>
          {(ids) => (
            <JsonField
              {...ids}
              value={shown}
              onChange={set}
              label={title}
              template={spec.template}
              scope={scope}
              sample={sample}
              problems={relative(mine, path)}
              placeholder={spec.placeholder}
              readOnly={readOnly}
            />
          )}
        </FieldFrame>
      );
    case 'schema':
      return (
        <FieldFrame {...frame} problems={mine} group>
          {() => (
            <SchemaEditor
              value={isJsonObject(shown) ? shown : {}}
              onChange={set}
              label={title}
              readOnly={readOnly}
            />
          )}
        </FieldFrame>
      );
    case 'key-value':
      return (
        <FieldFrame {...frame} optional={false} problems={here} group>
          {() => (
            <KeyValueField
              value={isJsonObject(shown) ? shown : {}}
              onChange={set}
              label={title}
              template={spec.template}
              scope={scope}
              sample={sample}
              problems={relative(mine, path)}
              readOnly={readOnly}
            />
          )}
        </FieldFrame>
      );
    case 'value':
      return <ValueField spec={spec} value={shown} path={path} title={title} problems={mine} />;
    case 'workflow-arguments':
    case 'mcp-tool-arguments': {
      const Field = spec.control === 'mcp-tool-arguments' ? McpToolArguments : WorkflowArguments;
      return <Field spec={spec} value={shown} path={path} title={title} problems={mine} />;
    }
    case 'id':
      return null;
    case 'connection':
    case 'knowledge-base':
    case 'workflow': {
      const Field = CHOSEN[spec.control];
      return (
        <FieldFrame {...frame} problems={mine}>
          {(ids) => (
            <Field
              {...ids}
              projectSlug={projectSlug}
              type={spec.control === 'connection' ? spec.type : undefined}
              value={typeof shown === 'string' ? shown : ''}
              onChange={(next) => set(next === '' && !spec.required ? undefined : next)}
              // Empty to begin with, and never meant to stay so.
              required={spec.required || spec.initial === ''}
              readOnly={readOnly}
            />
          )}
        </FieldFrame>
      );
    }
    case 'workflow-version':
      return (
        <FieldFrame {...frame} problems={mine}>
          {(ids) => (
            <WorkflowVersionField
              {...ids}
              projectSlug={projectSlug}
              value={shown}
              path={path}
              readOnly={readOnly}
            />
          )}
        </FieldFrame>
      );
    case 'mcp-tool':
      return (
        <FieldFrame {...frame} optional={false} problems={mine} group>
          {({ describedBy, invalid }) => (
            <McpToolField
              label={title}
              describedBy={describedBy}
              invalid={invalid}
              projectSlug={projectSlug}
              value={shown}
              path={path}
              readOnly={readOnly}
            />
          )}
        </FieldFrame>
      );
  }
}

/** What a text of a format looks like. */
const EXAMPLES: Readonly<Record<string, string | undefined>> = {
  email: 'name@example.com',
  uri: 'https://example.com',
  date: '2026-01-31',
  'date-time': '2026-01-31T09:00:00Z',
};

/** Takes the choice back; no JSON, as the choices are. */
const NONE = 'none:';

/** Fields whose value names something the project has. */
const CHOSEN = {
  connection: ConnectionField,
  'knowledge-base': KnowledgeBaseField,
  workflow: WorkflowField,
};

/** A value in a field for text: a list of texts as one would write it. */
function asText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An optional text that was emptied is left out; where a number is meant, digits are a number. */
function textValue(text: string, spec: FieldSpec & { control: 'text' }): JsonValue | undefined {
  if (text === '' && !spec.required) return undefined;
  if (spec.numeric && /^-?\d+(\.\d+)?$/.test(text.trim())) return Number(text);
  return text;
}

/** Problems as seen from the field. */
function relative(problems: readonly Problem[], path: JsonPath): Problem[] {
  return problems.map((problem) => ({ ...problem, field: problem.field?.slice(path.length) }));
}

/** Problems that know their place in the text. */
function remarksOf(problems: readonly Problem[]): Remark[] {
  return problems.flatMap(({ start, end, severity, message }) =>
    start === undefined || end === undefined ? [] : [{ start, end, severity, message }],
  );
}
