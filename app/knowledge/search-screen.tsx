'use client';

import { BookmarkPlus, Search } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import type { KnowledgeHit } from '#app/data/types.ts';
import { useKnowledgeSearch } from '#app/data/use-knowledge-search.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { JsonTree } from '#app/form/json-tree.tsx';
import { SearchFilter } from '#app/shell/search-filter.tsx';
import { useFilterAddress } from '#app/shell/use-filter-address.ts';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { count, duration } from '#app/ui/quantity.ts';
import { Segmented } from '#app/ui/segmented.tsx';
import { Select } from '#app/ui/select.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import { useBase } from './base-context.tsx';
import { HitCard } from './hit-card.tsx';
import { QuestionDialog } from './question-dialog.tsx';
import { modeWords, readSearch, SEARCH_MODES } from './search-options.ts';

const PASSAGES = [1, 3, 5, 10, 20, 50];
const SCORES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Tries a look-up as a step would do it. The address holds what is asked, and how. */
export function SearchScreen() {
  const { project, base } = useBase();
  const change = useFilterAddress();
  const search = useSearchParams();
  const options = readSearch(search);
  const json = search.get('view') === 'json';
  const found = useKnowledgeSearch(project, base.id, options);
  const refusal = useRefusal('editor');
  const [saving, setSaving] = useState<readonly KnowledgeHit[] | null>(null);
  const asked = options.q.trim() !== '';
  const data = asked ? found.data : undefined;
  return (
    <>
      <search
        aria-label="Try a look-up"
        className="flex flex-col gap-3 rounded-md border border-line bg-surface p-4"
      >
        <SearchFilter
          label="What would the model ask?"
          className="h-9 text-14"
          maxLength={1000}
          autoFocus
          text={options.q}
          onChange={(q) => change({ q })}
        />
        <div className="flex flex-wrap items-end gap-3">
          {base.model !== null && (
            <Field label="How" className="w-40">
              {(ids) => (
                <Select
                  {...ids}
                  value={options.mode}
                  onValueChange={(mode) => change({ mode: mode === 'auto' ? null : mode })}
                  options={SEARCH_MODES}
                />
              )}
            </Field>
          )}
          <Field label="Passages" className="w-28">
            {(ids) => (
              <Select
                {...ids}
                value={String(options.topK)}
                onValueChange={(k) => change({ k: k === '5' ? null : k })}
                options={withOwn(PASSAGES, options.topK).map((value) => ({
                  value,
                  label: `At most ${value}`,
                }))}
              />
            )}
          </Field>
          <Field label="Minimum score" className="w-28">
            {(ids) => (
              <Select
                {...ids}
                value={String(options.minScore)}
                onValueChange={(min) => change({ min: min === '0' ? null : min })}
                options={withOwn(SCORES, options.minScore).map((value) => ({
                  value,
                  label: value === '0' ? 'Any' : value,
                }))}
              />
            )}
          </Field>
          <Field label="Only with this metadata" className="w-72">
            {(ids) => (
              <SearchFilter
                {...ids}
                label="country = Norway, year = 2026"
                maxLength={1000}
                text={search.get('filter') ?? ''}
                onChange={(filter) => change({ filter })}
              />
            )}
          </Field>
        </div>
      </search>

      {!asked ? (
        <Hints />
      ) : found.error ? (
        <ErrorState
          title="Nothing could be looked up"
          error={found.error}
          onRetry={() => void found.refetch()}
        />
      ) : !data ? (
        <LoadingState>Looking up</LoadingState>
      ) : (
        <section
          aria-label="Found passages"
          aria-busy={found.isPlaceholderData}
          className="overflow-hidden rounded-md border border-line bg-surface aria-busy:opacity-60"
        >
          <header className="flex flex-wrap items-center gap-2 border-line border-b px-4 py-2">
            <h2 className="font-semibold text-14">{count(data.hits.length, 'passage')}</h2>
            <p aria-live="polite" className="text-12 text-muted">
              {modeWords(data.mode)}, in {duration(data.tookMs)}
            </p>
            <span className="flex-1" />
            {data.hits.length > 0 && (
              <Button
                size="small"
                disabled={refusal !== null}
                title={refusal ?? undefined}
                onClick={() => setSaving(data.hits)}
              >
                <BookmarkPlus /> Save as question
              </Button>
            )}
            <Segmented
              label="View"
              value={json ? 'json' : 'passages'}
              onValueChange={(view) => change({ view: view === 'json' ? view : null })}
              options={[
                { value: 'passages', label: 'Passages' },
                { value: 'json', label: 'As the step gives it' },
              ]}
            />
          </header>
          {data.warning && (
            <div className="border-line border-b px-4 py-2">
              <FieldMessage severity="warning" message={data.warning} />
            </div>
          )}
          {data.hits.length === 0 ? (
            <NothingFound minScore={options.minScore} onAnyScore={() => change({ min: null })} />
          ) : json ? (
            <div className="p-4">
              <JsonTree
                value={{ hits: data.hits } as unknown as JsonValue}
                label="Output of the look-up"
                openDepth={3}
              />
            </div>
          ) : (
            <ol className="divide-y divide-line">
              {data.hits.map((hit, index) => (
                <HitCard
                  key={`${hit.documentId} ${hit.passage}`}
                  hit={hit}
                  rank={index + 1}
                  query={options.q}
                />
              ))}
            </ol>
          )}
        </section>
      )}
      {saving && (
        <QuestionDialog
          question={{ id: null, text: options.q, expected: [] }}
          hits={saving}
          onClose={() => setSaving(null)}
        />
      )}
    </>
  );
}

/** Before anything is asked. */
function Hints() {
  const {
    base: { documentCount, chunkCount },
    at,
  } = useBase();
  if (chunkCount === 0) {
    return (
      <EmptyState
        icon={Search}
        title="There is nothing to find yet"
        action={
          <Button asChild variant="primary">
            <Link href={at}>Add documents</Link>
          </Button>
        }
      >
        {documentCount === 0
          ? 'Add documents first: each is cut into passages, and those are what a look-up finds.'
          : 'The documents are still being read, or none of them could be.'}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={Search} title="Ask as a model would">
      A question, a name, a code such as <code>AX-1040</code>: {count(chunkCount, 'passage')} of{' '}
      {count(documentCount, 'document')} are searched. Words are found in every form; names and codes also by
      their beginning.
    </EmptyState>
  );
}

function withOwn(usual: readonly number[], own: number): string[] {
  return [...new Set([...usual, own])].toSorted((a, b) => a - b).map(String);
}

function NothingFound({ minScore, onAnyScore }: { minScore: number; onAnyScore(): void }) {
  const { base, at } = useBase();
  return (
    <EmptyState
      icon={Search}
      title="Nothing found"
      action={
        <>
          {minScore > 0 && <Button onClick={onAnyScore}>Any score</Button>}
          {base.model === null && (
            <Button asChild>
              <Link href={`${at}/settings#model`}>What a model would bring</Link>
            </Button>
          )}
        </>
      }
    >
      {minScore > 0
        ? 'No passage scores that much. Take any score to see what there is.'
        : base.model === null
          ? 'Full text finds words and their forms. Try the words that the document uses; a question in quite other words is what vectors find.'
          : 'No passage is near this question. Look whether the document was read, under Documents.'}
    </EmptyState>
  );
}
