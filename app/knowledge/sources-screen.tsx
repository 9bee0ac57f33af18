'use client';

import { Cloud, FolderGit2, Globe, type LucideIcon, MoreHorizontal, Plus } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { KnowledgeSource } from '#app/data/types.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useRunSource, useSources, useStopSource } from '#app/data/use-sources.ts';
import { Section } from '#app/shell/page-body.tsx';
import { useAskedFor } from '#app/shell/use-asked-for.ts';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { DeleteSourceDialog } from './delete-source-dialog.tsx';
import { addressOf, SOURCE_KINDS, type SourceKind } from './source-config.ts';
import { SourceDialog } from './source-dialog.tsx';
import { ReportDialog } from './source-report.tsx';
import { scheduleWords, sourceState } from './source-words.ts';

const ICONS: Record<string, LucideIcon | undefined> = { website: Globe, git: FolderGit2, s3: Cloud };

/** Where documents come from by themselves. */
export function SourcesScreen() {
  const { project, base } = useBase();
  const refusal = useRefusal('editor');
  const sources = useSources(project, base.id);
  const [askedWebsite, setAskedWebsite] = useAskedFor('website');
  const [making, setMaking] = useState<SourceKind | null>(null);
  const [edited, setEdited] = useState<KnowledgeSource | null>(null);
  const [doomed, setDoomed] = useState<KnowledgeSource | null>(null);
  const [reported, setReported] = useState<string | null>(null);
  const made = refusal !== null ? null : askedWebsite ? 'website' : making;
  const items = sources.data?.items ?? [];
  const shownReport = items.find(({ id }) => id === reported);
  const make = (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="primary" disabled={refusal !== null}>
          <Plus /> Add a source
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {SOURCE_KINDS.map(({ kind, name, about }) => {
          const Icon = ICONS[kind] ?? Globe;
          return (
            <DropdownMenuItem key={kind} onSelect={() => setMaking(kind)}>
              <Icon />
              <span>
                {name}
                <span className="block text-12 text-muted">{about}</span>
              </span>
            </DropdownMenuItem>
          );
        })}
      </DropdownMenuContent>
    </DropdownMenu>
  );
  return (
    <>
      {refusal && <Refusal>{refusal}</Refusal>}
      <QueryView query={sources} what="the sources">
        {() =>
          items.length === 0 ? (
            <EmptyState icon={Globe} title="No sources yet" action={make}>
              A website, a Git repository or a bucket is read into documents, and looked through again when
              you like: what is new is added, what changed is read anew, what is gone is removed.
            </EmptyState>
          ) : (
            <Section title={count(items.length, 'source')} actions={make}>
              <ul aria-label="Sources" className="divide-y divide-line">
                {items.map((source) => (
                  <SourceRow
                    key={source.id}
                    source={source}
                    refusal={refusal}
                    onEdit={() => setEdited(source)}
                    onReport={() => setReported(source.id)}
                    onDelete={() => setDoomed(source)}
                  />
                ))}
              </ul>
            </Section>
          )
        }
      </QueryView>
      {(made !== null || edited) && (
        <SourceDialog
          kind={edited?.kind ?? made ?? 'website'}
          source={edited}
          onClose={() => {
            setAskedWebsite(false);
            setMaking(null);
            setEdited(null);
          }}
        />
      )}
      {shownReport && <ReportDialog source={shownReport} onClose={() => setReported(null)} />}
      {doomed && <DeleteSourceDialog source={doomed} onClose={() => setDoomed(null)} />}
    </>
  );
}

function SourceRow({
  source,
  refusal,
  onEdit,
  onReport,
  onDelete,
}: {
  source: KnowledgeSource;
  refusal: string | null;
  onEdit(): void;
  onReport(): void;
  onDelete(): void;
}) {
  const { project, base, at } = useBase();
  const run = useRunSource(project, base.id);
  const stop = useStopSource(project, base.id);
  const { id, name, kind, state, error, report, lastRunAt, nextRunAt, documentCount } = source;
  const Icon = ICONS[kind] ?? Globe;
  const running = state === 'running';
  const standing = sourceState(source);
  const told = { onError: (fault: Error) => void toast.error(fault.message) };
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2">
          <span className="shrink-0 font-medium">{name}</span>
          <span className="min-w-0 truncate text-12 text-muted">{addressOf(source)}</span>
        </p>
        <p className="mt-0.5 text-12 text-muted">
          {scheduleWords(source)}
          {nextRunAt && (
            <>
              , next <RelativeTime at={nextRunAt} />
            </>
          )}
          {' · '}
          <Link href={`${at}?source=${id}`} className="underline hover:text-ink">
            {count(documentCount, 'document')}
          </Link>
        </p>
        <p className="mt-1 flex flex-wrap items-center gap-x-2 text-12">
          <Status status={standing.status} className="tabular-nums">
            {standing.words}
          </Status>
          {!running && lastRunAt && (
            <span className="text-muted">
              <RelativeTime at={lastRunAt} />
            </span>
          )}
          {report && (
            <Button variant="link" size="small" onClick={onReport}>
              Report<span className="sr-only"> of {name}</span>
            </Button>
          )}
        </p>
        {running && report && (
          <progress
            aria-label={`Run of ${name}`}
            max={Math.max(1, report.found)}
            value={report.found - report.waiting}
            className="mt-1 h-1 w-full max-w-100 accent-(--accent)"
          />
        )}
        {error && <FieldMessage severity="error" message={error} />}
        {!running &&
          report?.notes.map((note) => <FieldMessage key={note} severity="warning" message={note} />)}
      </div>
      <div className="flex shrink-0 items-center gap-1">
        {running ? (
          <Button
            size="small"
            disabled={refusal !== null}
            busy={stop.isPending}
            onClick={() => stop.mutate(id, told)}
          >
            Stop<span className="sr-only"> {name}</span>
          </Button>
        ) : (
          <Button
            size="small"
            disabled={refusal !== null}
            busy={run.isPending}
            onClick={() => run.mutate(id, told)}
          >
            Run now<span className="sr-only">: {name}</span>
          </Button>
        )}
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <IconButton size="small" label={`More about ${name}`} disabled={refusal !== null}>
              <MoreHorizontal />
            </IconButton>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            <DropdownMenuItem disabled={running} onSelect={onEdit}>
              Edit…
            </DropdownMenuItem>
            <DropdownMenuSeparator />
            <DropdownMenuItem danger onSelect={onDelete}>
              Delete…
            </DropdownMenuItem>
          </DropdownMenuContent>
        </DropdownMenu>
      </div>
    </li>
  );
}
