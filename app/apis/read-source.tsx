'use client';

import { useEffect, useRef, useState } from 'react';
import type { ApiDescription, ApiRead, ApiSource } from '#app/data/types.ts';
import { useReadApi } from '#app/data/use-read-api.ts';
import { takeCarried } from '#app/doors/carried.ts';
import { useWorkflowDoor } from '#app/doors/project-doors.tsx';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { looksLikeCurl } from '#lib/curl/from-curl.ts';
import { FileDrop } from './file-drop.tsx';

/** Three ways in: an address, a file, a text. */
export function ReadSource({
  project,
  updating,
  onRead,
}: {
  project: string;
  updating: ApiSource | null;
  onRead(description: ApiDescription): void;
}) {
  const read = useReadApi(project);
  const door = useWorkflowDoor(project);
  const [url, setUrl] = useState(updating?.url ?? '');
  const [text, setText] = useState('');
  const isCurl = !updating && looksLikeCurl(text);

  const load = (input: ApiRead): void => {
    read.mutate(updating ? { ...input, updates: updating.id } : input, { onSuccess: onRead });
  };
  const paste = (): void => {
    if (!isCurl) {
      load({ text });
      return;
    }
    read.reset();
    door.take(text);
  };

  // What was pasted on the page before is read at once.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || updating) return;
    begun.current = true;
    const pasted = takeCarried();
    if (!pasted) return;
    if ('url' in pasted) setUrl(pasted.url);
    else setText(pasted.text);
    read.mutate(pasted, { onSuccess: onRead });
  });

  const problem = read.error?.message ?? door.problem;
  return (
    <Section title={updating ? 'Newer description' : 'Description of the API'}>
      <div className="flex flex-col gap-5 p-4">
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            load({ url: url.trim() });
          }}
        >
          <div className="min-w-0 flex-1">
            <TextField
              label="Address"
              mono
              type="url"
              required
              placeholder="https://api.example.com/openapi.json"
              value={url}
              onValueChange={setUrl}
            />
          </div>
          <Button type="submit" busy={read.isPending && read.variables?.url !== undefined}>
            Read address
          </Button>
        </form>
        <FileDrop busy={read.isPending} onText={(content) => load({ text: content })} />
        <form
          className="flex flex-col items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            paste();
          }}
        >
          <Field
            label={updating ? 'Or paste it' : 'Or paste it, or a cURL command'}
            className="w-full"
            description={
              isCurl
                ? 'A cURL command: parts of its path, query and body become arguments. A credential in it becomes a connection.'
                : undefined
            }
          >
            {(ids) => (
              <Textarea
                {...ids}
                mono
                rows={5}
                className="max-h-80 w-full"
                value={text}
                placeholder={
                  updating
                    ? 'openapi: 3.1.0'
                    : "curl https://api.example.com/orders/1042 -H 'Authorization: Bearer …'"
                }
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
          <Button
            type="submit"
            disabled={text.trim() === ''}
            busy={door.busy || (read.isPending && read.variables?.text === text)}
          >
            {isCurl ? 'Make a workflow' : 'Read text'}
          </Button>
        </form>
        {read.isPending && (
          <p role="status" className="text-12 text-muted">
            Reading the description. A large one takes a few seconds.
          </p>
        )}
        {problem && <FieldMessage severity="error" message={problem} />}
        {door.dialog}
      </div>
    </Section>
  );
}
