'use client';

import { ClipboardCheck, FileUp, Lightbulb, Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useImportQuestions, useProposeQuestions, useQuestions } from '#app/data/use-questions.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { EvaluationSection } from './evaluation-section.tsx';
import { QuestionDialog } from './question-dialog.tsx';
import { QuestionList } from './question-list.tsx';

/** Proposed at once. */
const PROPOSED = 20;

/** What a base should find, and how well it does. */
export function QualityScreen() {
  const { project, base } = useBase();
  const refusal = useRefusal('editor');
  const questions = useQuestions(project, base.id);
  const propose = useProposeQuestions(project, base.id);
  const bring = useImportQuestions(project, base.id);
  const [adding, setAdding] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const told = { onError: (error: Error) => void toast.error(error.message) };
  const off = refusal !== null;
  const actions = (
    <>
      <Button
        disabled={off || base.chunkCount === 0}
        busy={propose.isPending}
        onClick={() =>
          propose.mutate(
            { count: PROPOSED },
            {
              ...told,
              onSuccess: ({ items }) =>
                void toast(
                  items.length === 0
                    ? 'There is nothing new to propose'
                    : `${count(items.length, 'question')} proposed`,
                ),
            },
          )
        }
      >
        <Lightbulb /> Propose
      </Button>
      <Button disabled={off} busy={bring.isPending} onClick={() => file.current?.click()}>
        <FileUp /> Import
      </Button>
      <Button disabled={off} onClick={() => setAdding(true)}>
        <Plus /> New question
      </Button>
    </>
  );
  return (
    <>
      {refusal && <Refusal>{refusal}</Refusal>}
      <input
        ref={file}
        type="file"
        accept=".csv,.json"
        aria-label="A table of questions"
        className="hidden"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          event.target.value = '';
          void chosen?.text().then((content) =>
            bring.mutate(content, {
              ...told,
              onSuccess: ({ items }) => void toast(`${count(items.length, 'question')} added`),
            }),
          );
        }}
      />
      <QueryView query={questions} what="the questions">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={ClipboardCheck} title="No questions yet" action={actions}>
              A question, and where its answer stands: with some of them every change of sizes, models and
              documents is measured before anybody relies on it. Let some be proposed from the documents, or
              import a table with the columns question, document, heading and quote.
            </EmptyState>
          ) : (
            <>
              <EvaluationSection accepted={items.filter(({ origin }) => origin === 'user').length} />
              <QuestionList questions={items} actions={actions} refusal={refusal} />
            </>
          )
        }
      </QueryView>
      {adding && (
        <QuestionDialog question={{ id: null, text: '', expected: [] }} onClose={() => setAdding(false)} />
      )}
    </>
  );
}
