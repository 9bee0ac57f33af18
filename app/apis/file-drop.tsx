'use client';

import { useState } from 'react';
import { DropZone } from '#app/ui/drop-zone.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { bytes } from '#app/ui/quantity.ts';

const MOST_BYTES = 10 * 1024 * 1024;

/** Takes a file with a description: dropped on it, or chosen. */
export function FileDrop({ busy, onText }: { busy: boolean; onText(text: string): void }) {
  const [refused, setRefused] = useState<string | null>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const tooLarge = file.size > MOST_BYTES;
    setRefused(tooLarge ? `${file.name} has ${bytes(file.size)}; at most 10 MB are read.` : null);
    if (!tooLarge) onText(await file.text());
  };
  return (
    <div className="flex flex-col gap-2">
      <DropZone
        disabled={busy}
        accept=".json,.yaml,.yml,application/json"
        title="Drop a file here, or choose it"
        hint="JSON or YAML; at most 10 MB"
        onFiles={([file]) => void take(file)}
      />
      {refused && <FieldMessage severity="error" message={refused} />}
    </div>
  );
}
