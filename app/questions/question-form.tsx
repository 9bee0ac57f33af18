'use client';

import { ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { sampleInput } from '#app/canvas/system/input-schema.ts';
import { JsonTree } from '#app/form/json-tree.tsx';
import { SchemaForm } from '#app/form/schema-form.tsx';
import { Button } from '#app/ui/button.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import type { Question } from '#lib/engine/question.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

export interface QuestionFormProps {
  question: Question;
  busy: boolean;
  /** Why the last answer was refused. */
  error: string | null;
  /** The answer in the form the run expects (lib/engine/question.ts). */
  onAnswer(answer: JsonValue): void;
}

/** What a run waits for, and a way to answer it where a person can. */
export function QuestionForm(props: QuestionFormProps) {
  const { question, error } = props;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Body {...props} question={question} />
      {error && <FieldMessage severity="error" message={error} />}
      {'expiresAt' in question && (
        <p className="text-12 text-muted">
          Expires <RelativeTime at={new Date(question.expiresAt).toISOString()} />.
        </p>
      )}
    </div>
  );
}

function Body({ question, busy, onAnswer }: QuestionFormProps) {
  switch (question.type) {
    case 'form':
      return (
        <FormQuestion message={question.message} schema={question.schema} busy={busy} onAnswer={onAnswer} />
      );
    case 'approval':
      return (
        <ApprovalQuestion
          message={question.message}
          details={question.details}
          busy={busy}
          onAnswer={onAnswer}
        />
      );
    case 'url':
      return (
        <>
          <p className="whitespace-pre-wrap">{question.message}</p>
          <div className="flex flex-wrap gap-2">
            <Button asChild variant="primary">
              <a href={question.url} target="_blank" rel="noreferrer">
                Open the page <ExternalLink />
              </a>
            </Button>
            <Button busy={busy} onClick={() => onAnswer({ action: 'accept', content: {} })}>
              I am done there
            </Button>
            <Button busy={busy} onClick={() => onAnswer({ action: 'decline' })}>
              Decline
            </Button>
          </div>
        </>
      );
    case 'time':
      return (
        <p>
          Goes on by itself, <RelativeTime at={new Date(question.until).toISOString()} />.
        </p>
      );
    case 'model':
      return <p>Waits for an answer of the client’s model. Only the client that called can give it.</p>;
    case 'roots':
      return <p>Waits for the client to tell its roots. Only the client that called can.</p>;
    case 'workflow':
      return <p>Waits for a workflow that it called, which asks something itself.</p>;
  }
}

type Answering = Pick<QuestionFormProps, 'busy' | 'onAnswer'>;

function FormQuestion({
  message,
  schema,
  busy,
  onAnswer,
}: Answering & { message: string; schema: JsonObject }) {
  const [value, setValue] = useState<JsonObject>(() => sampleInput(schema));
  return (
    <form
      className="flex min-w-0 flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer({ action: 'accept', content: value });
      }}
    >
      <p className="whitespace-pre-wrap">{message}</p>
      <SchemaForm schema={schema} value={value} onChange={setValue} label="Answer" formOnly />
      <div className="flex gap-2">
        <Button type="submit" variant="primary" busy={busy}>
          Send the answer
        </Button>
        <Button busy={busy} onClick={() => onAnswer({ action: 'decline' })}>
          Decline
        </Button>
      </div>
    </form>
  );
}

/** Approve or refuse, with a comment that is kept with the decision. `message`: null where it stands above already. */
export function ApprovalQuestion({
  message,
  details,
  busy,
  onAnswer,
}: {
  message: string | null;
  details: JsonValue;
  busy: boolean;
  onAnswer(answer: { approved: boolean; comment?: string }): void;
}) {
  const [comment, setComment] = useState('');
  const decide = (approved: boolean): void =>
    onAnswer({ approved, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) });
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {message !== null && <p className="whitespace-pre-wrap">{message}</p>}
      {details !== null && (
        <div className="max-h-80 overflow-auto rounded-md border border-line bg-sunken p-3">
          <JsonTree value={details} label="Details" openDepth={3} />
        </div>
      )}
      <Field label="Comment" optional description="Kept with the decision.">
        {(ids) => (
          <Textarea
            {...ids}
            rows={2}
            maxLength={2000}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button variant="primary" busy={busy} onClick={() => decide(true)}>
          Approve
        </Button>
        <Button variant="danger" busy={busy} onClick={() => decide(false)}>
          Refuse
        </Button>
      </div>
    </div>
  );
}
