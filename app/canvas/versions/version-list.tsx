'use client';
import type { VersionStory } from '#app/data/types.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { count } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import type { ReplacedDraft } from '../system/replaced-drafts.ts';
import type { Side } from './sides.ts';

/** Versions that are still to be fetched. */
export interface MoreVersions {
  loading: boolean;
  load(): void;
}

/** What there is to look at: the draft, the versions, and drafts that this browser kept. */
export function VersionList({
  versions,
  more,
  replaced,
  shown,
  onShow,
}: {
  versions: readonly VersionStory[];
  more: MoreVersions | null;
  replaced: readonly ReplacedDraft[];
  shown: Side;
  onShow: (side: Side) => void;
}) {
  return (
    <nav aria-label="Versions" className="flex flex-col gap-1 p-2">
      <Row current={shown === 'draft'} onClick={() => onShow('draft')}>
        <span className="flex items-center gap-2 font-medium">
          Draft <Status status="draft">Not published</Status>
        </span>
      </Row>
      {versions.map((version) => {
        const side: Side = `v${version.version}`;
        const breaking = version.contractChanges.some(({ impact }) => impact === 'breaking');
        return (
          <Row key={version.version} current={shown === side} onClick={() => onShow(side)}>
            <span className="flex items-center gap-2">
              <span className="font-medium">v{version.version}</span>
              {version.live && <Status status="live" />}
              {breaking && <Badge tone="danger">breaking</Badge>}
            </span>
            <span className="text-12 text-muted">
              {version.publishedBy ?? 'Somebody'}, <RelativeTime at={version.publishedAt} />
            </span>
            {version.note !== '' && <span className="line-clamp-3 break-words">{version.note}</span>}
            {version.changes.length > 0 && (
              <span className="line-clamp-2 break-words text-12 text-muted">{sentence(version.changes)}</span>
            )}
          </Row>
        );
      })}
      {more && (
        <Button size="small" className="m-2 self-center" busy={more.loading} onClick={more.load}>
          Show older versions
        </Button>
      )}
      {replaced.length > 0 && (
        <>
          <h2 className="px-2 pt-3 text-12 text-muted">Drafts that were replaced, kept in this browser</h2>
          {replaced.map(({ at, by, document }) => {
            const side: Side = `kept-${at}`;
            return (
              <Row key={at} current={shown === side} onClick={() => onShow(side)}>
                <span className="font-medium">Draft before {by}</span>
                <span className="text-12 text-muted">
                  <RelativeTime at={new Date(at).toISOString()} />, {count(document.nodes.length, 'step')}
                </span>
              </Row>
            );
          })}
        </>
      )}
    </nav>
  );
}

function Row({
  current,
  onClick,
  children,
}: {
  current: boolean;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-current={current || undefined}
      onClick={onClick}
      className="flex flex-col items-start gap-0.5 rounded-md px-2 py-2 text-left hover:bg-hover aria-[current]:bg-selected"
    >
      {children}
    </button>
  );
}

function sentence(changes: readonly string[]): string {
  const text = changes.slice(0, 4).join(', ') + (changes.length > 4 ? ` and ${changes.length - 4} more` : '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
