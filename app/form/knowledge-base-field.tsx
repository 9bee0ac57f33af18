'use client';

import Link from 'next/link';
import type { KnowledgeBase } from '#app/data/types.ts';
import { useKnowledgeBases } from '#app/data/use-knowledge-bases.ts';
import { BaseStanding, findsBy } from '#app/knowledge/base-standing.tsx';
import { count } from '#app/ui/quantity.ts';
import { ChosenField, type ChosenFieldProps } from './chosen-field.tsx';

/** A knowledge base of the project, by id, and how the chosen one stands. */
export function KnowledgeBaseField({
  projectSlug,
  ...rest
}: ChosenFieldProps & { projectSlug: string | null }) {
  const { data, isError } = useKnowledgeBases(projectSlug);
  const items = data?.items.map(({ id, name, documentCount }) => ({
    id,
    name,
    note: count(documentCount, 'document'),
  }));
  const chosen = data?.items.find(({ id }) => id === rest.value);
  const at = `/projects/${projectSlug}/knowledge`;
  return (
    <>
      <ChosenField {...rest} noun="knowledge base" items={items} failed={isError} href={at} />
      {chosen && <ChosenBase base={chosen} at={`${at}/${chosen.id}`} />}
    </>
  );
}

/** What can be found in the chosen base, and the way to it. */
function ChosenBase({ base, at }: { base: KnowledgeBase; at: string }) {
  const link = 'text-accent-ink underline underline-offset-2';
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-12 text-muted">
      {base.chunkCount === 0 ? (
        <span>There is nothing to find in it yet.</span>
      ) : (
        <span>
          {count(base.chunkCount, 'passage')}, {findsBy(base)}
        </span>
      )}
      {(base.pendingCount > 0 || base.failedCount > 0) && <BaseStanding base={base} />}
      <Link href={at} className={link}>
        Documents
      </Link>
      <Link href={`${at}/search`} className={link}>
        Try a look-up
      </Link>
    </p>
  );
}
