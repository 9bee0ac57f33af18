'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { keepInput } from '#app/canvas/system/kept-input.ts';
import { useAddTemplate } from '#app/data/use-add-template.ts';
import { useCreateProject } from '#app/data/use-create-project.ts';
import { useTemplates } from '#app/data/use-templates.ts';
import { Field } from '#app/ui/field.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Select } from '#app/ui/select.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';

const NOTHING = 'nothing';

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
  const [template, setTemplate] = useState(NOTHING);
  const templates = useTemplates().data?.items ?? [];
  const add = useAddTemplate();

  const begin = async (project: string): Promise<void> => {
    if (template === NOTHING) {
      router.push(`/projects/${project}`);
      return;
    }
    try {
      const { open: workflow } = await add.mutateAsync({ project, template });
      const input = templates.find(({ id }) => id === template)?.input;
      if (input) keepInput(window.localStorage, workflow, input);
      router.push(`/projects/${project}/workflows/${workflow}`);
    } catch (error) {
      toast.error(`The project is made, and empty: ${(error as Error).message}`);
      router.push(`/projects/${project}`);
    }
  };

  return (
    <FormDialog
      open={open}
      onClose={() => onOpenChange(false)}
      title="New project"
      description="One MCP server, at one address."
      action="Create project"
      busy={create.isPending || add.isPending}
      onSubmit={() => {
        create.mutate({ name, ...(slug && { slug }) }, { onSuccess: (project) => void begin(project.slug) });
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
      <Field label="Start with">
        {(ids) => (
          <Select
            {...ids}
            value={template}
            onValueChange={setTemplate}
            options={[
              { value: NOTHING, label: 'An empty project' },
              ...templates.map(({ id, title }) => ({ value: id, label: title })),
            ]}
          />
        )}
      </Field>
    </FormDialog>
  );
}
