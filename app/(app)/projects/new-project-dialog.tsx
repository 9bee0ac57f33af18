'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCreateProject } from '#app/data/use-create-project.ts';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';

export function NewProjectDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const create = useCreateProject();
  const [name, setName] = useState('');
  const [slug, setSlug] = useState('');
  return (
    <FormDialog
      open={open}
      onClose={() => onOpenChange(false)}
      title="New project"
      description="One MCP server, at one address."
      action="Create project"
      busy={create.isPending}
      onSubmit={() => {
        create.mutate(
          { name, ...(slug && { slug }) },
          { onSuccess: (project) => router.push(`/projects/${project.slug}`) },
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
      <TextField
        label="Address"
        optional
        description="The last part of the MCP address; made from the name when empty."
        mono
        placeholder="order-desk"
        pattern="[a-z][a-z0-9\-]{1,38}"
        title="a-z, 0-9 and -; 2 to 39 characters; begins with a letter"
        value={slug}
        onValueChange={setSlug}
      />
    </FormDialog>
  );
}
