'use client';

import { Play, Square } from 'lucide-react';
import { useState } from 'react';
import { sampleInput } from '#app/canvas/system/input-schema.ts';
import { useKeyCaps } from '#app/canvas/use-key-caps.ts';
import { JsonTree } from '#app/form/json-tree.tsx';
import { SchemaForm } from '#app/form/schema-form.tsx';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { number } from '#app/ui/quantity.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { definitionCost } from '#lib/workflow/token-cost.ts';
import { CallOutcome } from './call-outcome.tsx';
import type { McpClient } from './mcp-client.ts';
import { argumentsSchema, type Offer } from './offers.ts';
import { QuestionCard } from './question-card.tsx';
import { expandTemplate } from './uri-template.ts';
import { type CallRequest, useCall } from './use-call.ts';

const HINTS: { hint: string; value: boolean; words: string }[] = [
  { hint: 'readOnlyHint', value: true, words: 'Only reads' },
  { hint: 'destructiveHint', value: true, words: 'May destroy' },
  { hint: 'idempotentHint', value: true, words: 'Safe to repeat' },
  { hint: 'openWorldHint', value: true, words: 'Reaches outside' },
];

export interface OfferScreenProps {
  project: string;
  offer: Offer;
  client: McpClient;
  /** Characters of a result that are sent at once. */
  budget: number;
}

/** One thing that is offered: as the client is told of it, and a way to use it. */
export function OfferScreen({ project, offer, client, budget }: OfferScreenProps) {
  const schema = argumentsSchema(offer);
  const asks = Object.keys(isJsonObject(schema['properties']) ? schema['properties'] : {}).length > 0;
  const isOpen = schema['additionalProperties'] !== false && offer.kind === 'tool';
  const [args, setArgs] = useState<JsonObject>(() => sampleInput(schema));
  const call = useCall(client);
  /** Of a link in the answer. */
  const reading = useCall(client);
  const [read, setRead] = useState<string | null>(null);
  const keyCaps = useKeyCaps();
  const running = call.state.phase === 'running';
  const send = (): void => {
    setRead(null);
    reading.cancel();
    void call.send(requestOf(offer, args));
  };
  const onRead = (uri: string): void => {
    setRead(uri);
    void reading.send({ method: 'resources/read', params: { uri } });
  };
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Told offer={offer} />
      <form
        aria-label="Call"
        className="flex min-w-0 flex-col gap-3 rounded-md border border-line bg-surface p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!running) send();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || running) return;
          event.preventDefault();
          send();
        }}
      >
        {asks || isOpen ? (
          <SchemaForm schema={schema} value={args} onChange={setArgs} label="Arguments" />
        ) : (
          <p className="text-muted">It takes no arguments.</p>
        )}
        <div className="flex items-center gap-2">
          <Button type="submit" variant="primary" disabled={running}>
            <Play /> {VERBS[offer.kind]} <span className="font-normal">{keyCaps('mod+enter')}</span>
          </Button>
          {running && (
            <Button onClick={call.cancel}>
              <Square /> Cancel
            </Button>
          )}
        </div>
      </form>
      {call.questions.map((question) => (
        <QuestionCard key={question.key} question={question} />
      ))}
      <CallOutcome project={project} state={call.state} budget={budget} onRead={onRead} />
      {read !== null && (
        <section
          aria-label={`Resource ${read}`}
          className="flex min-w-0 flex-col gap-2 border-line border-t pt-3"
        >
          <h3 className="break-all font-medium font-mono text-12">{read}</h3>
          <CallOutcome project={project} state={reading.state} budget={budget} onRead={onRead} />
        </section>
      )}
    </div>
  );
}

const VERBS: Record<Offer['kind'], string> = {
  tool: 'Call',
  resource: 'Read',
  template: 'Read',
  prompt: 'Get',
};

function requestOf({ kind, name, definition }: Offer, args: JsonObject): CallRequest {
  switch (kind) {
    case 'tool': {
      const inputSchema = definition['inputSchema'];
      return {
        method: 'tools/call',
        params: { name, arguments: args },
        ...(isJsonObject(inputSchema) && { inputSchema }),
      };
    }
    case 'resource':
      return { method: 'resources/read', params: { uri: name } };
    case 'template':
      return { method: 'resources/read', params: { uri: expandTemplate(name, args) } };
    case 'prompt':
      return { method: 'prompts/get', params: { name, arguments: args } };
  }
}

/** What the client is told of it: all that a model and its person can go by. */
function Told({ offer }: { offer: Offer }) {
  const { kind, name, title, description, definition } = offer;
  const { inputSchema, outputSchema, annotations, mimeType } = definition;
  const hints = isJsonObject(annotations) ? annotations : {};
  const cost =
    kind === 'tool' && isJsonObject(inputSchema) ? definitionCost({ name, description, inputSchema }) : null;
  return (
    <header className="flex min-w-0 flex-col gap-2">
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        <OfferIcon icons={definition['icons']} />
        <h2 className="min-w-0 break-words font-semibold text-16">{title}</h2>
        <code className="break-all text-12 text-muted">{name}</code>
        {HINTS.filter(({ hint, value }) => hints[hint] === value).map(({ hint, words }) => (
          <Badge key={hint} tone={hint === 'destructiveHint' ? 'warning' : 'neutral'} title={hint}>
            {words}
          </Badge>
        ))}
        {typeof mimeType === 'string' && <Badge tone="outline">{mimeType}</Badge>}
      </div>
      <p className="max-w-160 whitespace-pre-wrap break-words text-muted">
        {description === '' ? 'It has no description: a model cannot tell when to use it.' : description}
      </p>
      {cost !== null && (
        <p className="text-12 text-muted">
          Costs about {number(cost)} tokens in every conversation it is offered in.
        </p>
      )}
      <div className="flex flex-col gap-1">
        {isJsonObject(inputSchema) && <SchemaFold title="Input schema" schema={inputSchema} />}
        {isJsonObject(outputSchema) && <SchemaFold title="Output schema" schema={outputSchema} />}
        <Disclosure title="As it is listed">
          <CodeBlock code={JSON.stringify(definition, null, 2)} label={`Definition of ${name}`} />
        </Disclosure>
      </div>
    </header>
  );
}

function SchemaFold({ title, schema }: { title: string; schema: JsonObject }) {
  return (
    <Disclosure title={title}>
      <JsonTree value={schema} label={title} openDepth={3} />
    </Disclosure>
  );
}

/** An icon that is part of the list; one that lies elsewhere is not fetched, as its server would learn who looks. */
function OfferIcon({ icons }: { icons: JsonValue | undefined }) {
  const first = Array.isArray(icons) ? icons.find(isJsonObject) : undefined;
  const src = first?.['src'];
  if (typeof src !== 'string' || !src.startsWith('data:image/')) return null;
  // biome-ignore lint/performance/noImgElement: the image is in the list
  return <img src={src} alt="" className="size-5 rounded-sm" />;
}
