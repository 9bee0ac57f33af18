'use client';

import { ChevronDown, ChevronUp, Scissors } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import type { KnowledgeDocument } from '#app/data/types.ts';
import { usePassages } from '#app/data/use-document.ts';
import { SearchFilter } from '#app/shell/search-filter.tsx';
import { useFilterAddress } from '#app/shell/use-filter-address.ts';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { useBase } from './base-context.tsx';
import { PassageCard } from './passage-card.tsx';
import { SizePreview } from './size-preview.tsx';

/** The passages of a document in their order. With a question, those that a look-up finds are marked. */
export function PassageList({ document, editable }: { document: KnowledgeDocument; editable: boolean }) {
  const { project, base } = useBase();
  const change = useFilterAddress();
  const [sizing, setSizing] = useState(false);
  const q = (useSearchParams().get('q') ?? '').slice(0, 1000);
  const list = usePassages(project, base.id, document, q);
  const passages = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const found = list.data?.pages[0]?.found ?? [];
  const [wanted, setWanted] = useWantedPassage();
  const [current, setCurrent] = useState<number | null>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;

  // An address may lead to a passage far down: the pages before it are loaded first.
  const there = wanted !== null && passages.some(({ ordinal }) => ordinal === wanted);
  useEffect(() => {
    if (wanted !== null && !there && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [wanted, there, hasNextPage, isFetchingNextPage, fetchNextPage]);
  useEffect(() => {
    if (wanted === null || !there) return;
    setCurrent(wanted);
    show(wanted);
  }, [wanted, there]);

  const step = (by: 1 | -1): void => {
    const from = current ?? -1;
    const next =
      by === 1
        ? (found.find((ordinal) => ordinal > from) ?? found[0])
        : (found.findLast((ordinal) => ordinal < from) ?? found.at(-1));
    if (next === undefined) return;
    setWanted(next);
    if (next === wanted) show(next);
  };

  return (
    <section aria-label="Passages" className="min-w-0 rounded-md border border-line bg-surface">
      <header className="sticky top-20 z-10 flex flex-col gap-2 rounded-t-md border-line border-b bg-surface px-4 py-2.5">
        <div className="flex items-center gap-2">
          <h2 className="shrink-0 font-semibold text-14">{count(document.chunkCount, 'passage')}</h2>
          <span className="flex-1" />
          {editable && document.chunkCount > 0 && (
            <Button size="small" aria-expanded={sizing} onClick={() => setSizing(!sizing)}>
              <Scissors /> Try other sizes
            </Button>
          )}
        </div>
        <search aria-label="What would be found" className="flex items-center gap-2">
          <SearchFilter
            label="What would be found? Ask as a model would"
            maxLength={1000}
            text={q}
            onChange={(text) => change({ q: text })}
          />
          {q !== '' && list.data && !list.isPlaceholderData && (
            <span aria-live="polite" className="shrink-0 text-12 text-muted tabular-nums">
              {found.length === 0 ? 'Nothing in this document' : `${count(found.length, 'passage')} found`}
            </span>
          )}
          {found.length > 0 && (
            <>
              <IconButton size="small" label="The one found before" onClick={() => step(-1)}>
                <ChevronUp />
              </IconButton>
              <IconButton size="small" label="The next one found" onClick={() => step(1)}>
                <ChevronDown />
              </IconButton>
            </>
          )}
        </search>
      </header>
      {sizing && <SizePreview document={document} present={passages} />}
      <QueryView query={list} what="the passages">
        {() =>
          passages.length === 0 ? (
            <NoPassages document={document} />
          ) : (
            <>
              <ol>
                {passages.map((passage) => (
                  <PassageCard
                    key={passage.ordinal}
                    passage={passage}
                    current={passage.ordinal === current}
                  />
                ))}
              </ol>
              {hasNextPage && (
                <div className="flex justify-center border-line border-t p-2">
                  <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                    Show more passages
                  </Button>
                </div>
              )}
            </>
          )
        }
      </QueryView>
      {list.error && list.data && (
        <div className="p-4">
          <FieldMessage severity="error" message={list.error.message} />
        </div>
      )}
    </section>
  );
}

function show(ordinal: number): void {
  document.getElementById(`passage-${ordinal + 1}`)?.scrollIntoView({ block: 'center' });
}

/** The passage that the address leads to, `#passage-3`, or whoever sets another; null for none. From 0. */
function useWantedPassage(): [wanted: number | null, setWanted: (ordinal: number) => void] {
  const [wanted, setWanted] = useState<number | null>(null);
  useEffect(() => {
    const read = (): void => {
      const number = /^#passage-(\d+)$/.exec(window.location.hash)?.[1];
      setWanted(number === undefined ? null : Number(number) - 1);
    };
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return [wanted, setWanted];
}

function NoPassages({ document: { status, error } }: { document: KnowledgeDocument }) {
  if (status === 'failed') {
    return (
      <EmptyState title="It could not be read">
        {error} Mend the file and upload it under the same name, or read it again.
      </EmptyState>
    );
  }
  if (status === 'pending') {
    return <EmptyState title="It is being read">Its passages appear here when that is done.</EmptyState>;
  }
  return (
    <EmptyState title="There is no text in it">
      Scanned pages are pictures: what they say is not found. Look at what was left out, at the right.
    </EmptyState>
  );
}
