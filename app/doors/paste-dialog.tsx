'use client';

import { useState } from 'react';
import { Field } from '#app/ui/field.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import type { PasteDoor } from './use-paste-door.tsx';

/** A place to paste into, for those who do not paste onto the page. What is recognized is taken at once. */
export function PasteDialog({
  door,
  initial = '',
  onClose,
}: {
  door: PasteDoor;
  /** A text that was refused, to be mended. */
  initial?: string;
  onClose(): void;
}) {
  const [text, setText] = useState(initial);
  const [wrong, setWrong] = useState(initial !== '');
  const take = (given: string): boolean => {
    const outcome = door.take(given);
    if (outcome === 'taken') onClose();
    return outcome === 'taken';
  };
  return (
    <FormDialog
      onClose={onClose}
      title="Paste a cURL command"
      description="From the documentation of an API, or from the network panel of a browser. An address alone is fine, too."
      action="Make the steps"
      busy={door.busy}
      onSubmit={() => setWrong(!take(text))}
    >
      <Field
        label="Command or address"
        error={
          wrong
            ? (door.problem ??
              'This is no cURL command, no address and no OpenAPI document. A command begins with curl.')
            : undefined
        }
      >
        {(ids) => (
          <Textarea
            {...ids}
            mono
            required
            autoFocus
            rows={6}
            value={text}
            placeholder="curl https://api.example.com/orders/1042 -H 'Authorization: Bearer …'"
            onPaste={(event) => {
              if (text.trim() === '' && take(event.clipboardData.getData('text/plain')))
                event.preventDefault();
            }}
            onChange={(event) => {
              setWrong(false);
              setText(event.target.value);
            }}
          />
        )}
      </Field>
    </FormDialog>
  );
}
