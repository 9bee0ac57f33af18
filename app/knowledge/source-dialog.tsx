'use client';

import { useState } from 'react';
import type { KnowledgeSource } from '#app/data/types.ts';
import { useCreateSource, useUpdateSource } from '#app/data/use-sources.ts';
import { ownTimeZone } from '#app/triggers/time-zone-select.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Input } from '#app/ui/input.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { toast } from '#app/ui/toast.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { useBase } from './base-context.tsx';
import { ConnectionChoice } from './connection-choice.tsx';
import { type Schedule, ScheduleFields } from './schedule-fields.tsx';
import { configOf, kindWords, type SourceField, type SourceKind, textsOf } from './source-config.ts';

/** Adds a source, or changes one. */
export function SourceDialog({
  kind,
  source,
  onClose,
}: {
  kind: SourceKind;
  source: KnowledgeSource | null;
  onClose(): void;
}) {
  const { project, base } = useBase();
  const create = useCreateSource(project, base.id);
  const update = useUpdateSource(project, base.id);
  const { fields, name: kindName, connection: takes } = kindWords(kind);
  const [name, setName] = useState(source?.name ?? '');
  const [texts, setTexts] = useState(() => textsOf(fields, (source?.config ?? {}) as JsonObject));
  const [connection, setConnection] = useState(source?.connection ?? '');
  const [when, setWhen] = useState<Schedule>(() => ({
    schedule: source?.schedule ?? null,
    timeZone: source?.timeZone ?? ownTimeZone(),
  }));
  const shown = fields.filter((field) => field.with === undefined || texts[field.with] === true);
  const plain = shown.filter(({ advanced }) => !advanced);
  const seldom = shown.filter(({ advanced }) => advanced);
  const error = create.error ?? update.error;

  const save = (): void => {
    const config = configOf(fields, texts);
    const given = {
      name: name.trim() === '' ? nameOf(config, kindName) : name.trim(),
      connection: connection === '' ? null : connection,
      ...when,
    };
    const onSuccess = (): void => {
      toast.success(source ? 'Source saved' : 'The source is being read');
      onClose();
    };
    if (source) update.mutate({ source: source.id, config, ...given }, { onSuccess });
    else create.mutate({ kind, config, ...given }, { onSuccess });
  };
  const field = (one: SourceField) => (
    <ConfigField
      key={one.name}
      field={one}
      value={texts[one.name] ?? ''}
      autoFocus={!source && one === fields[0]}
      onChange={(value) => setTexts({ ...texts, [one.name]: value })}
    />
  );

  return (
    <FormDialog
      onClose={onClose}
      title={
        source
          ? `Edit ${source.name}`
          : `Add a ${kindName === 'Git repository' ? kindName : kindName.toLowerCase()}`
      }
      description={
        source
          ? 'With another address or other paths, the next run reads all of it again.'
          : 'It is read at once, in the background: each page or file is a document.'
      }
      action={source ? 'Save source' : 'Add source'}
      busy={create.isPending || update.isPending}
      onSubmit={save}
    >
      {plain.map(field)}
      <TextField
        label="Name"
        optional
        maxLength={120}
        placeholder={nameOf(configOf(fields, texts), kindName)}
        value={name}
        onValueChange={setName}
      />
      {takes && (
        <ConnectionChoice
          project={project}
          types={takes.types}
          optional
          description={takes.words}
          value={connection}
          onChange={setConnection}
        />
      )}
      <ScheduleFields value={when} onChange={setWhen} />
      {seldom.length > 0 && (
        <Disclosure title="More">
          <div className="flex flex-col gap-3">{seldom.map(field)}</div>
        </Disclosure>
      )}
      {error && <FieldMessage severity="error" message={error.message} />}
    </FormDialog>
  );
}

/** What a source is called when nobody says: its site, its repository. */
function nameOf(config: JsonObject, kindName: string): string {
  const address = Array.isArray(config['addresses'])
    ? config['addresses'][0]
    : (config['url'] ?? config['bucket']);
  if (typeof address !== 'string') return kindName;
  const url = URL.parse(address);
  return url ? `${url.host}${url.pathname.replace(/\/$/, '')}`.slice(0, 120) : address.slice(0, 120);
}

function ConfigField({
  field: { label, description, placeholder, type, required, minimum, maximum, step },
  value,
  autoFocus,
  onChange,
}: {
  field: SourceField;
  value: string | boolean;
  autoFocus: boolean;
  onChange(value: string | boolean): void;
}) {
  if (typeof value === 'boolean') {
    return (
      // biome-ignore lint/a11y/noLabelWithoutControl: Switch is the control
      <label className="flex items-start justify-between gap-3">
        <span>
          {label}
          {description && <span className="block text-12 text-muted">{description}</span>}
        </span>
        <Switch checked={value} onCheckedChange={onChange} />
      </label>
    );
  }
  return (
    <Field label={label} description={description} optional={!required && type !== 'number'}>
      {(ids) =>
        type === 'lines' ? (
          <Textarea
            {...ids}
            mono
            rows={2}
            required={required}
            // The first thing that is asked for in the dialog.
            autoFocus={autoFocus}
            placeholder={placeholder}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <Input
            {...ids}
            mono={type === 'text'}
            type={type === 'number' ? 'number' : 'text'}
            min={minimum}
            max={maximum}
            step={step}
            required={required || type === 'number'}
            autoFocus={autoFocus}
            placeholder={placeholder}
            className={type === 'number' ? 'w-28' : undefined}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}
