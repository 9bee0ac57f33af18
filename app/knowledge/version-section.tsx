'use client';

import type { KnowledgeDocument } from '#app/data/types.ts';
import { useDocumentVersions } from '#app/data/use-document.ts';
import { bytes, count } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status, type StatusName } from '#app/ui/status.tsx';
import { useBase } from './base-context.tsx';
import { SidePart } from './side-part.tsx';

const LOOKS: Record<string, { status: StatusName; word: string }> = {
  waiting: { status: 'queued', word: 'Waiting' },
  reading: { status: 'pending', word: 'Being read' },
  embedding: { status: 'pending', word: 'Making vectors' },
  live: { status: 'live', word: 'Found now' },
  replaced: { status: 'skipped', word: 'Replaced' },
  failed: { status: 'failed', word: 'Failed' },
};

/** What was read of a document one after the other, newest first. */
export function VersionSection({ document }: { document: KnowledgeDocument }) {
  const { project, base } = useBase();
  const versions = useDocumentVersions(project, base.id, document);
  const items = versions.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <SidePart title={count(items.length, 'version')}>
      <ol className="flex flex-col gap-2 text-12">
        {items.map(({ version, state, bytes: size, createdAt, error, chunkCount }) => {
          const look = LOOKS[state] ?? { status: 'skipped', word: state };
          return (
            <li key={version} className="flex flex-col">
              <span className="flex items-center justify-between gap-2">
                <span className="font-medium">Version {version}</span>
                <Status status={look.status}>{look.word}</Status>
              </span>
              <span className="text-muted">
                <RelativeTime at={createdAt} /> · {bytes(size)}
                {state === 'live' && ` · ${count(chunkCount, 'passage')}`}
              </span>
              {error && <span className="break-words text-danger-ink">{error}</span>}
            </li>
          );
        })}
      </ol>
    </SidePart>
  );
}
