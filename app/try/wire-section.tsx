'use client';

import { ArrowDownLeft, ArrowUpRight, Trash2 } from 'lucide-react';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { CopyButton } from '#app/ui/copy-button.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { count } from '#app/ui/quantity.ts';
import { isJsonObject } from '#lib/workflow/json.ts';
import type { WireMessage } from './mcp-client.ts';

/** Every message of this page, both ways, as it was sent. */
export function WireSection({ messages, onClear }: { messages: readonly WireMessage[]; onClear(): void }) {
  return (
    <Section
      title="On the wire"
      description="Each message of JSON-RPC as it was sent, the newest last."
      actions={
        messages.length > 0 && (
          <>
            <CopyButton words value={messages.map(wireText).join('\n\n')} label="Copy all messages" />
            <Button onClick={onClear}>
              <Trash2 /> Clear
            </Button>
          </>
        )
      }
    >
      {messages.length === 0 ? (
        <p className="p-4 text-muted">Nothing was sent since the list was cleared.</p>
      ) : (
        <ol aria-label="Messages" className="flex flex-col divide-y divide-line">
          {messages.map((message, index) => (
            <li key={message.id} className="px-4 py-1.5">
              <Disclosure
                title={<Line message={message} words={summary(message, messages.slice(0, index))} />}
              >
                <CodeBlock
                  code={wireText(message)}
                  label={`Message ${summary(message, messages.slice(0, index))}`}
                />
              </Disclosure>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

function Line({ message, words }: { message: WireMessage; words: string }) {
  const { direction, via, size, at } = message;
  const Arrow = direction === 'sent' ? ArrowUpRight : ArrowDownLeft;
  return (
    <span className="flex min-w-0 items-center gap-2 font-normal text-12">
      <Arrow aria-hidden className="size-3.5 shrink-0" />
      <span className="sr-only">{direction === 'sent' ? 'Sent' : 'Received'}</span>
      <span className="min-w-0 truncate font-mono text-ink">{words}</span>
      <span>{via}</span>
      {size > 0 && <span>{count(size, 'character')}</span>}
      <time dateTime={new Date(at).toISOString()}>{clock(at)}</time>
    </span>
  );
}

/** `14:02:11.250`, of this place. */
function clock(at: number): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString('en-GB', { hour12: false });
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `tools/call find_order`; of an answer what it answers: `result of tools/list`. */
function summary({ message, direction }: WireMessage, before: readonly WireMessage[]): string {
  if (!isJsonObject(message)) return message === null ? 'accepted' : 'no JSON';
  const { method, id, params, error } = message;
  if (typeof method === 'string') {
    const named = isJsonObject(params) ? (params['name'] ?? params['uri']) : undefined;
    return typeof named === 'string' ? `${method} ${named}` : method;
  }
  const asked = before.findLast(
    (other) => other.direction !== direction && isJsonObject(other.message) && other.message['id'] === id,
  )?.message;
  const what = isJsonObject(asked) ? String(asked['method']) : JSON.stringify(id ?? null);
  return `${error === undefined ? 'result' : 'error'} of ${what}`;
}

/** The headers of MCP that went along, an empty line, and the message. */
function wireText({ headers, message, via }: WireMessage): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const body = message === null ? [] : [JSON.stringify(message, null, 2)];
  return [[via, ...lines].join('\n'), ...body].join('\n\n');
}
