'use client';

import { useState } from 'react';
import { useCreateTest } from '#app/data/use-create-test.ts';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';

/** Keeps a run as a test of its workflow, under a name. */
export function SaveTestDialog({
  project,
  workflow,
  run,
  onClose,
}: {
  project: string;
  /** Ids. */
  workflow: string;
  run: string;
  onClose: () => void;
}) {
  const create = useCreateTest(project, workflow);
  const [name, setName] = useState('');
  return (
    <FormDialog
      onClose={onClose}
      title="Save as test"
      description="Keeps what this run got from outside and what it answered. Publishing runs the draft against it."
      action="Save test"
      busy={create.isPending}
      onSubmit={() => {
        create.mutate(
          { name: name.trim(), run },
          {
            onSuccess: () => {
              onClose();
              toast.success(`${name.trim()} is a test now: publishing runs it`);
            },
          },
        );
      }}
    >
      <TextField
        label="Name"
        required
        autoFocus
        maxLength={80}
        pattern="[A-Za-z0-9][A-Za-z0-9 _\-]*"
        title="Letters, digits, spaces, - and _; begins with a letter or a digit"
        placeholder="Order with two lines"
        value={name}
        onValueChange={setName}
        error={create.error?.message}
      />
    </FormDialog>
  );
}
