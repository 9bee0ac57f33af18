'use client';

import { PackageCheck } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { Release } from '#app/data/types.ts';
import { useReleasePages } from '#app/data/use-release-pages.ts';
import { useRestoreRelease } from '#app/data/use-restore-release.ts';
import { useRole } from '#app/data/use-role.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { CopyButton } from '#app/ui/copy-button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { toast } from '#app/ui/toast.ts';

/** What the project served when; each release has an address of its own, and can be served again. */
export function ReleasesScreen({ project }: { project: string }) {
  const releases = useReleasePages(project);
  return (
    <PageBody
      title="Releases"
      description="Each publish, unpublish and rollback makes one: the set of versions that the project serves. Clients that call the address of a release keep exactly those."
    >
      <QueryView query={releases} what="the releases">
        {({ pages }) =>
          pages[0]?.items.length === 0 ? (
            <EmptyState
              icon={PackageCheck}
              title="Nothing was published yet"
              action={
                <Button asChild>
                  <Link href={`/projects/${project}`}>Go to the workflows</Link>
                </Button>
              }
            >
              The first version that is published makes the first release.
            </EmptyState>
          ) : (
            <>
              <ReleaseTable project={project} releases={pages.flatMap(({ items }) => items)} />
              {releases.hasNextPage && (
                <div className="flex justify-center">
                  <Button busy={releases.isFetchingNextPage} onClick={() => void releases.fetchNextPage()}>
                    Show more releases
                  </Button>
                </div>
              )}
            </>
          )
        }
      </QueryView>
    </PageBody>
  );
}

const REASONS: Record<Release['reason'], string> = {
  publish: 'Published',
  unpublish: 'Unpublished',
  rollback: 'Rolled back',
  delete: 'Deleted',
};

function ReleaseTable({ project, releases }: { project: string; releases: readonly Release[] }) {
  const role = useRole();
  const editable = role !== undefined && role !== 'viewer';
  const restore = useRestoreRelease(project);
  const [asked, setAsked] = useState<Release | null>(null);
  const live = releases.find((release) => release.live);

  const done = (): void => {
    const release = asked?.release;
    setAsked(null);
    toast.success(`What release ${release} served is live again`, {
      duration: 8000,
      ...(live && {
        action: {
          label: 'Undo',
          onClick: () =>
            restore.mutate(live.release, {
              onError: (error) => toast.error(error.message),
              onSuccess: () => toast.success(`What release ${live.release} served is live again`),
            }),
        },
      }),
    });
  };

  return (
    <div className="overflow-hidden rounded-md border border-line bg-surface">
      <Table>
        <TableColumns names={['Release', 'What it changed', 'By', 'When', 'Address']} actions />
        <TableBody>
          {releases.map((release) => (
            <TableRow key={release.release}>
              <TableCell className="whitespace-nowrap">
                <span className="flex items-center gap-2">
                  <span className="font-medium tabular-nums">{release.release}</span>
                  {release.live && <Status status="live" />}
                </span>
              </TableCell>
              <TableCell className="min-w-60 py-1.5">
                <span className="text-muted">{REASONS[release.reason]}</span>{' '}
                <span className="break-words">{release.changes.slice(0, 5).join(', ')}</span>
                {release.changes.length > 5 && (
                  <span className="text-muted"> and {release.changes.length - 5} more</span>
                )}
                {release.deleted > 0 && (
                  <span className="block text-12 text-muted">
                    {release.deleted} of its {release.workflows} workflows deleted since
                  </span>
                )}
              </TableCell>
              <TableCell className="whitespace-nowrap text-muted">{release.by ?? 'Somebody'}</TableCell>
              <TableCell className="text-muted">
                <RelativeTime at={release.at} />
              </TableCell>
              <TableCell>
                <span className="flex items-center gap-1">
                  <code className="max-w-40 truncate text-12 text-muted" title={release.mcpUrl}>
                    {new URL(release.mcpUrl).pathname}
                  </code>
                  <CopyButton
                    value={release.mcpUrl}
                    label={`Copy the address of release ${release.release}`}
                  />
                </span>
              </TableCell>
              <TableCell className="text-right">
                {editable && !release.live && (
                  <Button size="small" onClick={() => setAsked(release)}>
                    Roll back to it
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <ConfirmMutation
        mutation={restore}
        variables={asked?.release ?? null}
        onClose={() => setAsked(null)}
        onDone={done}
        title={`Roll the project back to release ${asked?.release}?`}
        description="All workflows go back to the versions it served with the next call of a client; what it did not have is unpublished. Drafts stay as they are, and what is live now can be rolled back to in the same way."
        action="Roll back the project"
      />
    </div>
  );
}
