'use client';

import Link from 'next/link';
import { useState } from 'react';
import type { EvaluationDetail } from '#app/data/types.ts';
import { classNames } from '#app/ui/class-names.ts';
import { Segmented } from '#app/ui/segmented.tsx';
import { Table, TableBody, TableCell, TableHeader, TableRow } from '#app/ui/table.tsx';
import { useBase } from './base-context.tsx';
import { settingsKey, settingsWords } from './quality-words.ts';

type Result = EvaluationDetail['results'][number][number];

/** Where the right passage of each question stood, by each way of searching; and what stood first instead. */
export function RankTable({ evaluation: { runs, results } }: { evaluation: EvaluationDetail }) {
  const { at } = useBase();
  const [which, setWhich] = useState<'missed' | 'all'>('missed');
  const lines = (results[0] ?? []).map((first, index) => ({
    question: first.question,
    text: first.text,
    lost: first.lost,
    of: results.flatMap((list) => list[index] ?? []),
  }));
  const missed = lines.filter(({ of }) => of.some(({ rank }) => rank !== 1));
  const shown = which === 'all' ? lines : missed;
  return (
    <div className="border-line border-t">
      <div className="flex items-center justify-between gap-2 px-4 py-2">
        <h3 className="font-medium">Question by question</h3>
        <Segmented<'missed' | 'all'>
          label="Which questions"
          value={which}
          onValueChange={setWhich}
          options={[
            { value: 'missed', label: `Not first ${missed.length}` },
            { value: 'all', label: `All ${lines.length}` },
          ]}
        />
      </div>
      {shown.length === 0 ? (
        <p className="border-line border-t px-4 py-3 text-muted">
          The right passage stands first for every question.
        </p>
      ) : (
        <Table>
          <thead>
            <TableRow>
              <TableHeader>Question</TableHeader>
              {runs.map(({ settings }) => (
                <TableHeader key={settingsKey(settings)}>{settingsWords(settings)}</TableHeader>
              ))}
              <TableHeader>What stood first instead</TableHeader>
            </TableRow>
          </thead>
          <TableBody>
            {shown.map(({ question, text, lost, of }) => {
              const instead = of.find((result) => result.instead !== null)?.instead;
              return (
                <TableRow key={question}>
                  <TableCell className="w-2/5 py-1.5">
                    <Link
                      href={`${at}/search?${new URLSearchParams({ q: text, k: '10' })}`}
                      className="hover:underline"
                    >
                      {text}
                    </Link>
                    {lost && (
                      <span className="block text-12 text-warning-ink">
                        None of the documents that it names is there.
                      </span>
                    )}
                  </TableCell>
                  {of.map((result, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a run has its place
                    <TableCell key={index} className="whitespace-nowrap">
                      <Rank result={result} />
                    </TableCell>
                  ))}
                  <TableCell className="max-w-70 truncate text-12 text-muted">
                    {instead && [instead.document, ...instead.headings.slice(-1)].join(' ▸ ')}
                  </TableCell>
                </TableRow>
              );
            })}
          </TableBody>
        </Table>
      )}
    </div>
  );
}

function Rank({ result: { rank } }: { result: Result }) {
  if (rank === null) return <span className="text-danger-ink">not found</span>;
  return (
    <span className={classNames('tabular-nums', rank === 1 ? 'text-success-ink' : 'text-warning-ink')}>
      no. {rank}
    </span>
  );
}
