'use client';

import Link from 'next/link';
import type { OpenQuestion } from '#app/canvas/system/run-view.ts';
import type { RunCause } from '#app/data/types.ts';
import { useAnswerRun } from '#app/data/use-answer-run.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { QuestionForm } from './question-form.tsx';

export interface RunQuestionsProps {
  project: string;
  runId: string;
  /**
   * Of a call, the person at the client answers, and what the team decides is under Approvals; a run that another one
   * called is answered there.
   */
  cause: RunCause | null;
  questions: readonly OpenQuestion[];
  editable: boolean;
  /** An answer was taken: the run goes on. */
  onAnswered?: () => void;
}

/** What a run waits for, each with its form. */
export function RunQuestions({ questions, ...rest }: RunQuestionsProps) {
  return (
    <ul aria-label="Questions" className="flex flex-col gap-3">
      {questions.map((open) => (
        <li key={nameOf(open)} className="rounded-md border border-warning bg-surface p-3">
          <p className="mb-2 text-12 text-muted">
            <span className="font-mono">{open.key}</span> {asks(open)}
          </p>
          <Answering {...rest} open={open} />
        </li>
      ))}
    </ul>
  );
}

/** The same step may ask again: that is another question. */
function nameOf({ key, question }: OpenQuestion): string {
  return `${key} ${question.type === 'time' ? question.until : question.expiresAt}`;
}

function asks({ question }: OpenQuestion): string {
  return question.type === 'time' ? 'waits' : 'asks';
}

function Answering({
  project,
  runId,
  cause,
  open,
  editable,
  onAnswered,
}: Omit<RunQuestionsProps, 'questions'> & { open: OpenQuestion }) {
  const answer = useAnswerRun(project, runId);
  const { key, question } = open;
  const forPerson = ['form', 'url', 'approval'].includes(question.type);
  if (answer.isSuccess) return <p aria-live="polite">Answered: the run goes on.</p>;
  if (forPerson && (cause === 'call' || cause === 'workflow' || !editable)) {
    return <Elsewhere project={project} question={question} who={whoAnswers(cause, editable)} />;
  }
  return (
    <QuestionForm
      question={question}
      busy={answer.isPending}
      error={answer.error?.message ?? null}
      onAnswer={(given) => answer.mutate({ key, answer: given }, { onSuccess: onAnswered })}
    />
  );
}

function whoAnswers(cause: RunCause | null, editable: boolean): string {
  if (cause === 'workflow') return 'Answered in the run that called this one.';
  return cause === 'call' || editable
    ? 'The person at the client answers this.'
    : 'Editors of the project answer this.';
}

/** A question that this person cannot answer here, and who can. */
function Elsewhere({
  project,
  question,
  who,
}: {
  project: string;
  question: OpenQuestion['question'];
  who: string;
}) {
  const message = 'message' in question ? question.message : '';
  return (
    <div className="flex flex-col gap-2">
      <p className="whitespace-pre-wrap">{message}</p>
      {question.type === 'approval' ? (
        <p className="text-12 text-muted">
          Decided under{' '}
          <Link
            href={`/projects/${project}/approvals?status=pending`}
            className="text-accent-ink underline underline-offset-2"
          >
            Approvals
          </Link>
          {question.by === 'caller' && ', or by the person at the client'}.
        </p>
      ) : (
        <p className="text-12 text-muted">{who}</p>
      )}
      {'expiresAt' in question && (
        <p className="text-12 text-muted">
          Expires <RelativeTime at={new Date(question.expiresAt).toISOString()} />.
        </p>
      )}
    </div>
  );
}
