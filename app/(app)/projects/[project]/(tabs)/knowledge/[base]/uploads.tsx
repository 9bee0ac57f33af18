'use client';

import { RotateCw, X } from 'lucide-react';
import { useEffect } from 'react';
import type { KnowledgeDocument } from '#app/data/types.ts';
import type { Upload } from '#app/data/upload-queue.ts';
import { useDeleteDocument } from '#app/data/use-delete-document.ts';
import { useDocuments } from '#app/data/use-documents.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { uploadsUnderway, useUploads } from '#app/data/use-uploads.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { DropZone } from '#app/ui/drop-zone.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { bytes, count } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { toast } from '#app/ui/toast.ts';

/** Takes documents, and shows each on its way: sent, read, or why not. */
export function Uploads({ project, base }: { project: string; base: string }) {
  const refusal = useRefusal('editor');
  const { uploads, add, cancel, retry, clear } = useUploads(project, base);
  const documents = useDocuments(project, base).data?.items ?? [];
  const remove = useDeleteDocument(project, base);
  const lines = uploads.map((upload) => lineOf(upload, documents));
  const ends = lines.filter(({ end }) => end !== null);

  useEffect(() => sayWhatGoesOn, []);

  const again = ({ upload }: Line): void => {
    // What could not be read is there as a document: it is taken out, so that it is not there twice.
    if (upload.documentId !== null) remove.mutate(upload.documentId);
    retry(upload.id);
  };

  return (
    <>
      {refusal && <Refusal>{refusal}</Refusal>}
      <DropZone
        disabled={refusal !== null}
        multiple
        accept=".md,.markdown,.txt,.text,.html,.htm,.pdf"
        title="Drop documents here, or choose them"
        hint="As many as you like: Markdown, text, HTML or PDF; at most 25 MB each"
        onFiles={add}
      />
      {lines.length > 0 && (
        <Section
          title="Uploads"
          description={summaryOf(lines)}
          actions={ends.length > 0 && <Button onClick={clear}>Clear finished</Button>}
        >
          <ul aria-label="Uploads" className="max-h-80 divide-y divide-line overflow-auto">
            {lines.map((line) => (
              <UploadLine
                key={line.upload.id}
                line={line}
                onCancel={() => cancel(line.upload.id)}
                onRetry={() => again(line)}
              />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** When the page is left. */
function sayWhatGoesOn(): void {
  const left = uploadsUnderway();
  if (left === 0) return;
  toast(`${count(left, 'upload')} under way`, { description: 'They go on while this tab is open.' });
}

interface Line {
  upload: Upload;
  /** How it ended; null while it is under way. */
  end: 'ready' | 'failed' | null;
  words: string;
}

function lineOf(upload: Upload, documents: readonly KnowledgeDocument[]): Line {
  const { state, error, sentBytes, file, documentId } = upload;
  switch (state) {
    case 'waiting':
      return { upload, end: null, words: 'Waiting' };
    case 'sending':
      return { upload, end: null, words: `${bytes(sentBytes)} of ${bytes(file.size)}` };
    case 'failed':
    case 'refused':
      return { upload, end: 'failed', words: error ?? 'It could not be sent.' };
    case 'sent': {
      const document = documents.find(({ id }) => id === documentId);
      if (document?.status === 'ready') {
        return { upload, end: 'ready', words: count(document.chunkCount, 'passage') };
      }
      if (document?.status === 'failed') {
        return { upload, end: 'failed', words: document.error ?? 'It could not be read.' };
      }
      return { upload, end: null, words: 'Reading…' };
    }
  }
}

function summaryOf(lines: readonly Line[]): string {
  const ready = lines.filter(({ end }) => end === 'ready').length;
  const failed = lines.filter(({ end }) => end === 'failed').length;
  const words = `${ready} of ${count(lines.length, 'document')} ready`;
  return failed === 0 ? words : `${words}, ${failed} failed`;
}

function UploadLine({ line, onCancel, onRetry }: { line: Line; onCancel(): void; onRetry(): void }) {
  const { upload, end, words } = line;
  const { file, state, sentBytes } = upload;
  const unsent = state === 'waiting' || state === 'sending';
  return (
    <li className="flex items-center gap-3 px-4 py-2">
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline justify-between gap-3">
          <span className="truncate font-medium">{file.name}</span>
          <span className="shrink-0 text-12 text-muted tabular-nums">{bytes(file.size)}</span>
        </span>
        <span className="flex items-center gap-3 text-12">
          {end === 'failed' ? (
            <Status status="failed" className="whitespace-normal!">
              {words}
            </Status>
          ) : end === 'ready' ? (
            <Status status="succeeded">{words}</Status>
          ) : (
            <Status status={state === 'waiting' ? 'queued' : 'pending'} className="tabular-nums">
              {words}
            </Status>
          )}
          {state === 'sending' && (
            <progress
              aria-label={`Upload of ${file.name}`}
              max={file.size}
              value={sentBytes}
              className="h-1 flex-1 accent-(--accent)"
            />
          )}
        </span>
      </span>
      {end === 'failed' && state !== 'refused' && (
        <IconButton size="small" label={`Try ${file.name} again`} onClick={onRetry}>
          <RotateCw />
        </IconButton>
      )}
      {(unsent || end === 'failed') && (
        <IconButton
          size="small"
          label={unsent ? `Cancel ${file.name}` : `Dismiss ${file.name}`}
          onClick={onCancel}
        >
          <X />
        </IconButton>
      )}
    </li>
  );
}
