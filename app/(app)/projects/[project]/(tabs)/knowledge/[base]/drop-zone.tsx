'use client';

import { Upload } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { useUploadDocuments } from '#app/data/use-upload-documents.ts';
import { classNames } from '#app/ui/class-names.ts';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';

const ACCEPTED = '.md,.markdown,.txt,.text,.html,.htm,.pdf';

/** Takes documents: dropped on it, or chosen. */
export function DropZone({ project, base }: { project: string; base: string }) {
  const upload = useUploadDocuments(project, base);
  const [over, setOver] = useState(false);
  const id = useId();

  const send = (files: File[]): void => {
    if (files.length === 0) return;
    upload.mutate(files, {
      onSuccess: () => toast.success(`${count(files.length, 'document')} uploaded. Reading takes a moment.`),
    });
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    send([...event.dataTransfer.files]);
  };

  return (
    <div className="flex flex-col gap-2">
      <label
        htmlFor={id}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={classNames(
          'flex cursor-pointer flex-col items-center gap-1 rounded-md border border-dashed border-line-strong bg-surface px-4 py-6 text-center focus-within:outline-2 focus-within:outline-accent hover:bg-hover',
          over && 'border-accent bg-accent-soft',
        )}
      >
        <Upload aria-hidden className="size-5 text-faint" />
        <span className="font-medium">
          {upload.isPending ? 'Uploading…' : 'Drop documents here, or choose them'}
        </span>
        <span className="text-12 text-muted">Markdown, text, HTML or PDF; at most 25 MB each</span>
        <input
          id={id}
          type="file"
          multiple
          accept={ACCEPTED}
          className="sr-only"
          disabled={upload.isPending}
          onChange={(event) => {
            send([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </label>
      {upload.error && <FieldMessage severity="error" message={upload.error.message} />}
    </div>
  );
}
