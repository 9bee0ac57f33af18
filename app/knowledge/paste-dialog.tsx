'use client';

import { useState } from 'react';
import { usePasteDocument } from '#app/data/use-paste-document.ts';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { outcomeWords } from './outcome-words.ts';

/** A document of text that is typed or pasted. */
export function PasteDialog({ onClose }: { onClose(): void }) {
  const { project, base } = useBase();
  const paste = usePasteDocument(project, base.id);
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  return (
    <FormDialog
      onClose={onClose}
      title="Paste text"
      description="Plain text or Markdown. The same name again is the next version of the document."
      action="Add document"
      busy={paste.isPending}
      onSubmit={() =>
        paste.mutate(
          { name: name.trim(), text },
          {
            onSuccess: ({ document, outcome }) => {
              toast.success(`${document.name}: ${outcomeWords(outcome)}`);
              onClose();
            },
          },
        )
      }
    >
      <TextField
        label="Name"
        required
        autoFocus
        maxLength={200}
        placeholder="Opening hours"
        value={name}
        onValueChange={setName}
      />
      <Field label="Text">
        {(ids) => (
          <Textarea
            {...ids}
            required
            className="max-h-[40vh] min-h-48"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      {paste.error && <FieldMessage severity="error" message={paste.error.message} />}
    </FormDialog>
  );
}
