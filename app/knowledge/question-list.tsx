'use client';

import { Check, Pencil, Trash2, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { KnowledgeQuestion } from '#app/data/types.ts';
import { useAcceptQuestions, useDeleteQuestions } from '#app/data/use-questions.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { QuestionDialog } from './question-dialog.tsx';

/** Questions with where their answers stand; those that were proposed wait for somebody to accept them. */
export function QuestionList({
  questions,
  actions,
  refusal,
}: {
  questions: readonly KnowledgeQuestion[];
  actions: ReactNode;
  refusal: string | null;
}) {
  const { project, base } = useBase();
  const accept = useAcceptQuestions(project, base.id);
  const remove = useDeleteQuestions(project, base.id);
  const [edited, setEdited] = useState<KnowledgeQuestion | null>(null);
  const [doomed, setDoomed] = useState<KnowledgeQuestion | null>(null);
  const proposed = questions.filter(({ origin }) => origin === 'proposed');
  const off = refusal !== null;
  const told = { onError: (error: Error) => void toast.error(error.message) };
  return (
    <Section title={count(questions.length, 'question')} actions={actions}>
      {proposed.length > 0 && (
        <div className="flex items-center gap-2 border-line border-b bg-accent-soft px-4 py-1.5">
          <p className="text-accent-ink">
            {count(proposed.length, 'proposed question')}: measured once somebody accepts them.
          </p>
          <span className="flex-1" />
          <Button
            size="small"
            disabled={off}
            busy={accept.isPending && (accept.variables?.length ?? 0) > 1}
            onClick={() =>
              accept.mutate(
                proposed.map(({ id }) => id),
                told,
              )
            }
          >
            Accept all
          </Button>
          <Button
            size="small"
            disabled={off}
            busy={remove.isPending && (remove.variables?.length ?? 0) > 1}
            onClick={() =>
              remove.mutate(
                proposed.map(({ id }) => id),
                told,
              )
            }
          >
            Reject all
          </Button>
        </div>
      )}
      <ul aria-label="Questions" className="divide-y divide-line">
        {[...proposed, ...questions.filter(({ origin }) => origin === 'user')].map((question) => {
          const { id, text, expected, origin } = question;
          return (
            <li key={id} className="flex items-start gap-3 px-4 py-2">
              <div className="min-w-0 flex-1">
                <p className="flex items-baseline gap-2">
                  <span className="min-w-0 break-words">{text}</span>
                  {origin === 'proposed' && <Badge tone="accent">Proposed</Badge>}
                </p>
                <p className="text-12 text-muted">
                  {expected.map((place) => placeWords(place)).join(', or ')}
                </p>
              </div>
              <span className="flex shrink-0 gap-1">
                {origin === 'proposed' ? (
                  <>
                    <IconButton
                      size="small"
                      label={`Accept ${text}`}
                      disabled={off}
                      onClick={() => accept.mutate([id], told)}
                    >
                      <Check />
                    </IconButton>
                    <IconButton
                      size="small"
                      label={`Reject ${text}`}
                      disabled={off}
                      onClick={() => remove.mutate([id], told)}
                    >
                      <X />
                    </IconButton>
                  </>
                ) : null}
                <IconButton
                  size="small"
                  label={`Edit ${text}`}
                  disabled={off}
                  onClick={() => setEdited(question)}
                >
                  <Pencil />
                </IconButton>
                {origin === 'user' && (
                  <IconButton
                    size="small"
                    label={`Delete ${text}`}
                    disabled={off}
                    onClick={() => setDoomed(question)}
                  >
                    <Trash2 />
                  </IconButton>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      {edited && <QuestionDialog question={edited} onClose={() => setEdited(null)} />}
      <ConfirmMutation
        mutation={remove}
        variables={doomed ? [doomed.id] : null}
        onClose={() => setDoomed(null)}
        title="Delete this question?"
        description={`“${doomed?.text}” is measured no more. What was measured before stays.`}
        action="Delete question"
        done="Question deleted"
      />
    </Section>
  );
}

function placeWords({ document, heading, quote }: KnowledgeQuestion['expected'][number]): string {
  return [document, ...(heading ? [heading] : []), ...(quote ? [`“${quote}”`] : [])].join(' ▸ ');
}
