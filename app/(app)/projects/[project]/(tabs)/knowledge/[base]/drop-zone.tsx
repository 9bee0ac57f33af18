'use client';

import { Upload } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { classNames } from '#app/ui/class-names.ts';

const ACCEPTED = '.md,.markdown,.txt,.text,.html,.htm,.pdf';

/** Takes documents: dropped on it, or chosen. */
export function DropZone({
  disabled,
  onFiles,
}: {
  disabled: boolean;
  onFiles(files: readonly File[]): void;
}) {
  const [over, setOver] = useState(false);
  const id = useId();
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (!disabled && files.length > 0) onFiles(files);
  };

  return (
    <label
      htmlFor={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabled);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classNames(
        'flex cursor-pointer flex-col items-center gap-1 rounded-md border border-dashed border-line-strong bg-surface px-4 py-6 text-center focus-within:outline-2 focus-within:outline-accent hover:bg-hover',
        over && 'border-accent bg-accent-soft',
        disabled && 'cursor-default opacity-60 hover:bg-surface',
      )}
    >
      <Upload aria-hidden className="size-5 text-faint" />
      <span className="font-medium">Drop documents here, or choose them</span>
      <span className="text-12 text-muted">
        As many as you like: Markdown, text, HTML or PDF; at most 25 MB each
      </span>
      <input
        id={id}
        type="file"
        multiple
        accept={ACCEPTED}
        className="sr-only"
        disabled={disabled}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </label>
  );
}
