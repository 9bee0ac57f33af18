'use client';

import { useState } from 'react';
import { sampleInput } from '#app/canvas/system/input-schema.ts';
import type { Trigger } from '#app/data/types.ts';
import { useCreateTrigger } from '#app/data/use-create-trigger.ts';
import { useUpdateTrigger } from '#app/data/use-update-trigger.ts';
import { SchemaForm } from '#app/form/schema-form.tsx';
import { Field } from '#app/ui/field.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Select } from '#app/ui/select.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import type { JsonObject, JsonSchema } from '#lib/workflow/json.ts';
import { AttemptsField } from './attempts-field.tsx';
import { CRON_PRESETS, cronInWords } from './cron-words.ts';
import { NextTimes } from './next-times.tsx';
import { ownTimeZone, TimeZoneSelect } from './time-zone-select.tsx';
import { TriggerError } from './trigger-error.tsx';

const OWN = 'own';
const FIRST = '0 9 * * MON-FRI';

/** Makes a schedule, or changes one. */
export function ScheduleDialog({
  project,
  workflow,
  schema,
  trigger,
  onClose,
}: {
  project: string;
  /** Id. */
  workflow: string;
  /** Of the workflow's arguments. */
  schema: JsonSchema;
  trigger: Trigger | null;
  onClose: () => void;
}) {
  const create = useCreateTrigger(project, workflow);
  const update = useUpdateTrigger(project, workflow);
  const [name, setName] = useState(trigger?.name ?? '');
  const [cron, setCron] = useState(trigger?.cron ?? FIRST);
  const [timeZone, setTimeZone] = useState(() => trigger?.timeZone ?? ownTimeZone());
  const [input, setInput] = useState<JsonObject>(() => trigger?.input ?? sampleInput(schema));
  const [attempts, setAttempts] = useState(trigger?.attempts ?? 3);
  const asks = Object.keys(schema['properties'] ?? {}).length > 0;
  const preset = CRON_PRESETS.some((one) => one.cron === cron) ? cron : OWN;

  const save = (): void => {
    const given = { name: name.trim(), cron: cron.trim(), timeZone, attempts, ...(asks && { input }) };
    if (trigger) update.mutate({ trigger: trigger.id, ...given }, { onSuccess: onClose });
    else create.mutate({ type: 'schedule', ...given }, { onSuccess: onClose });
  };

  return (
    <FormDialog
      onClose={onClose}
      title={trigger ? `Edit ${trigger.name}` : 'New schedule'}
      description="Runs the published version in the background. After a stop of the server, one run makes up for those that were missed."
      action={trigger ? 'Save schedule' : 'Create schedule'}
      busy={create.isPending || update.isPending}
      onSubmit={save}
    >
      <TextField
        label="Name"
        required
        autoFocus
        maxLength={120}
        placeholder="Morning report"
        value={name}
        onValueChange={setName}
      />
      <div className="grid grid-cols-2 gap-3">
        <Field label="When">
          {(ids) => (
            <Select
              {...ids}
              value={preset}
              onValueChange={(value) => value !== OWN && setCron(value)}
              options={[
                ...CRON_PRESETS.map((one) => ({ value: one.cron, label: one.words })),
                { value: OWN, label: (preset === OWN && cronInWords(cron)) || 'Own times, as cron' },
              ]}
            />
          )}
        </Field>
        <TimeZoneSelect value={timeZone} onChange={setTimeZone} />
      </div>
      <TextField
        label="Cron"
        description="Minute, hour, day, month, weekday."
        mono
        required
        maxLength={120}
        value={cron}
        onValueChange={setCron}
      />
      <NextTimes cron={cron} timeZone={timeZone} />
      {asks && (
        <fieldset className="flex flex-col gap-1">
          <legend className="text-12 font-medium">Arguments</legend>
          <SchemaForm schema={schema} value={input} onChange={setInput} label="Arguments" />
        </fieldset>
      )}
      <AttemptsField value={attempts} onChange={setAttempts} />
      <TriggerError error={create.error ?? update.error} />
    </FormDialog>
  );
}
