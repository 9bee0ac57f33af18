'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCreateKnowledgeBase } from '#app/data/use-create-knowledge-base.ts';
import { LANGUAGE_OPTIONS } from '#app/knowledge/languages.ts';
import { Field } from '#app/ui/field.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Select } from '#app/ui/select.tsx';
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
  const [language, setLanguage] = useState('auto');
  return (
    <FormDialog
      open={open}
      onClose={() => onOpenChange(false)}
      title="New knowledge base"
      description="Documents that belong together, such as a handbook."
      action="Create knowledge base"
      busy={create.isPending}
      onSubmit={() => {
        create.mutate(
          { name: name.trim(), language },
          {
            onSuccess: (base) => router.push(`/projects/${project}/knowledge/${base.id}`),
          },
        );
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
      <Field
        label="Language of the documents"
        description="Full text finds the forms of a word by its language. It can be changed later."
      >
        {(ids) => <Select {...ids} value={language} onValueChange={setLanguage} options={LANGUAGE_OPTIONS} />}
      </Field>
    </FormDialog>
  );
}
