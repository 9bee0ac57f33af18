'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCreateKnowledgeBase } from '#app/data/use-create-knowledge-base.ts';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';

export function NewBaseDialog({
  project,
  open,
  onOpenChange,
}: {
  project: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const create = useCreateKnowledgeBase(project);
  const [name, setName] = useState('');
  return (
    <FormDialog
      open={open}
      onClose={() => onOpenChange(false)}
      title="New knowledge base"
      description="Documents that belong together, such as a handbook."
      action="Create knowledge base"
      busy={create.isPending}
      onSubmit={() => {
        create.mutate(name, {
          onSuccess: (base) => router.push(`/projects/${project}/knowledge/${base.id}`),
        });
      }}
    >
      <TextField
        label="Name"
        error={create.error?.message}
        required
        autoFocus
        maxLength={120}
        value={name}
        onValueChange={setName}
      />
    </FormDialog>
  );
}
