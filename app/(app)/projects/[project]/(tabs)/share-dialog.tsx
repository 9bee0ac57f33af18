'use client';

import { useState } from 'react';
import type { WorkflowSummary } from '#app/data/types.ts';
import { useShareWorkflow } from '#app/data/use-shared.ts';
import { useTemplates } from '#app/data/use-templates.ts';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { Select } from '#app/ui/select.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';

const NEW = 'new';

/** Shares a workflow with the organization as it is now, as a new template or in the place of one. */
export function ShareDialog({
  project,
  workflow,
  onClose,
}: {
  project: string;
  workflow: WorkflowSummary;
  onClose(): void;
}) {
  const share = useShareWorkflow(project);
  const templates = useTemplates(project).data?.items ?? [];
  const own = templates.filter(({ shared }) => shared?.mayChange);
  const [template, setTemplate] = useState(NEW);
  const [title, setTitle] = useState(workflow.title.slice(0, 60));
  const [summary, setSummary] = useState(workflow.description.slice(0, 160));
  const [tags, setTags] = useState('');
  const [which, setWhich] = useState<'draft' | 'published'>(
    workflow.liveVersion === null ? 'draft' : 'published',
  );
  const choose = (id: string) => {
    setTemplate(id);
    const found = own.find((one) => one.id === id);
    if (!found) return;
    setTitle(found.title);
    setSummary(found.summary);
    setTags(found.tags.join(', '));
  };
  return (
    <FormDialog
      onClose={onClose}
      title={`Share ${workflow.name} as a template`}
      description="Members of the organization find it among the templates, as it is now. Workflows that it calls go along; secrets and documents do not."
      action="Share template"
      busy={share.isPending}
      onSubmit={() =>
        share.mutate(
          {
            workflow: workflow.id,
            title,
            summary,
            tags: tags.split(/[\s,]+/).filter(Boolean),
            which,
            ...(template !== NEW && { template }),
          },
          {
            onSuccess: () => {
              toast.success(`${title} is shared`);
              onClose();
            },
          },
        )
      }
    >
      {own.length > 0 && (
        <Field label="As">
          {(field) => (
            <Select
              {...field}
              value={template}
              onValueChange={choose}
              options={[
                { value: NEW, label: 'A new template' },
                ...own.map((one) => ({ value: one.id, label: `In the place of ${one.title}` })),
              ]}
            />
          )}
        </Field>
      )}
      {workflow.liveVersion !== null && (
        <Segmented
          label="What is shared"
          value={which}
          onValueChange={(next) => setWhich(next)}
          options={[
            { value: 'published', label: `Published v${workflow.liveVersion}` },
            { value: 'draft', label: 'Draft' },
          ]}
          className="self-start"
        />
      )}
      <TextField label="Name" required maxLength={60} value={title} onValueChange={setTitle} />
      <TextField
        label="What it does"
        description="One sentence."
        required
        maxLength={160}
        value={summary}
        onValueChange={setSummary}
      />
      <TextField
        label="Tags"
        description="Words of a-z, with commas between them."
        optional
        value={tags}
        onValueChange={setTags}
      />
      {share.error && <FieldMessage severity="error" message={share.error.message} />}
    </FormDialog>
  );
}
