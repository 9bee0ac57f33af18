'use client';

import { useKnowledgeBases } from '#app/data/use-knowledge-bases.ts';
import { count } from '#app/ui/quantity.ts';
import { ChosenField, type ChosenFieldProps } from './chosen-field.tsx';

/** A knowledge base of the project, by id. */
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
  return (
    <ChosenField
      {...rest}
      noun="knowledge base"
      items={items}
      failed={isError}
      href={`/projects/${projectSlug}/knowledge`}
    />
  );
}
