'use client';

import Link from 'next/link';
import { useState } from 'react';
import type { KnowledgeHit } from '#app/data/types.ts';
import { Button } from '#app/ui/button.tsx';
import { useBase } from './base-context.tsx';
import { Highlighted } from './highlighted.tsx';
import { markedParts, markedWords, markWords } from './marked-parts.ts';
import { PassagePlace } from './passage-place.tsx';
import { ScoreBar } from './score-bar.tsx';

/** A passage that a look-up found: where it stands, how well it fits, its words, and what stands around it. */
export function HitCard({ hit, rank, query }: { hit: KnowledgeHit; rank: number; query: string }) {
  const { at } = useBase();
  const [open, setOpen] = useState(false);
  const { document, documentId, title, headings, page, passage, text, before, after, also, score } = hit;
  const place = headings[0] === title || headings[0] === document ? headings.slice(1) : headings;
  const address = `${at}/documents/${documentId}?${new URLSearchParams({ q: query })}#passage-${passage + 1}`;
  return (
    <li className="px-4 py-3">
      <div className="flex items-center gap-2 text-12">
        <span className="w-5 shrink-0 text-right font-mono text-muted">{rank}</span>
        <Link
          href={address}
          className="max-w-1/2 shrink-0 truncate font-medium text-13 text-accent-ink hover:underline"
        >
          {title || document}
        </Link>
        <span className="flex min-w-0 flex-1 text-muted">
          <PassagePlace headings={place} page={page} />
        </span>
        <ScoreBar score={score} />
      </div>
      <div className="pl-7">
        {open ? (
          <div className="mt-1.5 flex flex-col gap-2">
            {before && <Around label="Before">{before}</Around>}
            <p className="break-words whitespace-pre-wrap">
              <Highlighted parts={markWords(text, markedWords(hit.snippet))} />
            </p>
            {after && <Around label="After">{after}</Around>}
          </div>
        ) : (
          <p className="mt-1.5 line-clamp-3 break-words">
            <Highlighted parts={markedParts(hit.snippet || text)} />
          </p>
        )}
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-12 text-muted">
          <Button variant="link" size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Show less' : before || after ? 'Show it whole, with its neighbours' : 'Show it whole'}
            <span className="sr-only">: passage {rank}</span>
          </Button>
          {also && also.length > 0 && (
            <span>
              Also in{' '}
              {also.map((other, index) => (
                <span key={other.documentId}>
                  {index > 0 && ', '}
                  <Link href={`${at}/documents/${other.documentId}`} className="underline hover:text-ink">
                    {other.document}
                  </Link>
                </span>
              ))}
            </span>
          )}
        </p>
      </div>
    </li>
  );
}

function Around({ label, children }: { label: string; children: string }) {
  return (
    <p className="border-line border-l-2 pl-3 break-words whitespace-pre-wrap text-muted">
      <span className="block font-medium text-12">{label}</span>
      {children}
    </p>
  );
}
