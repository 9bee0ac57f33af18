'use client';

import { CRON_PRESETS, cronInWords } from '#app/triggers/cron-words.ts';
import { NextTimes } from '#app/triggers/next-times.tsx';
import { TimeZoneSelect } from '#app/triggers/time-zone-select.tsx';
import { Field } from '#app/ui/field.tsx';
import { Select } from '#app/ui/select.tsx';
import { TextField } from '#app/ui/text-field.tsx';

const NEVER = 'never';
const OWN = 'own';
const FIRST_OWN = '30 3 * * *';

export interface Schedule {
  /** Null: when somebody asks. */
  schedule: string | null;
  timeZone: string;
}

/** When a source is looked through again. */
export function ScheduleFields({ value, onChange }: { value: Schedule; onChange(schedule: Schedule): void }) {
  const { schedule, timeZone } = value;
  const known = CRON_PRESETS.some(({ cron }) => cron === schedule);
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <Field label="Look again">
          {(ids) => (
            <Select
              {...ids}
              value={schedule === null ? NEVER : known ? schedule : OWN}
              onValueChange={(next) =>
                onChange({ timeZone, schedule: next === NEVER ? null : next === OWN ? FIRST_OWN : next })
              }
              options={[
                { value: NEVER, label: 'When somebody asks' },
                ...CRON_PRESETS.map(({ cron, words }) => ({ value: cron, label: words })),
                {
                  value: OWN,
                  label: (schedule !== null && !known && cronInWords(schedule)) || 'Own times, as cron',
                },
              ]}
            />
          )}
        </Field>
        {schedule !== null && (
          <TimeZoneSelect value={timeZone} onChange={(zone) => onChange({ schedule, timeZone: zone })} />
        )}
      </div>
      {schedule !== null && !known && (
        <TextField
          label="Cron"
          description="Minute, hour, day, month, weekday."
          mono
          required
          maxLength={120}
          value={schedule}
          onValueChange={(cron) => onChange({ schedule: cron, timeZone })}
        />
      )}
      {schedule !== null && <NextTimes cron={schedule} timeZone={timeZone} />}
    </>
  );
}
