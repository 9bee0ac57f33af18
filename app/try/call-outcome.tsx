'use client';

import Link from 'next/link';
import { JsonTree } from '#app/form/json-tree.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { duration, number } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { ContentView } from './content-view.tsx';
import { McpError } from './mcp-client.ts';
import { resultSize } from './result-size.ts';
import type { CallState } from './use-call.ts';

/** Where `_meta` of a result names the run. */
const RUN = 'patchbay/run';

export interface CallOutcomeProps {
  project: string;
  state: CallState;
  /** Characters that are sent at once. */
  budget: number;
  onRead(uri: string): void;
}

/** What became of a request: how far it is, what it answered, or why it was refused. */
export function CallOutcome({ project, state, budget, onRead }: CallOutcomeProps) {
  return (
    <div role="status" aria-label="Result" className="flex min-w-0 flex-col gap-3">
      <Outcome project={project} state={state} budget={budget} onRead={onRead} />
    </div>
  );
}

function Outcome({ project, state, budget, onRead }: CallOutcomeProps) {
  switch (state.phase) {
    case 'idle':
      return null;
    case 'cancelled':
      return <Status status="cancelled">Cancelled: the server was told.</Status>;
    case 'running':
      return (
        <>
          <Running state={state} />
          <Logs logs={state.logs} />
        </>
      );
    case 'refused':
      return <Refused error={state.error} ms={state.ms} />;
    case 'answered':
      return (
        <>
          <Answered project={project} state={state} budget={budget} onRead={onRead} />
          <Logs logs={state.logs} />
        </>
      );
  }
}

function Running({ state: { progress } }: { state: Extract<CallState, { phase: 'running' }> }) {
  const total = progress?.total;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Status status="running">
        {progress?.message ?? 'Waiting for the answer'}
        {progress && total !== undefined && ` (${number(progress.progress)} of ${number(total)})`}
      </Status>
      {progress && total !== undefined && (
        <progress
          aria-label="Progress"
          value={progress.progress}
          max={total}
          className="h-1.5 w-full max-w-80 accent-accent"
        />
      )}
    </div>
  );
}

function Refused({ error, ms }: { error: Error; ms: number }) {
  const details =
    error instanceof McpError
      ? { code: error.code, status: error.status, ...(error.data !== undefined && { data: error.data }) }
      : null;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3">
        <Status status="error">Refused</Status>
        <span className="text-12 text-muted">{duration(ms)}</span>
      </p>
      <p className="whitespace-pre-wrap break-words">{error.message}</p>
      {details && (
        <Disclosure title="Details">
          <CodeBlock code={JSON.stringify(details, null, 2)} label="Details of the error" />
        </Disclosure>
      )}
    </>
  );
}

function Answered({
  project,
  state: { result, ms },
  budget,
  onRead,
}: Omit<CallOutcomeProps, 'state'> & { state: Extract<CallState, { phase: 'answered' }> }) {
  const size = resultSize(result);
  const isError = result['isError'] === true;
  const run = isJsonObject(result['_meta']) ? result['_meta'][RUN] : undefined;
  const largest = Math.max(size.text, size.structured ?? 0);
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Status status={isError ? 'error' : 'succeeded'}>
          {isError ? 'Answered with an error (isError)' : 'Answered'}
        </Status>
        <span className="text-12 text-muted">{duration(ms)}</span>
        <span className="text-12 text-muted">
          {sizeWords(size.text, size.structured)} of {number(budget)} characters, about {number(size.tokens)}{' '}
          tokens
        </span>
        {largest > budget && <Status status="warning">Over the budget</Status>}
        {typeof run === 'string' && (
          <Link
            href={`/projects/${project}/runs/${run}`}
            className="text-12 text-accent-ink underline-offset-2 hover:underline"
          >
            Open the run
          </Link>
        )}
      </p>
      <Parts result={result} onRead={onRead} />
    </>
  );
}

function sizeWords(text: number, structured: number | null): string {
  return structured === null ? number(text) : `${number(text)} in texts, ${number(structured)} structured,`;
}

function Parts({ result, onRead }: { result: JsonObject; onRead(uri: string): void }) {
  const parts = [...listOf(result['content']), ...listOf(result['contents'])];
  const messages = listOf(result['messages']);
  const structured = result['structuredContent'];
  const empty = parts.length === 0 && messages.length === 0 && structured === undefined;
  return (
    <>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name
        <ContentView key={index} part={part} label={`Part ${index + 1}`} onRead={onRead} />
      ))}
      {messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages have no other name
        <div key={index} className="flex min-w-0 flex-col gap-1">
          <p className="font-medium text-12">{message['role'] === 'assistant' ? 'Assistant' : 'User'}</p>
          {isJsonObject(message['content']) && (
            <ContentView part={message['content']} label={`Message ${index + 1}`} onRead={onRead} />
          )}
        </div>
      ))}
      {structured !== undefined && (
        <div className="flex min-w-0 flex-col gap-1">
          <p className="font-medium text-12">Structured value</p>
          <JsonTree value={structured} label="Structured value" />
        </div>
      )}
      {empty && <p className="text-muted">The answer is empty.</p>}
    </>
  );
}

function Logs({ logs }: { logs: readonly JsonObject[] }) {
  if (logs.length === 0) return null;
  return (
    <ul aria-label="Log messages" className="flex flex-col gap-0.5 text-12">
      {logs.map((log, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages have no other name
        <li key={index}>
          <span className="text-muted">{String(log['level'] ?? 'info')}</span>{' '}
          {typeof log['data'] === 'string' ? log['data'] : JSON.stringify(log['data'])}
        </li>
      ))}
    </ul>
  );
}

function listOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
