'use client';

import { useState } from 'react';
import { AccessField } from '#app/connect/access-field.tsx';
import { ChooseNames } from '#app/connect/choose-names.tsx';
import { SwitchLine } from '#app/connect/switch-line.tsx';
import { useChoosable } from '#app/connect/use-choosable.ts';
import type { Project, Toolset } from '#app/data/types.ts';
import { useCreateToolset } from '#app/data/use-create-toolset.ts';
import { useUpdateToolset } from '#app/data/use-update-toolset.ts';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { toast } from '#app/ui/toast.ts';

/** Makes a toolset, or changes one. */
export function ToolsetDialog({
  project,
  toolset,
  onClose,
}: {
  project: Project;
  /** The one that is changed; null for a new one. */
  toolset: Toolset | null;
  onClose(): void;
}) {
  const create = useCreateToolset(project.slug);
  const update = useUpdateToolset(project.slug, toolset?.id ?? '');
  const choosable = useChoosable(project.slug);
  const [title, setTitle] = useState(toolset?.title ?? '');
  const [name, setName] = useState(toolset?.name ?? '');
  const [description, setDescription] = useState(toolset?.description ?? '');
  const [instructions, setInstructions] = useState(toolset?.instructions ?? project.instructions);
  const [access, setAccess] = useState(toolset?.access ?? project.access);
  const [readOnly, setReadOnly] = useState(toolset?.readOnly ?? false);
  const [documents, setDocuments] = useState(toolset?.documents ?? false);
  const [workflows, setWorkflows] = useState<string[]>(toolset?.workflows ?? []);
  const mutation = toolset ? update : create;
  const submit = (): void => {
    const input = { name, title, description, instructions, access, readOnly, documents, workflows };
    const onSuccess = () => {
      toast.success(toolset ? 'Toolset saved' : 'Toolset made');
      onClose();
    };
    if (toolset) update.mutate(input, { onSuccess });
    else create.mutate(input, { onSuccess });
  };
  return (
    <FormDialog
      onClose={onClose}
      title={toolset ? `Edit ${toolset.title}` : 'New toolset'}
      description={
        <>
          It is served at <code className="text-12 break-all">{`${project.mcpUrl}/${name || '…'}`}</code>
        </>
      }
      action={toolset ? 'Save' : 'Make toolset'}
      busy={mutation.isPending}
      onSubmit={submit}
    >
      <TextField
        label="Title"
        description="What clients show."
        required
        autoFocus
        maxLength={120}
        value={title}
        onValueChange={setTitle}
      />
      <TextField
        label="Name in the address"
        required
        pattern="[a-z][a-z0-9\-]{1,38}"
        placeholder="analysis"
        description={
          toolset && toolset.name !== name
            ? 'The old address answers no more, and who signed in there has to do so again.'
            : 'Letters, digits and hyphens.'
        }
        value={name}
        onValueChange={setName}
      />
      <div className="flex flex-col gap-1">
        <span className="text-12 font-medium">Workflows</span>
        <ChooseNames
          label="Workflows"
          items={choosable}
          chosen={workflows}
          onChange={setWorkflows}
          none="There are no workflows yet."
        />
      </div>
      <SwitchLine
        label="To look only"
        description="Leaves out every tool that is not marked as one that only reads."
        checked={readOnly}
        onChange={setReadOnly}
      />
      <SwitchLine
        label="With documents"
        description="Of the knowledge bases that the project offers."
        checked={documents}
        onChange={setDocuments}
      />
      <AccessField value={access} onValueChange={setAccess} />
      {access === 'public' && toolset?.access !== 'public' && (
        <FieldMessage
          severity="warning"
          message="From saving on, anybody who has the address can run these workflows."
        />
      )}
      <TextField
        label="Description"
        optional
        description="For directories, and for your team."
        maxLength={2000}
        value={description}
        onValueChange={setDescription}
      />
      <Field
        label="Instructions"
        optional
        description="Told to the model here, in place of those of the project."
      >
        {(ids) => (
          <Textarea
            {...ids}
            maxLength={20_000}
            value={instructions}
            onChange={(event) => setInstructions(event.target.value)}
          />
        )}
      </Field>
      {mutation.error && <FieldMessage severity="error" message={mutation.error.message} />}
    </FormDialog>
  );
}
