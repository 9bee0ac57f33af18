'use client';

import { Upload as UploadIcon } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import { UploadList } from './upload-list.tsx';
import { useUploads } from './use-uploads.ts';

const ACCEPTED = '.md,.markdown,.txt,.text,.html,.htm,.pdf';

/** Takes documents, as many as one likes: dropped on it, or chosen. Says of each how far it is. */
export function DropZone({ project, base }: { project: string; base: string }) {
  const { uploads, add, cancel, retry, forget } = useUploads(project, base);
  const [over, setOver] = useState(false);
  const id = useId();

  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    add([...event.dataTransfer.files]);
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
        <UploadIcon aria-hidden className="size-5 text-faint" />
        <span className="font-medium">Drop documents here, or choose them</span>
        <span className="text-12 text-muted">Markdown, text, HTML or PDF; at most 25 MB each</span>
        <input
          id={id}
          type="file"
          multiple
          accept={ACCEPTED}
          className="sr-only"
          onChange={(event) => {
            add([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </label>
      {uploads.length > 0 && (
        <UploadList uploads={uploads} onCancel={cancel} onRetry={retry} onForget={forget} />
      )}
    </div>
  );
}
