'use client';

import { Upload } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { bytes } from '#app/ui/quantity.ts';

const MOST_BYTES = 10 * 1024 * 1024;

/** Takes a file with a description: dropped on it, or chosen. */
export function FileDrop({ busy, onText }: { busy: boolean; onText(text: string): void }) {
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const id = useId();

  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const tooLarge = file.size > MOST_BYTES;
    setRefused(tooLarge ? `${file.name} has ${bytes(file.size)}; at most 10 MB are read.` : null);
    if (!tooLarge) onText(await file.text());
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
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
          'flex cursor-pointer flex-col items-center gap-1 rounded-md border border-dashed border-line-strong bg-surface px-4 py-4 text-center focus-within:outline-2 focus-within:outline-accent hover:bg-hover',
          over && 'border-accent bg-accent-soft',
        )}
      >
        <Upload aria-hidden className="size-5 text-faint" />
        <span className="font-medium">Drop a file here, or choose it</span>
        <span className="text-12 text-muted">JSON or YAML; at most 10 MB</span>
        <input
          id={id}
          type="file"
          accept=".json,.yaml,.yml,application/json"
          className="sr-only"
          disabled={busy}
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
      </label>
      {refused && <FieldMessage severity="error" message={refused} />}
    </div>
  );
}
