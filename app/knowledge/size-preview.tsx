'use client';

import Link from 'next/link';
import { useState } from 'react';
import type { KnowledgeDocument } from '#app/data/types.ts';
import { usePreview } from '#app/data/use-preview.ts';
import { useSettled } from '#app/form/use-settled.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { count, number } from '#app/ui/quantity.ts';
import { useBase } from './base-context.tsx';
import { PassagePlace } from './passage-place.tsx';
import { SizeFields, type Sizes } from './size-fields.tsx';
import { sizeFault, sizeStats } from './size-stats.ts';

/** As many passages are shown of each side. */
const SHOWN = 20;

interface PlainPassage {
  headings: readonly string[];
  page: number | null;
  text: string;
}

/** The passages that other sizes would give, beside the present ones. Nothing is stored. */
export function SizePreview({
  document,
  present,
}: {
  document: KnowledgeDocument;
  present: readonly PlainPassage[];
}) {
  const { project, base, at } = useBase();
  const [sizes, setSizes] = useState<Sizes>({ size: base.chunkSize, overlap: base.chunkOverlap });
  const fault = sizeFault(sizes);
  const [size = 0, overlap = 0] = useSettled(fault ? '' : `${sizes.size} ${sizes.overlap}`, 300)
    .split(' ')
    .map(Number);
  const same = sizes.size === base.chunkSize && sizes.overlap === base.chunkOverlap;
  const preview = usePreview(
    project,
    base.id,
    fault || same || size === 0 ? null : { documentId: document.id, chunkSize: size, chunkOverlap: overlap },
  );
  return (
    <section aria-label="Other sizes" className="border-line border-b bg-sunken px-4 py-3">
      <SizeFields value={sizes} onChange={setSizes} />
      <div className="mt-3">
        {fault ? (
          <FieldMessage severity="error" message={fault} />
        ) : same ? (
          <p className="text-12 text-muted">
            These are the sizes of the base. Move one to see what this document would be cut into.
          </p>
        ) : preview.error ? (
          <FieldMessage severity="error" message={preview.error.message} />
        ) : !preview.data ? (
          <LoadingState>Cutting</LoadingState>
        ) : (
          <>
            <div
              aria-busy={preview.isPlaceholderData}
              className="grid grid-cols-2 gap-3 aria-busy:opacity-60"
            >
              <Side
                title="Now"
                total={document.chunkCount}
                passages={present}
                sizes={{ size: base.chunkSize, overlap: base.chunkOverlap }}
              />
              <Side
                title="With these sizes"
                total={preview.data.count}
                passages={preview.data.items}
                sizes={{ size, overlap }}
              />
            </div>
            <p className="mt-3 flex items-center gap-2 text-12 text-muted">
              Sizes are those of the whole base.
              <Button asChild size="small">
                <Link href={`${at}/settings?size=${size}&overlap=${overlap}#reading`}>
                  Take them into the settings
                </Link>
              </Button>
            </p>
          </>
        )}
      </div>
    </section>
  );
}

function Side({
  title,
  total,
  passages,
  sizes,
}: {
  title: string;
  total: number;
  passages: readonly PlainPassage[];
  sizes: Sizes;
}) {
  const stats = sizeStats(passages.map(({ text }) => text));
  return (
    <section aria-label={title} className="min-w-0 rounded-md border border-line bg-surface">
      <header className="border-line border-b px-3 py-2">
        <h3 className="font-medium">
          {title}: {count(total, 'passage')}
        </h3>
        <p className="text-12 text-muted tabular-nums">
          {number(sizes.size)} with {number(sizes.overlap)} of overlap
          {stats &&
            ` · ${number(stats.average)} on average, ${number(stats.shortest)} to ${number(stats.longest)}`}
        </p>
      </header>
      <ol
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={`Passages: ${title}`}
        className="max-h-96 divide-y divide-line overflow-auto"
      >
        {passages.slice(0, SHOWN).map(({ headings, page, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place in the document
          <li key={index} className="px-3 py-2 text-12">
            <p className="flex gap-2 text-muted">
              <span className="font-mono">{index + 1}</span>
              <PassagePlace headings={headings} page={page} />
              <span className="flex-1" />
              <span className="tabular-nums">{number(text.length)}</span>
            </p>
            <p className="mt-1 line-clamp-6 break-words whitespace-pre-wrap">{text}</p>
          </li>
        ))}
        {total > SHOWN && <li className="px-3 py-2 text-12 text-muted">and {number(total - SHOWN)} more</li>}
      </ol>
    </section>
  );
}
