'use client';

import { Disclosure } from '#app/ui/disclosure.tsx';
import type { JsonObject } from '#lib/workflow/json.ts';
import { argumentRows } from './mcp-tool-choice.ts';

/** What a tool says of itself: the words a model reads, and its arguments. */
export function McpToolAbout({ definition }: { definition: JsonObject }) {
  const { title, description } = definition;
  const rows = argumentRows(definition);
  return (
    <div className="flex min-w-0 flex-col gap-2 rounded-md border border-line p-2 text-12">
      {typeof title === 'string' && title !== '' && <p className="font-medium">{title}</p>}
      <p className="whitespace-pre-line break-words">
        {typeof description === 'string' && description !== '' ? description : 'It has no description.'}
      </p>
      {rows.length === 0 ? (
        <p className="text-muted">It takes no arguments.</p>
      ) : (
        <Disclosure title={`Arguments (${rows.length})`}>
          <dl className="flex min-w-0 flex-col gap-1.5">
            {rows.map(({ name, type, required, description: about }) => (
              <div key={name} className="min-w-0">
                <dt className="break-words">
                  <code className="font-mono font-medium">{name}</code>
                  <span className="text-muted">{` ${type}${required ? '' : ', optional'}`}</span>
                </dt>
                {about !== '' && <dd className="break-words text-muted">{about}</dd>}
              </div>
            ))}
          </dl>
        </Disclosure>
      )}
    </div>
  );
}
