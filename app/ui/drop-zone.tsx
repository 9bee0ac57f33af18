'use client';

import { Upload } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { classNames } from './class-names.ts';

export interface DropZoneProps {
  disabled: boolean;
  /** More than one at once. */
  multiple?: boolean;
  /** As an input of files takes it: `.json,.yaml`. Of what is dropped nothing is left out. */
  accept: string;
  title: string;
  /** What may be dropped, and how much of it. */
  hint: string;
  /** At least one; exactly one without `multiple`. */
  onFiles(files: readonly File[]): void;
}

/** Takes files: dropped on it, or chosen. */
export function DropZone({ disabled, multiple = false, accept, title, hint, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const id = useId();
  const take = (list: FileList | null): void => {
    const files = [...(list ?? [])].slice(0, multiple ? undefined : 1);
    if (!disabled && files.length > 0) onFiles(files);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
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
        'flex cursor-pointer flex-col items-center gap-1 rounded-md border border-dashed border-line-strong bg-surface px-4 py-5 text-center focus-within:outline-2 focus-within:outline-accent hover:bg-hover',
        over && 'border-accent bg-accent-soft',
        disabled && 'cursor-default opacity-60 hover:bg-surface',
      )}
    >
      <Upload aria-hidden className="size-5 text-faint" />
      <span className="font-medium">{title}</span>
      <span className="text-12 text-muted">{hint}</span>
      <input
        id={id}
        type="file"
        multiple={multiple}
        accept={accept}
        className="sr-only"
        disabled={disabled}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = '';
        }}
      />
    </label>
  );
}
