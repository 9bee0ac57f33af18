'use client';

import { useState } from 'react';
import { useGuard, useUpdateGuard } from '#app/data/use-guard.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { GuardNotesList } from '#app/limits/guard-notes-list.tsx';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Select } from '#app/ui/select.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { toast } from '#app/ui/toast.ts';
import {
  type GuardSettings,
  PERSONAL_KINDS,
  type PersonalKind,
  type PersonalMode,
  type SecretMode,
} from '#lib/workflow/guard-settings.ts';
import { GuardNotes, guardText } from '#lib/workflow/guard-text.ts';

const SECRETS: { value: SecretMode; label: string }[] = [
  { value: 'off', label: 'Do not look' },
  { value: 'note', label: 'Note in the run' },
  { value: 'certain', label: 'Mask what is certain, note the rest' },
  { value: 'mask', label: 'Mask all' },
];

const PERSONAL: { value: PersonalMode; label: string }[] = [
  { value: 'off', label: 'Do not look' },
  { value: 'note', label: 'Note in the run' },
  { value: 'mask', label: 'Mask' },
];

const KINDS: Record<PersonalKind, string> = {
  email: 'E-mail addresses',
  phone: 'Phone numbers',
  iban: 'Bank accounts (IBAN)',
  card: 'Card numbers',
  ssn: 'US social security numbers',
};

/** What is looked for in answers before they leave the project, and what is done about it. */
export function GuardSection({ project }: { project: string }) {
  const query = useGuard(project);
  return (
    <Section
      id="guard"
      title="Output guard"
      description="Looks at what workflows answer before it is sent. What it finds is counted in the run."
    >
      <QueryView query={query} what="the output guard">
        {(guard) => <GuardForm key={JSON.stringify(guard)} project={project} guard={guard} />}
      </QueryView>
    </Section>
  );
}

function GuardForm({ project, guard }: { project: string; guard: GuardSettings }) {
  const refusal = useRefusal('admin');
  const update = useUpdateGuard(project);
  const [wanted, setWanted] = useState(guard);
  const changed = JSON.stringify(wanted) !== JSON.stringify(guard);
  return (
    <div className="flex max-w-160 flex-col gap-4 p-4">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate(wanted, { onSuccess: () => toast.success('Saved') });
        }}
      >
        <Changeable refusal={refusal}>
          <Field
            label="Secrets"
            description="Private keys, tokens and passwords, known by their shape. Certain are those with a checksum, or a shape that nothing else has."
          >
            {(ids) => (
              <Select
                {...ids}
                value={wanted.secrets}
                onValueChange={(secrets) => setWanted({ ...wanted, secrets })}
                options={SECRETS}
              />
            )}
          </Field>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 text-13 font-medium">Personal data</legend>
            <p className="text-12 text-muted">
              Off at first: many tools exist to give addresses and numbers. Bank accounts and cards count only
              when their check digits are right.
            </p>
            <div className="grid grid-cols-[repeat(auto-fit,minmax(14rem,1fr))] gap-3">
              {PERSONAL_KINDS.map((kind) => (
                <Field key={kind} label={KINDS[kind]}>
                  {(ids) => (
                    <Select
                      {...ids}
                      value={wanted.personal[kind]}
                      onValueChange={(mode) =>
                        setWanted({ ...wanted, personal: { ...wanted.personal, [kind]: mode } })
                      }
                      options={PERSONAL}
                    />
                  )}
                </Field>
              ))}
            </div>
          </fieldset>
          <Field
            label="Fence texts from outside"
            description="Texts of workflows that read from services, databases, knowledge or models are sent between marks, with a line that they are data and no instructions. Structured values are sent as they are. It makes it harder to mislead a model, not impossible."
          >
            {(ids) => (
              <Switch
                {...ids}
                checked={wanted.fence}
                onCheckedChange={(fence) => setWanted({ ...wanted, fence })}
              />
            )}
          </Field>
          {update.error && <FieldMessage severity="error" message={update.error.message} />}
          <Button
            type="submit"
            variant="primary"
            className="self-start"
            busy={update.isPending}
            disabled={!changed}
          >
            Save output guard
          </Button>
        </Changeable>
      </form>
      <TryIt settings={wanted} />
    </div>
  );
}

/** Not sent anywhere: the browser looks at it with the patterns of the server. */
function TryIt({ settings }: { settings: GuardSettings }) {
  const [text, setText] = useState('');
  const notes = new GuardNotes();
  const guarded = guardText(text, settings, notes);
  const found = notes.all();
  return (
    <Disclosure title="Try it on a text">
      <div className="flex flex-col gap-3">
        <Field
          label="Text"
          description="What would be done with it, as it is set above. It stays in this browser."
        >
          {(ids) => (
            <Textarea
              {...ids}
              maxLength={100_000}
              placeholder="postgres://app:hunter2@db.example.com/app"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {text !== '' && (
          <output className="flex flex-col gap-1" aria-label="What would be sent">
            {found ? (
              <GuardNotesList notes={found} />
            ) : (
              <p className="text-13 text-muted">Nothing is found.</p>
            )}
            <pre className="max-h-60 overflow-auto rounded-sm border border-line bg-sunken p-2 font-mono text-12 break-words whitespace-pre-wrap">
              {guarded}
            </pre>
          </output>
        )}
      </div>
    </Disclosure>
  );
}
