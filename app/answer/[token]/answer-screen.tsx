'use client';

import { CircleCheck, Link2Off, TimerOff } from 'lucide-react';
import { ApiError } from '#app/data/api-error.ts';
import { useAnswerLink } from '#app/data/use-answer-link.ts';
import { useLinkedQuestion } from '#app/data/use-linked-question.ts';
import { QuestionForm } from '#app/questions/question-form.tsx';
import { LinkWords } from '#app/shell/link-words.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import type { JsonObject } from '#lib/workflow/json.ts';

/** The question behind a link, as a form; or why there is none any more. */
export function AnswerScreen({ token }: { token: string }) {
  const linked = useLinkedQuestion(token);
  const answer = useAnswerLink(token);
  if (answer.isSuccess) {
    return (
      <LinkWords icon={CircleCheck} title="Your answer is on its way">
        You can close this page; the run goes on.
      </LinkWords>
    );
  }
  if (hasStatus(linked.error, 404)) return <NoLink />;
  if (linked.error) {
    return (
      <ErrorState
        title="The question could not be loaded"
        error={linked.error}
        onRetry={() => void linked.refetch()}
      />
    );
  }
  if (!linked.data) return <LoadingState>Loading the question</LoadingState>;

  const { project, workflow, question, status } = linked.data;
  if (status === 'answered' || hasStatus(answer.error, 409)) {
    return (
      <LinkWords icon={CircleCheck} title="This was answered already">
        There is nothing left to do here; you can close this page.
      </LinkWords>
    );
  }
  if (status === 'expired' || !question || hasStatus(answer.error, 404) || hasStatus(answer.error, 410)) {
    return (
      <LinkWords icon={TimerOff} title="The time to answer is over">
        The run has gone on without an answer, or has ended. Whoever sent you here can ask again.
      </LinkWords>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <header>
        <h1 className="font-semibold text-20">
          {question.type === 'approval' ? 'Your approval is asked for' : 'A question for you'}
        </h1>
        <p className="mt-1 text-muted">
          Asked by <span className="font-mono text-12">{workflow}</span>, of the project {project}
        </p>
      </header>
      <section aria-label="Question" className="rounded-md border border-line bg-surface p-4">
        <QuestionForm
          question={question}
          busy={answer.isPending}
          error={answer.error?.message ?? null}
          onAnswer={(given) => answer.mutate(given as JsonObject)}
        />
      </section>
      <p className="text-12 text-muted">
        Whoever has this link can answer, once. Do not enter what you would not tell the people who run this
        server.
      </p>
    </div>
  );
}

function hasStatus(error: Error | null, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}

function NoLink() {
  return (
    <LinkWords icon={Link2Off} title="This link leads nowhere">
      It is not complete, or its time is over. Copy it once more from where you got it, or ask for a new one.
    </LinkWords>
  );
}
