'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { useKnowledgeBase } from '#app/data/use-knowledge-base.ts';
import { TabLinks } from '#app/shell/tab-links.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { bytes, count, number } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { BaseProvider, useBase } from './base-context.tsx';
import { BaseStanding, findsBy } from './base-standing.tsx';

/** What is around every page of a knowledge base: its name, how it stands, its parts. */
export function BaseFrame({
  project,
  baseId,
  children,
}: {
  project: string;
  baseId: string;
  children: ReactNode;
}) {
  return (
    <LoadedBase project={project} baseId={baseId}>
      <main className="mx-auto flex w-full max-w-280 flex-col gap-4 px-6 pt-4 pb-6">
        <BaseHeader />
        {children}
      </main>
    </LoadedBase>
  );
}

/** Loads a base for all that is inside. */
export function LoadedBase({
  project,
  baseId,
  children,
}: {
  project: string;
  baseId: string;
  children: ReactNode;
}) {
  const base = useKnowledgeBase(project, baseId);
  if (!base.data && base.error instanceof ApiError && base.error.status === 404) {
    return (
      <ErrorState
        title="There is no such knowledge base"
        error="It was deleted, or belongs to another project."
        way={{ href: `/projects/${project}/knowledge`, label: 'All knowledge bases' }}
      />
    );
  }
  return (
    <QueryView query={base} what="the knowledge base">
      {(data) => (
        <BaseProvider project={project} base={data}>
          {children}
        </BaseProvider>
      )}
    </QueryView>
  );
}

function BaseHeader() {
  const { project, base, at } = useBase();
  const { name, documentCount, chunkCount, sourceCount, questionCount } = base;
  const badge = (amount: number): ReactNode =>
    amount > 0 && <span className="font-normal text-12 text-muted tabular-nums">{number(amount)}</span>;
  return (
    <header>
      <nav aria-label="Breadcrumb" className="text-12 text-muted">
        <Link href={`/projects/${project}/knowledge`} className="hover:text-ink">
          Knowledge
        </Link>{' '}
        <span aria-hidden>▸</span>
      </nav>
      <h1 className="truncate font-semibold text-20">{name}</h1>
      <p className="mt-0.5 mb-3 flex flex-wrap items-center gap-x-3 text-12 text-muted">
        <span className="tabular-nums">
          {count(documentCount, 'document')} · {count(chunkCount, 'passage')} · {bytes(base.bytes)}
        </span>
        <span>{findsBy(base)}</span>
        <BaseStanding base={base} />
      </p>
      <TabLinks
        label="Knowledge base"
        tabs={[
          { href: at, label: 'Documents', exact: true, badge: badge(documentCount) },
          { href: `${at}/sources`, label: 'Sources', badge: badge(sourceCount) },
          { href: `${at}/search`, label: 'Search' },
          { href: `${at}/quality`, label: 'Quality', badge: badge(questionCount) },
          { href: `${at}/settings`, label: 'Settings' },
        ]}
      />
    </header>
  );
}
