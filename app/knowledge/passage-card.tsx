import type { ReactNode } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import { count, number } from '#app/ui/quantity.ts';
import { Highlighted } from './highlighted.tsx';
import { markedWords, markWords } from './marked-parts.ts';
import { PassagePlace } from './passage-place.tsx';
import { ScoreBar } from './score-bar.tsx';

export interface ShownPassage {
  /** From 0. */
  ordinal: number;
  headings: readonly string[];
  page: number | null;
  text: string;
  /** What a look-up gives it; null where it does not find it. */
  score: number | null;
  /** With the words that were found between `**`. */
  snippet: string | null;
}

/** A passage as the look-up sees it; one that was found says how well it fits, with its words marked. */
export function PassageCard({
  passage: { ordinal, headings, page, text, score, snippet },
  current = false,
  children,
}: {
  passage: ShownPassage;
  /** The address leads to it. */
  current?: boolean;
  children?: ReactNode;
}) {
  const id = `passage-${ordinal + 1}`;
  return (
    <li
      id={id}
      aria-current={current || undefined}
      className={classNames(
        'scroll-mt-28 border-line border-b border-l-2 border-l-transparent px-4 py-3 last:border-b-0',
        score !== null && 'border-l-accent bg-accent-soft/40',
        current && 'border-l-accent bg-selected',
      )}
    >
      <header className="flex items-center gap-2 text-12 text-muted">
        <a href={`#${id}`} className="shrink-0 font-mono hover:underline">
          <span className="sr-only">Passage </span>
          {number(ordinal + 1)}
        </a>
        <PassagePlace headings={headings} page={page} />
        <span className="flex-1" />
        {score !== null && (
          <>
            <span className="shrink-0 font-medium text-accent-ink">Found</span>
            <ScoreBar score={score} />
          </>
        )}
        <span className="shrink-0 tabular-nums">{count(text.length, 'character')}</span>
      </header>
      <p className="mt-1.5 break-words whitespace-pre-wrap">
        <Highlighted parts={markWords(text, snippet === null ? [] : markedWords(snippet))} />
      </p>
      {children}
    </li>
  );
}
