'use client';

import { useState } from 'react';
import { SomeOrAll } from '#app/connect/some-or-all.tsx';
import { SwitchLine } from '#app/connect/switch-line.tsx';
import { useChoosable } from '#app/connect/use-choosable.ts';
import type { ClientRule } from '#app/data/types.ts';
import { useSetClientRule } from '#app/data/use-set-client-rule.ts';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';

const OTHERS = '*';

/** Makes the rule for a client, or changes it. */
export function ClientRuleDialog({
  project,
  rule,
  onClose,
}: {
  project: string;
  /** Null for a new one. */
  rule: ClientRule | null;
  onClose(): void;
}) {
  const set = useSetClientRule(project);
  const choosable = useChoosable(project);
  const [others, setOthers] = useState(rule?.client === OTHERS);
  const [client, setClient] = useState(rule && rule.client !== OTHERS ? rule.client : '');
  const [tools, setTools] = useState<string[] | null>(rule?.tools ?? null);
  const [readOnly, setReadOnly] = useState(rule?.readOnly ?? false);
  return (
    <FormDialog
      onClose={onClose}
      title={rule ? 'Edit the rule' : 'New rule for a client'}
      description="What people may call through it, at most. It holds from the next call on."
      action="Save rule"
      busy={set.isPending}
      onSubmit={() =>
        set.mutate(
          { client: others ? OTHERS : client.trim(), tools, readOnly },
          {
            onSuccess: () => {
              toast.success('Rule saved');
              onClose();
            },
          },
        )
      }
    >
      {rule === null && (
        <Field label="Client">
          {() => (
            <Segmented
              label="Client"
              value={others ? 'others' : 'one'}
              onValueChange={(value) => setOthers(value === 'others')}
              options={[
                { value: 'one', label: 'One' },
                { value: 'others', label: 'All others' },
              ]}
            />
          )}
        </Field>
      )}
      {!others && (
        <TextField
          label="Client id"
          description="As the client names itself in OAuth, such as https://claude.ai/oauth/claude-code-client-metadata. One that registers anew each time has another id then: hold such clients by the rule for all others."
          required
          maxLength={2000}
          readOnly={rule !== null}
          value={client}
          onValueChange={setClient}
        />
      )}
      <SomeOrAll
        label="May call"
        items={choosable}
        chosen={tools}
        onChange={setTools}
        none="There are no workflows yet."
      />
      <SwitchLine
        label="To look only"
        description="Only tools that are marked as ones that only read."
        checked={readOnly}
        onChange={setReadOnly}
      />
      {set.error && <FieldMessage severity="error" message={set.error.message} />}
    </FormDialog>
  );
}
