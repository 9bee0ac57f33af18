'use client';

import { ArrowDown, ArrowUp, Gauge, TriangleAlert } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import type { Evaluation, EvaluationInput, EvaluationRun } from '#app/data/types.ts';
import { useEmbedding } from '#app/data/use-embedding.ts';
import { useEvaluate, useEvaluation, useEvaluations } from '#app/data/use-questions.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { Section } from '#app/shell/page-body.tsx';
import { useFilterAddress } from '#app/shell/use-filter-address.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { count, duration, relativeTime } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Select } from '#app/ui/select.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableHeader, TableRow } from '#app/ui/table.tsx';
import { useBase } from './base-context.tsx';
import {
  differenceOf,
  isRegression,
  MEASURES,
  runBefore,
  settingsKey,
  settingsWords,
} from './quality-words.ts';
import { RankTable } from './rank-table.tsx';

type Settings = EvaluationInput['settings'][number];

/** What can be measured side by side with what the base has. */
function choicesOf(
  hasModel: boolean,
  hasReranker: boolean,
): { key: string; label: string; settings: Settings }[] {
  const modes: { mode: 'text' | 'vectors' | 'hybrid'; label: string }[] = [
    { mode: 'text', label: 'Full text' },
    ...(hasModel
      ? ([
          { mode: 'vectors', label: 'Vectors' },
          { mode: 'hybrid', label: 'Both, fused' },
        ] as const)
      : []),
  ];
  return modes.flatMap(({ mode, label }) => [
    { key: mode, label, settings: { mode, topK: 10, rerank: false } },
    ...(hasReranker
      ? [{ key: `${mode} rerank`, label: `${label}, reranked`, settings: { mode, topK: 10, rerank: true } }]
      : []),
  ]);
}

/** Asks the questions with several settings, and shows how well each found, beside how it was before. */
export function EvaluationSection({ accepted }: { accepted: number }) {
  const { project, base } = useBase();
  const refusal = useRefusal('editor');
  const change = useFilterAddress();
  const wanted = useSearchParams().get('evaluation');
  const evaluations = useEvaluations(project, base.id);
  const embedding = useEmbedding(project, base.id);
  const evaluate = useEvaluate(project, base.id);
  const choices = choicesOf(base.model !== null, (embedding.data?.reranker ?? null) !== null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = choices.filter(({ key }) => !left.has(key));
  const items = evaluations.data?.items ?? [];
  const shown = items.find(({ id }) => id === wanted) ?? items[0];
  const earlier = shown ? items.slice(items.indexOf(shown) + 1) : [];
  const detail = useEvaluation(project, base.id, shown?.id ?? null);

  return (
    <Section
      title="How well it finds"
      description={
        shown
          ? undefined
          : 'Asks every accepted question and looks where the right passage stands among what is found.'
      }
      actions={
        <>
          {choices.length > 1 &&
            choices.map(({ key, label }) => (
              // biome-ignore lint/a11y/noLabelWithoutControl: Checkbox is the control
              <label key={key} className="flex items-center gap-1.5 text-12">
                <Checkbox
                  checked={!left.has(key)}
                  onCheckedChange={(on) => {
                    const next = new Set(left);
                    if (on === true) next.delete(key);
                    else next.add(key);
                    setLeft(next);
                  }}
                />
                {label}
              </label>
            ))}
          <Button
            variant="primary"
            disabled={refusal !== null || accepted === 0 || chosen.length === 0}
            busy={evaluate.isPending}
            onClick={() =>
              evaluate.mutate(
                { settings: chosen.map(({ settings }) => settings) },
                { onSuccess: () => change({ evaluation: null }) },
              )
            }
          >
            {!evaluate.isPending && <Gauge />} Measure
          </Button>
        </>
      }
    >
      {evaluate.isPending && (
        <p role="status" className="border-line border-b px-4 py-2 text-muted">
          Asking {count(accepted, 'question')}; at most a minute is spent on it…
        </p>
      )}
      {evaluate.error && (
        <div className="border-line border-b px-4 py-2">
          <FieldMessage severity="error" message={evaluate.error.message} />
        </div>
      )}
      {accepted === 0 ? (
        <p className="px-4 py-3 text-muted">No question is accepted yet: accept some below, or write one.</p>
      ) : !shown ? (
        <p className="px-4 py-3 text-muted">Not measured yet.</p>
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-12 text-muted">
            <span>
              Measured <RelativeTime at={shown.createdAt} /> with {count(shown.asked, 'question')}
              {shown.asked < shown.questions && ` of ${shown.questions}: the time was over`}
            </span>
            {shown.outdated && (
              <Status status="warning">Documents or settings are others now: measure again</Status>
            )}
            <span className="flex-1" />
            {items.length > 1 && (
              <History items={items} shown={shown} onChange={(id) => change({ evaluation: id })} />
            )}
          </div>
          <MeasureTable runs={shown.runs} earlier={earlier} />
          {detail.error && (
            <div className="border-line border-t p-4">
              <FieldMessage severity="error" message={detail.error.message} />
            </div>
          )}
          {detail.data && <RankTable evaluation={detail.data} />}
        </>
      )}
    </Section>
  );
}

function History({
  items,
  shown,
  onChange,
}: {
  items: readonly Evaluation[];
  shown: Evaluation;
  onChange(id: string | null): void;
}) {
  const now = Date.now();
  return (
    <Select
      aria-label="Measured when"
      size="small"
      className="w-64"
      value={shown.id}
      onValueChange={(id) => onChange(id === items[0]?.id ? null : id)}
      options={items.map(({ id, name, createdAt, runs }, index) => {
        const worse = runs.some((run) => isRegression(run, runBefore(run.settings, items.slice(index + 1))));
        const best = Math.max(...runs.map(({ mrr }) => mrr));
        return {
          value: id,
          label: `${name || relativeTime(Date.parse(createdAt), now)} · MRR ${best.toFixed(2)}${worse ? ' · worse' : ''}`,
        };
      })}
    />
  );
}

/** One line for each way of searching; the difference is to the same way when it was measured before. */
function MeasureTable({ runs, earlier }: { runs: readonly EvaluationRun[]; earlier: readonly Evaluation[] }) {
  return (
    <Table>
      <thead>
        <TableRow>
          <TableHeader>Searched by</TableHeader>
          {MEASURES.map(({ name }) => (
            <TableHeader key={name}>{name}</TableHeader>
          ))}
          <TableHeader className="text-right">Median</TableHeader>
        </TableRow>
      </thead>
      <TableBody>
        {runs.map((run) => {
          const before = runBefore(run.settings, earlier);
          return (
            <TableRow key={settingsKey(run.settings)}>
              <TableCell className="py-1.5">
                <span className="font-medium">{settingsWords(run.settings)}</span>
                {isRegression(run, before) && (
                  <Badge tone="danger" className="ml-2">
                    <TriangleAlert aria-hidden /> Worse than before
                  </Badge>
                )}
                {run.warning && <FieldMessage severity="warning" message={run.warning} />}
              </TableCell>
              {MEASURES.map(({ name, value }) => (
                <TableCell key={name}>
                  <Measure value={value(run)} before={before && value(before)} />
                </TableCell>
              ))}
              <TableCell className="whitespace-nowrap text-right tabular-nums">
                {duration(run.medianMs)}
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}

function Measure({ value, before }: { value: number; before: number | undefined }) {
  const difference = differenceOf(value, before);
  return (
    <span className="block w-20">
      <span className="flex items-baseline gap-1.5 tabular-nums">
        {value.toFixed(2)}
        {difference !== null && (
          <span
            className={`inline-flex items-center text-12 ${difference > 0 ? 'text-success-ink' : 'text-danger-ink'}`}
          >
            {difference > 0 ? (
              <ArrowUp aria-label="more by" className="size-3" />
            ) : (
              <ArrowDown aria-label="less by" className="size-3" />
            )}
            {Math.abs(difference).toFixed(2)}
          </span>
        )}
      </span>
      <span aria-hidden className="mt-0.5 block h-1 overflow-hidden rounded-full bg-hover">
        <span className="block h-full rounded-full bg-accent" style={{ width: `${value * 100}%` }} />
      </span>
    </span>
  );
}
