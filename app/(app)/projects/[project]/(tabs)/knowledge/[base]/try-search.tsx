'use client';

import { useDeferredValue, useState } from 'react';
import { useKnowledgeSearch } from '#app/data/use-knowledge-search.ts';
import { Section } from '#app/shell/page-body.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Input } from '#app/ui/input.tsx';

/** What a look-up step would find. */
export function TrySearch({ project, base }: { project: string; base: string }) {
  const [text, setText] = useState('');
  const search = useKnowledgeSearch(project, base, useDeferredValue(text));
  const hits = text.trim() === '' ? [] : (search.data?.hits ?? []);
  return (
    <Section
      title="Try a look-up"
      actions={
        <Input
          aria-label="Text to look up"
          placeholder="What would the model ask?"
          className="w-80"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      }
    >
      {search.error && (
        <div className="p-4">
          <FieldMessage severity="error" message={search.error.message} />
        </div>
      )}
      {text.trim() !== '' && search.data && hits.length === 0 && (
        <p className="p-4 text-muted">
          Nothing found. The look-up compares words, so try those of the document.
        </p>
      )}
      <ol className="divide-y divide-line">
        {hits.map((hit) => (
          <li
            key={`${hit.documentId} ${hit.headings.join(' ')} ${hit.text.slice(0, 80)}`}
            className="px-4 py-3"
          >
            <p className="flex items-baseline justify-between gap-3 text-12 text-muted">
              <span className="truncate">{[hit.document, ...hit.headings].join(' ▸ ')}</span>
              <span className="font-mono">{hit.score.toFixed(2)}</span>
            </p>
            <p className="mt-1 line-clamp-4 whitespace-pre-wrap">{hit.text}</p>
          </li>
        ))}
      </ol>
    </Section>
  );
}
