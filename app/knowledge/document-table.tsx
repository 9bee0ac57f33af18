'use client';

import { MoreHorizontal } from 'lucide-react';
import { useState } from 'react';
import type { KnowledgeDocument } from '#app/data/types.ts';
import { useDeleteDocuments } from '#app/data/use-delete-documents.ts';
import { useRetryDocument } from '#app/data/use-retry-documents.ts';
import { useSources } from '#app/data/use-sources.ts';
import { useFilterAddress } from '#app/shell/use-filter-address.ts';
import { Button } from '#app/ui/button.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { bytes, count, number } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Table, TableBody, TableCell, TableHeader, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { type DocumentColumn, type DocumentSort, USUAL_SORT } from './document-filter.ts';
import { DocumentStanding } from './document-standing.tsx';

/** Documents, one a row; several can be marked and deleted together. */
export function DocumentTable({
  documents,
  sort = USUAL_SORT,
  refusal,
}: {
  documents: readonly KnowledgeDocument[];
  sort?: DocumentSort;
  refusal: string | null;
}) {
  const { project, base, at } = useBase();
  const remove = useDeleteDocuments(project, base.id);
  const retry = useRetryDocument(project, base.id);
  const sources = new Map(useSources(project, base.id).data?.items.map(({ id, name }) => [id, name]));
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [doomed, setDoomed] = useState<readonly KnowledgeDocument[] | null>(null);
  const chosen = documents.filter(({ id }) => marked.has(id));
  const mark = (ids: readonly string[], on: boolean): void => {
    const next = new Set(marked);
    for (const id of ids) {
      if (on) next.add(id);
      else next.delete(id);
    }
    setMarked(next);
  };
  const all = chosen.length === documents.length && documents.length > 0;
  const withSource = sources.size > 0;

  return (
    <>
      {chosen.length > 0 && (
        <div
          role="toolbar"
          aria-label="Marked documents"
          className="flex h-10 items-center gap-2 border-line border-b bg-accent-soft px-4"
        >
          <span className="font-medium text-accent-ink">{count(chosen.length, 'document')} marked</span>
          <span className="flex-1" />
          <Button size="small" onClick={() => setMarked(new Set())}>
            Unmark
          </Button>
          <Button size="small" variant="danger" onClick={() => setDoomed(chosen)}>
            Delete {number(chosen.length)}
          </Button>
        </div>
      )}
      <Table>
        <thead>
          <TableRow>
            <TableHeader className="w-8 pr-0">
              <Checkbox
                aria-label="Mark all that are listed"
                className="align-middle"
                disabled={refusal !== null}
                checked={all ? true : chosen.length > 0 ? 'indeterminate' : false}
                onCheckedChange={(on) =>
                  mark(
                    documents.map(({ id }) => id),
                    on === true,
                  )
                }
              />
            </TableHeader>
            <SortHeader by="name" sort={sort}>
              Name
            </SortHeader>
            <SortHeader by="passages" sort={sort}>
              State
            </SortHeader>
            {withSource && <TableHeader>Source</TableHeader>}
            <SortHeader by="size" sort={sort} numeric>
              Size
            </SortHeader>
            <SortHeader by="added" sort={sort}>
              Added
            </SortHeader>
            <TableHeader>
              <span className="sr-only">Actions</span>
            </TableHeader>
          </TableRow>
        </thead>
        <TableBody>
          {documents.map((document) => {
            const { id, name, path, sourceId } = document;
            const failed = document.status === 'failed' || document.next?.state === 'failed';
            return (
              <TableRow key={id} aria-selected={marked.has(id) || undefined}>
                <TableCell className="w-8 pr-0">
                  <Checkbox
                    aria-label={`Mark ${name}`}
                    className="relative z-1 align-middle"
                    disabled={refusal !== null}
                    checked={marked.has(id)}
                    onCheckedChange={(on) => mark([id], on === true)}
                  />
                </TableCell>
                <TableCell className="w-2/5 max-w-0 py-1">
                  <TableLink href={`${at}/documents/${id}`} title={path} className="block truncate">
                    {name}
                  </TableLink>
                  {path !== name && path !== '' && (
                    <span className="block truncate text-12 text-muted">{path}</span>
                  )}
                </TableCell>
                <TableCell className="max-w-90">
                  <DocumentStanding document={document} />
                </TableCell>
                {withSource && (
                  <TableCell className="max-w-40 truncate text-muted">
                    {sourceId === null ? 'Uploaded' : sources.get(sourceId)}
                  </TableCell>
                )}
                <TableCell className="whitespace-nowrap text-right tabular-nums">
                  {bytes(document.bytes)}
                </TableCell>
                <TableCell className="text-muted">
                  <RelativeTime at={document.createdAt} />
                </TableCell>
                <TableCell className="w-10">
                  <span className="relative z-1 flex items-center justify-end gap-1">
                    {failed && (
                      <Button
                        size="small"
                        disabled={refusal !== null}
                        busy={retry.isPending && retry.variables === id}
                        onClick={() => retry.mutate(id, { onError: (error) => toast.error(error.message) })}
                      >
                        Retry<span className="sr-only"> {name}</span>
                      </Button>
                    )}
                    <RowMenu
                      document={document}
                      refusal={refusal}
                      onRead={() => retry.mutate(id, { onError: (error) => toast.error(error.message) })}
                      onDelete={() => setDoomed([document])}
                    />
                  </span>
                </TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
      <ConfirmMutation
        mutation={remove}
        variables={doomed?.map(({ id }) => id) ?? null}
        onClose={() => setDoomed(null)}
        onDone={() => {
          setDoomed(null);
          setMarked(new Set());
        }}
        title={
          doomed?.length === 1
            ? `Delete ${doomed[0]?.name}?`
            : `Delete ${count(doomed?.length ?? 0, 'document')}?`
        }
        description={lossOf(doomed ?? [])}
        action={doomed?.length === 1 ? 'Delete document' : 'Delete documents'}
        done={doomed?.length === 1 ? 'Document deleted' : `${count(doomed?.length ?? 0, 'document')} deleted`}
      />
    </>
  );
}

/** What is gone with documents; a source brings its own back. */
function lossOf(documents: readonly KnowledgeDocument[]): string {
  const passages = documents.reduce((sum, { chunkCount }) => sum + chunkCount, 0);
  const some = documents.some(({ sourceId }) => sourceId !== null);
  return [
    passages > 0
      ? `Look-ups find nothing of ${count(passages, 'passage')} from now on.`
      : 'Nothing of it was found yet.',
    'The stored originals and their versions are lost: keep the files if you may need them again.',
    some ? 'What comes from a source is brought back by its next run, as long as it is there.' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function SortHeader({
  by,
  sort,
  numeric = false,
  children,
}: {
  by: DocumentColumn;
  sort: DocumentSort;
  numeric?: boolean;
  children: string;
}) {
  const change = useFilterAddress();
  const down = sort === `-${by}`;
  const here = down || sort === by;
  // Names are read from A on; of all else the most is of interest first.
  const first: DocumentSort = by === 'name' ? by : `-${by}`;
  const next: DocumentSort = !here ? first : down ? by : `-${by}`;
  return (
    <TableHeader
      className={numeric ? 'text-right' : undefined}
      sorted={here ? (down ? 'descending' : 'ascending') : null}
      onSort={() => change({ sort: next === USUAL_SORT ? null : next })}
    >
      {children}
    </TableHeader>
  );
}

function RowMenu({
  document: { id, name },
  refusal,
  onRead,
  onDelete,
}: {
  document: KnowledgeDocument;
  refusal: string | null;
  onRead(): void;
  onDelete(): void;
}) {
  const { project, base } = useBase();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <IconButton size="small" label={`More about ${name}`}>
          <MoreHorizontal />
        </IconButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem
          onSelect={() => save(`/api/v1/projects/${project}/knowledge/${base.id}/documents/${id}/file`)}
        >
          Download the original
        </DropdownMenuItem>
        <DropdownMenuItem disabled={refusal !== null} onSelect={onRead}>
          Read it again
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem danger disabled={refusal !== null} onSelect={onDelete}>
          Delete…
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Has the browser save what is at an address. */
function save(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}
