'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import type { Allowance } from '#lib/workflow/limits.ts';
import { AllowanceTable, allowanceOf, typedOf } from './allowance-table.tsx';

export interface AllowanceFormProps<Whose extends string> {
  rows: readonly { id: Whose; label: string; withoutDays?: boolean }[];
  /** As they are saved. With other ones the form is another: give it a key made of them. */
  saved: Readonly<Record<Whose, Allowance>>;
  /** Why they cannot be changed by who looks, or null. */
  refusal: string | null;
  /** What there is to know about them, under the table. */
  children: ReactNode;
  saving: { isPending: boolean; error: Error | null };
  onSave(allowances: Record<Whose, Allowance>): void;
}

/** Limits of calls, to be changed and saved together. */
export function AllowanceForm<Whose extends string>({
  rows,
  saved,
  refusal,
  children,
  saving,
  onSave,
}: AllowanceFormProps<Whose>) {
  const [typed, setTyped] = useState(() => each(rows, ({ id }) => typedOf(saved[id])));
  const changed = rows.some(({ id }) => JSON.stringify(typed[id]) !== JSON.stringify(typedOf(saved[id])));
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(each(rows, ({ id }) => allowanceOf(typed[id])));
      }}
    >
      <Changeable refusal={refusal}>
        <AllowanceTable
          rows={rows.map((row) => ({ ...row, typed: typed[row.id] }))}
          onChange={(id, allowance) => setTyped({ ...typed, [id]: allowance })}
        />
        <div className="flex flex-col items-start gap-2 px-4">
          <p className="text-12 text-muted">{children}</p>
          {saving.error && <FieldMessage severity="error" message={saving.error.message} />}
          <Button type="submit" variant="primary" busy={saving.isPending} disabled={!changed}>
            Save limits
          </Button>
        </div>
      </Changeable>
    </form>
  );
}

function each<Whose extends string, T>(
  rows: readonly { id: Whose }[],
  make: (row: { id: Whose }) => T,
): Record<Whose, T> {
  return Object.fromEntries(rows.map((row) => [row.id, make(row)])) as Record<Whose, T>;
}
