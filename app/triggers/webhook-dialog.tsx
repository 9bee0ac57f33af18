'use client';

import { useState } from 'react';
import type { Trigger, TriggerWithSecret } from '#app/data/types.ts';
import { useCreateTrigger } from '#app/data/use-create-trigger.ts';
import { useUpdateTrigger } from '#app/data/use-update-trigger.ts';
import { Field } from '#app/ui/field.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Select } from '#app/ui/select.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { AttemptsField } from './attempts-field.tsx';
import { TriggerError } from './trigger-error.tsx';

const SIGNATURES = {
  standard: {
    label: 'Standard Webhooks',
    words: 'Headers webhook-id, webhook-timestamp and webhook-signature; good for five minutes.',
  },
  github: { label: 'GitHub', words: 'Header X-Hub-Signature-256, as GitHub and Gitea send it.' },
};

/** Makes a webhook, or changes one. */
export function WebhookDialog({
  project,
  workflow,
  trigger,
  onClose,
  onMade,
}: {
  project: string;
  /** Id. */
  workflow: string;
  trigger: Trigger | null;
  onClose: () => void;
  /** With the secret, which is shown now or never. */
  onMade: (made: TriggerWithSecret) => void;
}) {
  const create = useCreateTrigger(project, workflow);
  const update = useUpdateTrigger(project, workflow);
  const [name, setName] = useState(trigger?.name ?? '');
  const [signature, setSignature] = useState<keyof typeof SIGNATURES>(trigger?.signature ?? 'standard');
  const [attempts, setAttempts] = useState(trigger?.attempts ?? 3);

  const save = (): void => {
    if (trigger) update.mutate({ trigger: trigger.id, name: name.trim(), attempts }, { onSuccess: onClose });
    else {
      create.mutate({ type: 'webhook', name: name.trim(), signature, attempts }, { onSuccess: onMade });
    }
  };

  return (
    <FormDialog
      onClose={onClose}
      title={trigger ? `Edit ${trigger.name}` : 'New webhook'}
      description="A service sends a signed JSON object; the published version runs with it in the background."
      action={trigger ? 'Save webhook' : 'Create webhook'}
      busy={create.isPending || update.isPending}
      onSubmit={save}
    >
      <TextField
        label="Name"
        required
        autoFocus
        maxLength={120}
        placeholder="Orders from the shop"
        value={name}
        onValueChange={setName}
      />
      <Field label="Signature" description={SIGNATURES[signature].words}>
        {(ids) => (
          <Select
            {...ids}
            value={signature}
            disabled={trigger !== null}
            onValueChange={(value) => setSignature(value)}
            options={[
              { value: 'standard', label: SIGNATURES.standard.label },
              { value: 'github', label: SIGNATURES.github.label },
            ]}
          />
        )}
      </Field>
      <AttemptsField value={attempts} onChange={setAttempts} />
      <TriggerError error={create.error ?? update.error} />
    </FormDialog>
  );
}
