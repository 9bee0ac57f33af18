'use client';

import { RotateCw, X } from 'lucide-react';
import Link from 'next/link';
import { useEffect } from 'react';
import { uploadsUnderway, type useUploads } from '#app/data/use-uploads.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { bytes, count, number } from '#app/ui/quantity.ts';
import { Status, type StatusName } from '#app/ui/status.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { outcomeSummary } from './outcome-words.ts';
import { countLines, type UploadLine, uploadLines } from './upload-lines.ts';

/** As many are listed; a folder of thousands would hold the page up. */
const MOST_SHOWN = 100;

/** Files on their way: how far they are, what became of each, and why one was not taken. */
export function UploadList({
  uploads: { uploads, cancel, cancelAll, retry, clear },
}: {
  uploads: ReturnType<typeof useUploads>;
}) {
  const lines = uploadLines(uploads);
  const counts = countLines(lines);
  useEffect(() => sayWhatGoesOn, []);
  if (lines.length === 0) return null;

  const summary = outcomeSummary(counts);
  const words = counts.underway > 0 ? `${count(counts.underway, 'file')} to go` : null;
  const total = uploads.reduce((sum, { file }) => sum + file.size, 0);
  const sent = uploads.reduce(
    (sum, { state, file, sentBytes }) =>
      sum + (state === 'sending' ? sentBytes : state === 'waiting' ? 0 : file.size),
    0,
  );
  return (
    <Section
      title="Uploads"
      description={[words, summary].filter(Boolean).join(' · ')}
      actions={
        <>
          {counts.underway > 0 && <Button onClick={cancelAll}>Cancel the rest</Button>}
          {counts.underway < lines.length && <Button onClick={clear}>Clear finished</Button>}
        </>
      }
    >
      {counts.underway > 0 && (
        <progress
          aria-label="Uploads"
          max={Math.max(1, total)}
          value={sent}
          className="block h-1 w-full accent-(--accent)"
        />
      )}
      <ul aria-label="Uploads" className="max-h-64 divide-y divide-line overflow-auto">
        {lines.slice(0, MOST_SHOWN).map((line) => (
          <Line key={line.key} line={line} onCancel={() => cancel(line.id)} onRetry={() => retry(line.id)} />
        ))}
      </ul>
      {lines.length > MOST_SHOWN && (
        <p className="border-line border-t px-4 py-2 text-12 text-muted">
          and {number(lines.length - MOST_SHOWN)} more
        </p>
      )}
    </Section>
  );
}

/** When the page is left. */
function sayWhatGoesOn(): void {
  const left = uploadsUnderway();
  if (left === 0) return;
  toast(`${count(left, 'upload')} under way`, { description: 'They go on while this tab is open.' });
}

const STATUS: Record<UploadLine['state'], StatusName> = {
  waiting: 'queued',
  sending: 'pending',
  refused: 'failed',
  failed: 'failed',
  added: 'succeeded',
  changed: 'succeeded',
  unchanged: 'skipped',
};

function Line({ line, onCancel, onRetry }: { line: UploadLine; onCancel(): void; onRetry(): void }) {
  const { at } = useBase();
  const { name, state, words, upload, documentId } = line;
  const underway = state === 'waiting' || state === 'sending';
  return (
    <li className="flex items-center gap-3 px-4 py-1.5">
      <span className="w-2/5 min-w-0 shrink-0 truncate" title={name}>
        {documentId === null ? (
          name
        ) : (
          <Link href={`${at}/documents/${documentId}`} className="hover:underline">
            {name}
          </Link>
        )}
      </span>
      <Status status={STATUS[state]} className="min-w-0 flex-1 whitespace-normal! text-12 tabular-nums">
        {words}
      </Status>
      {state === 'sending' && upload && (
        <progress
          aria-label={`Upload of ${name}`}
          max={upload.file.size}
          value={upload.sentBytes}
          className="h-1 w-24 accent-(--accent)"
        />
      )}
      {upload && <span className="shrink-0 text-12 text-muted tabular-nums">{bytes(upload.file.size)}</span>}
      {state === 'failed' && (
        <IconButton size="small" label={`Try ${name} again`} onClick={onRetry}>
          <RotateCw />
        </IconButton>
      )}
      {upload && (underway || state === 'failed' || state === 'refused') && (
        <IconButton size="small" label={`${underway ? 'Cancel' : 'Dismiss'} ${name}`} onClick={onCancel}>
          <X />
        </IconButton>
      )}
    </li>
  );
}
