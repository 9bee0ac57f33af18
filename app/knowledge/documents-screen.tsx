'use client';

import { RotateCw } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useDocuments } from '#app/data/use-documents.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useRetryFailed } from '#app/data/use-retry-documents.ts';
import { useUploads } from '#app/data/use-uploads.ts';
import { useFilterAddress } from '#app/shell/use-filter-address.ts';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Status } from '#app/ui/status.tsx';
import { toast } from '#app/ui/toast.ts';
import { AddDocuments } from './add-documents.tsx';
import { useBase } from './base-context.tsx';
import { isNarrowed, readDocumentFilter } from './document-filter.ts';
import { DocumentFilters } from './document-filters.tsx';
import { DocumentTable } from './document-table.tsx';
import { UploadList } from './upload-list.tsx';

/** The documents of a base: adding some, how each stands, and what can be done with them. The address holds the filter. */
export function DocumentsScreen() {
  const { project, base } = useBase();
  const refusal = useRefusal('editor');
  const filter = readDocumentFilter(useSearchParams());
  const change = useFilterAddress();
  const uploads = useUploads(project, base.id);
  const list = useDocuments(project, base.id, filter);
  const documents = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const counts = list.data?.pages[0]?.counts;
  const narrowed = isNarrowed(filter);
  const empty = base.documentCount === 0 && !narrowed && documents.length === 0;
  return (
    <>
      {refusal && <Refusal>{refusal}</Refusal>}
      <AddDocuments
        disabled={refusal !== null}
        large={empty && list.data !== undefined}
        onFiles={uploads.add}
      />
      <UploadList uploads={uploads} />
      {!empty && <DocumentFilters filter={filter} counts={counts} />}
      <QueryView query={list} what="the documents">
        {() =>
          documents.length > 0 ? (
            <section
              aria-label="Documents"
              aria-busy={list.isPlaceholderData}
              className="overflow-hidden rounded-md border border-line bg-surface aria-busy:opacity-60"
            >
              {counts && counts.failed > 0 && <FailedBar failed={counts.failed} refusal={refusal} />}
              <DocumentTable documents={documents} sort={filter.sort} refusal={refusal} />
              {list.hasNextPage && (
                <div className="flex justify-center border-line border-t p-2">
                  <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                    Show more documents
                  </Button>
                </div>
              )}
            </section>
          ) : (
            narrowed && (
              <EmptyState
                title="No document is like that"
                action={
                  <Button onClick={() => change({ q: null, status: null, source: null })}>
                    Clear filters
                  </Button>
                }
              >
                Names and paths are searched. What documents say is found on the tab Search.
              </EmptyState>
            )
          )
        }
      </QueryView>
    </>
  );
}

/** That some could not be read, and a way to try them all again. */
function FailedBar({ failed, refusal }: { failed: number; refusal: string | null }) {
  const { project, base } = useBase();
  const change = useFilterAddress();
  const retry = useRetryFailed(project, base.id);
  return (
    <div className="flex items-center gap-2 border-line border-b bg-danger-soft px-4 py-1.5">
      <Status status="failed">{count(failed, 'document')} could not be read</Status>
      <span className="flex-1" />
      <Button size="small" onClick={() => change({ status: 'failed' })}>
        Show them
      </Button>
      <Button
        size="small"
        disabled={refusal !== null}
        busy={retry.isPending}
        onClick={() =>
          retry.mutate(undefined, {
            onSuccess: () => toast('Failed documents are read again'),
            onError: (error) => toast.error(error.message),
          })
        }
      >
        <RotateCw /> Retry all
      </Button>
    </div>
  );
}
