'use client';

import { ExternalLink, MessageCircleQuestion } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { sampleInput } from '#app/canvas/system/input-schema.ts';
import { JsonTree } from '#app/form/json-tree.tsx';
import { SchemaForm } from '#app/form/schema-form.tsx';
import { Button } from '#app/ui/button.tsx';
import { Field } from '#app/ui/field.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import type { OpenQuestion } from './use-call.ts';

const TITLES: Readonly<Record<string, string>> = {
  'elicitation/create': 'The server asks the person at the client',
  'sampling/createMessage': 'The server asks the client’s model',
  'roots/list': 'The server asks which folders the client works in',
};

/** A question of the server's, answered as the client would: by its person, its model, or from its settings. */
export function QuestionCard({ question }: { question: OpenQuestion }) {
  const card = useRef<HTMLElement>(null);
  // It came while somebody waited: they are brought to it.
  useEffect(() => card.current?.focus(), []);
  const title = TITLES[question.method] ?? `The server asks: ${question.method}`;
  return (
    <section
      ref={card}
      tabIndex={-1}
      aria-label={title}
      className="flex min-w-0 flex-col gap-3 rounded-md border border-accent bg-surface p-4"
    >
      <h3 className="flex items-center gap-1.5 font-semibold text-13">
        <MessageCircleQuestion aria-hidden className="size-4 text-accent-ink" />
        {title}
      </h3>
      <Body question={question} />
    </section>
  );
}

function Body({ question }: { question: OpenQuestion }) {
  const { method, params } = question;
  if (method === 'sampling/createMessage') return <SamplingQuestion question={question} />;
  if (method === 'roots/list') return <RootsQuestion question={question} />;
  if (method !== 'elicitation/create') {
    return (
      <>
        <JsonTree value={params} label="What it asks" />
        <Row>
          <Button onClick={() => question.answer({ action: 'cancel' })}>Say nothing to it</Button>
        </Row>
      </>
    );
  }
  return params['mode'] === 'url' ? (
    <PageQuestion question={question} />
  ) : (
    <FormQuestion question={question} />
  );
}

function Row({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap gap-2">{children}</div>;
}

function FormQuestion({ question }: { question: OpenQuestion }) {
  const { message, requestedSchema } = question.params;
  const schema = isJsonObject(requestedSchema) ? requestedSchema : { type: 'object' };
  const [value, setValue] = useState<JsonObject>(() => sampleInput(schema));
  return (
    <form
      className="flex min-w-0 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        question.answer({ action: 'accept', content: value });
      }}
    >
      <p className="whitespace-pre-wrap">{String(message ?? '')}</p>
      <SchemaForm schema={schema} value={value} onChange={setValue} label="Answer" />
      <Row>
        <Button type="submit" variant="primary">
          Send the answer
        </Button>
        <Button onClick={() => question.answer({ action: 'decline' })}>Decline</Button>
        <Button onClick={() => question.answer({ action: 'cancel' })}>Close without an answer</Button>
      </Row>
    </form>
  );
}

function PageQuestion({ question }: { question: OpenQuestion }) {
  const { message, url } = question.params;
  return (
    <>
      <p className="whitespace-pre-wrap">{String(message ?? '')}</p>
      <Row>
        <Button asChild variant="primary">
          <a href={String(url ?? '')} target="_blank" rel="noreferrer">
            Open the page <ExternalLink />
          </a>
        </Button>
        <Button onClick={() => question.answer({ action: 'accept' })}>I was there</Button>
        <Button onClick={() => question.answer({ action: 'decline' })}>Decline</Button>
      </Row>
    </>
  );
}

function SamplingQuestion({ question }: { question: OpenQuestion }) {
  const [text, setText] = useState('');
  return (
    <form
      className="flex min-w-0 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        question.answer({
          role: 'assistant',
          content: { type: 'text', text },
          model: 'answered by hand',
          stopReason: 'endTurn',
        });
      }}
    >
      <JsonTree value={question.params} label="What it asks the model" openDepth={4} />
      <Field label="Answer as the model">
        {(ids) => (
          <Textarea
            {...ids}
            required
            rows={4}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <Row>
        <Button type="submit" variant="primary">
          Send the answer
        </Button>
      </Row>
    </form>
  );
}

function RootsQuestion({ question }: { question: OpenQuestion }) {
  const [text, setText] = useState('file:///home/ada/orders');
  return (
    <form
      className="flex min-w-0 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        const uris = text.split(/\s+/).filter((uri) => uri !== '');
        question.answer({ roots: uris.map((uri) => ({ uri, name: uri.split('/').at(-1) ?? uri })) });
      }}
    >
      <Field label="Folders" description="One address a line, such as file:///home/ada/orders.">
        {(ids) => (
          <Textarea {...ids} mono rows={2} value={text} onChange={(event) => setText(event.target.value)} />
        )}
      </Field>
      <Row>
        <Button type="submit" variant="primary">
          Tell it
        </Button>
      </Row>
    </form>
  );
}
