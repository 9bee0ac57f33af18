'use client';

import { Segmented } from '#app/ui/segmented.tsx';
import { type Choosable, ChooseNames } from './choose-names.tsx';

/** All of a list, also what comes later, or some of it. */
export function SomeOrAll({
  label,
  items,
  chosen,
  onChange,
  none,
}: {
  label: string;
  items: readonly Choosable[];
  /** Null for all. */
  chosen: readonly string[] | null;
  onChange(chosen: string[] | null): void;
  none: string;
}) {
  return (
    <>
      <div className="flex items-center justify-between">
        <span className="text-12 font-medium">{label}</span>
        <Segmented
          label={label}
          value={chosen === null ? 'all' : 'some'}
          onValueChange={(value) => onChange(value === 'all' ? null : [])}
          options={[
            { value: 'all', label: 'All' },
            { value: 'some', label: 'Some' },
          ]}
        />
      </div>
      {chosen && <ChooseNames label={label} items={items} chosen={chosen} onChange={onChange} none={none} />}
    </>
  );
}
