'use client';

import { RotateCw, X } from 'lucide-react';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { bytes, count } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import type { Upload } from './use-uploads.ts';

/** Files on their way: how far each is, cancel, and why one failed. */
export function UploadList({
  uploads,
  onCancel,
  onRetry,
  onForget,
}: {
  uploads: readonly Upload[];
  onCancel(id: number): void;
  onRetry(id: number): void;
  onForget(): void;
}) {
  const open = uploads.filter(({ state }) => state === 'waiting' || state === 'sending').length;
  const failed = uploads.filter(({ state }) => state === 'failed').length;
  const words =
    open > 0
      ? `Uploading, ${uploads.length - open} of ${uploads.length} done`
      : failed > 0
        ? `${count(failed, 'file')} failed`
        : 'Uploaded; reading takes a moment';
  return (
    <Section
      title={words}
      actions={
        open < uploads.length && (
          <Button size="small" onClick={onForget}>
            Clear what is done
          </Button>
        )
      }
    >
      <ul aria-label="Uploads" aria-live="polite" className="divide-y divide-line">
        {uploads.map((upload) => (
          <li key={upload.id} className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <span className="min-w-0 flex-1 truncate font-medium">{upload.file.name}</span>
            <span className="text-12 text-muted tabular-nums">{bytes(upload.file.size)}</span>
            <State upload={upload} />
            {(upload.state === 'waiting' || upload.state === 'sending') && (
              <Button
                size="small"
                aria-label={`Cancel ${upload.file.name}`}
                onClick={() => onCancel(upload.id)}
              >
                <X /> Cancel
              </Button>
            )}
            {(upload.state === 'failed' || upload.state === 'cancelled') && (
              <Button
                size="small"
                aria-label={`Try ${upload.file.name} again`}
                onClick={() => onRetry(upload.id)}
              >
                <RotateCw /> Try again
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function State({ upload: { file, state, part, error } }: { upload: Upload }) {
  switch (state) {
    case 'waiting':
      return <Status status="queued">Waits its turn</Status>;
    case 'sending':
      return (
        <progress
          aria-label={`${file.name} sent`}
          value={part}
          max={1}
          className="h-1.5 w-32 accent-accent"
        />
      );
    case 'sent':
      return <Status status="succeeded">Uploaded</Status>;
    case 'cancelled':
      return <Status status="cancelled" />;
    case 'failed':
      return (
        <Status status="failed" className="whitespace-normal!">
          {error ?? 'It could not be sent'}
        </Status>
      );
  }
}
