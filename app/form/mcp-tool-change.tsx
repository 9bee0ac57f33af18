'use client';

import { TriangleAlert } from 'lucide-react';
import { Button } from '#app/ui/button.tsx';
import { definitionChanges } from '#lib/nodes/mcp-tool/definition-changes.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

export interface McpToolChangeProps {
  /** The definition that was accepted. */
  before: JsonObject;
  now: JsonObject;
  readOnly: boolean;
  onAccept(): void;
}

/** What a server has changed in a tool since it was chosen, to be read before it is accepted. */
export function McpToolChange({ before, now, readOnly, onAccept }: McpToolChangeProps) {
  return (
    <section
      aria-label="Changed tool"
      className="flex min-w-0 flex-col gap-2 rounded-md border border-warning p-2 text-12"
    >
      <p className="flex items-start gap-1 font-medium text-warning-ink">
        <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
        The server has changed this tool since it was chosen.
      </p>
      <p>It is not called until the change is accepted and published.</p>
      <dl className="flex min-w-0 flex-col gap-2">
        {definitionChanges(before, now).map((change) => (
          <div key={change.path} className="flex min-w-0 flex-col gap-0.5">
            <dt className="break-words font-mono text-muted">{change.path}</dt>
            {change.before !== undefined && (
              <Side sign="−" word="Before" tone="danger" value={change.before} />
            )}
            {change.now !== undefined && <Side sign="+" word="Now" tone="success" value={change.now} />}
          </div>
        ))}
      </dl>
      {!readOnly && (
        <Button className="self-start" onClick={onAccept}>
          Accept the change
        </Button>
      )}
    </section>
  );
}

function Side({
  sign,
  word,
  tone,
  value,
}: {
  sign: string;
  word: string;
  tone: 'danger' | 'success';
  value: JsonValue;
}) {
  return (
    <dd
      className={`flex min-w-0 gap-1 rounded-sm px-1 font-mono ${tone === 'danger' ? 'bg-danger-soft text-danger-ink' : 'bg-success-soft text-success-ink'}`}
    >
      <span aria-hidden>{sign}</span>
      <span className="sr-only">{word}: </span>
      <span className="min-w-0 whitespace-pre-wrap break-words">{shown(value)}</span>
    </dd>
  );
}

/** A text as it is, a small value on one line. */
function shown(value: JsonValue): string {
  if (typeof value === 'string') return value;
  const line = JSON.stringify(value);
  return line.length <= 60 ? line : JSON.stringify(value, null, 2);
}
