'use client';

import { Download } from 'lucide-react';
import { useParams } from 'next/navigation';
import { bytes } from '#app/ui/quantity.ts';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';

/** A file in a value: a handle, never its bytes. */
export interface FileValue {
  file: string;
  name: string;
  mimeType: string;
  bytes: number;
}

/** The file that a value stands for; null when it is data. */
export function fileIn(value: JsonValue): FileValue | null {
  if (!isJsonObject(value)) return null;
  const { file, name, mimeType, bytes: size } = value;
  if (typeof file !== 'string' || !/^[0-9a-f-]{36}$/.test(file) || typeof mimeType !== 'string') return null;
  return { file, mimeType, name: typeof name === 'string' ? name : 'file', bytes: Number(size) || 0 };
}

/** A file on its line: name, type and size, and where a project is around, a link to it. */
export function FileLine({ file }: { file: FileValue }) {
  const { project } = useParams<{ project?: string }>();
  const query = new URLSearchParams({ name: file.name });
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="truncate text-ink">{file.name}</span>
      <span className="shrink-0 text-muted">
        {file.mimeType}, {bytes(file.bytes)}
      </span>
      {project !== undefined && (
        <a
          href={`/api/v1/projects/${encodeURIComponent(project)}/files/${file.file}?${query}`}
          download={file.name}
          aria-label={`Download ${file.name}`}
          title={`Download ${file.name}`}
          className="shrink-0 rounded-sm p-0.5 text-muted hover:text-ink"
          onClick={(event) => event.stopPropagation()}
        >
          <Download aria-hidden className="size-3" />
        </a>
      )}
    </span>
  );
}
