'use client';

import type { Project, Release, Toolset } from '#app/data/types.ts';
import { useReleases } from '#app/data/use-releases.ts';
import { Section } from '#app/shell/page-body.tsx';
import { CopyButton } from '#app/ui/copy-button.tsx';
import { count } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Select } from '#app/ui/select.tsx';
import { Status } from '#app/ui/status.tsx';

const LATEST = 'latest';
const WHOLE = 'whole';

/** The address of what is live, or of a release that stays as it is. */
export function AddressSection({
  project,
  pin,
  onPin,
  toolsets,
  toolset,
  onToolset,
}: {
  project: Project;
  pin: number | null;
  onPin(pin: number | null): void;
  toolsets: readonly Toolset[];
  /** The one whose address is shown; null for that of the whole project. */
  toolset: Toolset | null;
  onToolset(id: string | null): void;
}) {
  const releases = useReleases(project.slug).data?.items ?? [];
  const pinned = releases.find(({ release }) => release === pin);
  const { access } = toolset ?? project;
  const url = pinnedUrl(project.mcpUrl, pin, toolset?.name);
  return (
    <Section
      title="Address"
      actions={
        <>
          {toolsets.length > 0 && (
            <Select
              aria-label="Toolset"
              className="w-48"
              value={toolset?.id ?? WHOLE}
              onValueChange={(value) => onToolset(value === WHOLE ? null : value)}
              options={[
                { value: WHOLE, label: 'The whole project' },
                ...toolsets.map(({ id, title }) => ({ value: id, label: title })),
              ]}
            />
          )}
          {releases.length > 0 && (
            <Select
              aria-label="Release"
              className="w-48"
              value={pin === null ? LATEST : String(pin)}
              onValueChange={(value) => onPin(value === LATEST ? null : Number(value))}
              options={[
                { value: LATEST, label: 'Always the latest' },
                ...releases.map(({ release }) => ({
                  value: String(release),
                  label: `Release ${release} (pinned)`,
                })),
              ]}
            />
          )}
          <CopyButton words value={url} label="Copy the MCP address" />
        </>
      }
    >
      <div className="flex flex-col gap-2 p-4">
        <code className="text-14">{url}</code>
        {pinned && <PinnedNote release={pinned} />}
        {project.release === 0 && (
          <Status status="warning">Nothing is published yet: a client that connects finds no tools.</Status>
        )}
        {access === 'public' && (
          <Status status="warning">
            {toolset ? 'This toolset' : 'This project'} is public: whoever has the address can call its tools.
          </Status>
        )}
      </div>
    </Section>
  );
}

/** `…/mcp/orders@12/analysis`, or the address as it is. */
export function pinnedUrl(mcpUrl: string, pin: number | null, toolset?: string): string {
  return `${mcpUrl}${pin === null ? '' : `@${pin}`}${toolset === undefined ? '' : `/${toolset}`}`;
}

function PinnedNote({ release: { at, by, reason, workflow, workflows, deleted } }: { release: Release }) {
  return (
    <>
      <p className="text-muted">
        {DONE[reason]} {workflow ?? 'a workflow that is no longer there'}
        {by !== null && ` by ${by}`}, <RelativeTime at={at} />. It serves {count(workflows, 'workflow')},
        whatever is published later.
      </p>
      {deleted > 0 && (
        <Status status="warning">
          {count(deleted, 'workflow')} of it {deleted === 1 ? 'was' : 'were'} deleted, and{' '}
          {deleted === 1 ? 'is' : 'are'} not served any more.
        </Status>
      )}
    </>
  );
}

const DONE: Record<Release['reason'], string> = {
  publish: 'Published',
  unpublish: 'Unpublished',
  rollback: 'Rolled back',
  delete: 'Deleted',
};
