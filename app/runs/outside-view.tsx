'use client';

import { CircleAlert } from 'lucide-react';
import type { Run, RunOutside } from '#app/data/types.ts';
import { useRunOutside } from '#app/data/use-run-outside.ts';
import { JsonTree } from '#app/form/json-tree.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { bytes } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';

/** What the run, or one step of it, asked of the world outside, and what it got. A replay is given the same. */
export function OutsideView({
  project,
  run,
  stepId,
}: {
  project: string;
  run: Pick<Run, 'id' | 'status' | 'steps'>;
  /** Node id; null: of all steps. */
  stepId: string | null;
}) {
  const outside = useRunOutside(project, run);
  const keys = new Map(run.steps.map(({ nodeId, key }) => [nodeId, key]));
  return (
    <section
      aria-label="From outside"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="h-full min-h-0 overflow-auto p-3"
    >
      <QueryView query={outside} what="the recording">
        {({ items, answers, full }) => {
          const shown = stepId === null ? items : items.filter(({ nodeId }) => nodeId === stepId);
          const given = stepId === null ? Object.entries(answers) : [];
          if (shown.length + given.length === 0) {
            return (
              <p className="text-muted">
                {stepId === null
                  ? 'The run asked nothing of the world outside.'
                  : 'This step asked nothing of the world outside.'}
              </p>
            );
          }
          return (
            <>
              <p className="mb-2 text-12 text-muted">
                Recorded without credentials; a replay is given the same.
                {full && ' There was more than is kept.'}
              </p>
              <ol className="flex flex-col gap-2">
                {shown.map((item, index) => (
                  <Exchange
                    // biome-ignore lint/suspicious/noArrayIndexKey: in the order of asking, which never changes
                    key={index}
                    item={item}
                    stepKey={keys.get(item.nodeId) ?? item.nodeId}
                    open={shown.length === 1}
                  />
                ))}
                {given.map(([key, value]) => (
                  <li key={key} className="rounded-md border border-line p-2">
                    <p className="mb-1 text-12">
                      Answer to <span className="font-mono">{key}</span>
                    </p>
                    <Value value={value} label={`Answer to ${key}`} />
                  </li>
                ))}
              </ol>
            </>
          );
        }}
      </QueryView>
    </section>
  );
}

function Exchange({
  item,
  stepKey,
  open,
}: {
  item: RunOutside['items'][number];
  stepKey: string;
  /** The answer is unfolded at first. */
  open: boolean;
}) {
  const { ask, request, answer, error, cut, iteration } = item;
  const step = [stepKey, ...(iteration ?? []).map((index) => index + 1)].join('.');
  return (
    <li className="rounded-md border border-line p-2">
      <p className="flex min-w-0 items-center gap-2 text-12">
        <span className="shrink-0 font-mono text-muted">{step}</span>
        <span className="min-w-0 truncate font-medium" title={nameOf(ask, request)}>
          {nameOf(ask, request)}
        </span>
        {statusOf(answer) !== null && <span className="shrink-0 tabular-nums">{statusOf(answer)}</span>}
      </p>
      {error && (
        <p className="mt-1 flex items-start gap-1.5 text-12 text-danger-ink">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {error.message}
        </p>
      )}
      {cut !== null && (
        <p className="mt-1 text-12 text-muted">The answer, {bytes(cut)} or more, was too large to be kept.</p>
      )}
      <div className="mt-1 flex flex-col gap-1">
        <Disclosure title="Request">
          <Value value={request} label={`Request of ${step}`} />
        </Disclosure>
        {error === null && cut === null && (
          <>
            {headersOf(answer) !== null && (
              <Disclosure title="Headers of the answer">
                <Value value={headersOf(answer)} label={`Headers to ${step}`} />
              </Disclosure>
            )}
            <Disclosure title="Answer" defaultOpen={open}>
              <Value value={bodyOf(answer)} label={`Answer to ${step}`} />
            </Disclosure>
          </>
        )}
      </div>
    </li>
  );
}

function Value({ value, label }: { value: JsonValue; label: string }) {
  return value === null ? (
    <p className="text-12 text-muted">nothing</p>
  ) : (
    <div className="max-h-72 overflow-auto rounded-md border border-line bg-sunken p-2">
      <JsonTree value={value} label={label} />
    </div>
  );
}

const ASKS: Record<RunOutside['items'][number]['ask'], string> = {
  http: 'HTTP',
  knowledge: 'Search in knowledge',
  'knowledge.read': 'Read a document',
  'knowledge.put': 'Add to knowledge',
  'knowledge.remove': 'Remove from knowledge',
  sql: 'SQL',
  mcp: 'Tool of another MCP server',
  workflow: 'Another workflow',
  'workflow.resume': 'Another workflow, resumed',
  'store.get': 'Read from the store',
  'store.set': 'Write to the store',
  'store.remove': 'Remove from the store',
  'store.increment': 'Count in the store',
  'store.list': 'List the store',
  'file.put': 'Keep a file',
  'file.get': 'Read a file',
  'resource.changed': 'Tell that a resource changed',
  'list.changed': 'Tell that a list changed',
};

/** `GET https://…`, `SQL`, `Tool of another MCP server find_order`. */
function nameOf(ask: keyof typeof ASKS, request: Record<string, JsonValue>): string {
  const { method, url, name, tool, key, query } = request;
  if (ask === 'http') return `${String(method)} ${String(url)}`;
  const what = [tool, name, key, query].find((one) => typeof one === 'string');
  return what === undefined ? ASKS[ask] : `${ASKS[ask]} ${String(what)}`;
}

function statusOf(answer: JsonValue): number | null {
  const status = typeof answer === 'object' && answer !== null && !Array.isArray(answer) && answer['status'];
  return typeof status === 'number' ? status : null;
}

/** Of HTTP. */
function headersOf(answer: JsonValue): JsonValue {
  if (statusOf(answer) === null) return null;
  return (answer as Record<string, JsonValue>)['headers'] ?? null;
}

/** Of HTTP its body, as JSON where it is some; all else as it is. */
function bodyOf(answer: JsonValue): JsonValue {
  if (statusOf(answer) === null) return answer;
  const { json, text, base64 } = answer as Record<string, JsonValue>;
  return json ?? text ?? base64 ?? null;
}
