'use client';

import type { Template } from '#app/data/types.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { kinds } from '#lib/nodes/index.ts';
import { GraphPreview } from './graph-preview.tsx';
import { Withdraw } from './withdraw.tsx';

/** What a template makes, what it needs, and what it looks like. */
export function TemplateDetail({
  template,
  onUse,
  busy,
  error,
}: {
  template: Template;
  /** Left out for those who may only look. */
  onUse?: () => void;
  busy: boolean;
  error: Error | null;
}) {
  const { title, summary, tags, needs, tools, tool, input } = template;
  return (
    <section
      aria-label={title}
      className="sticky top-24 flex min-w-0 flex-col gap-4 rounded-md border border-line bg-surface p-4"
    >
      <header className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="text-16 font-semibold">{title}</h2>
          <p className="text-muted">{summary}</p>
        </div>
        <span className="flex shrink-0 gap-2">
          {template.shared?.mayChange && <Withdraw key={template.id} template={template} />}
          {onUse && (
            <Button variant="primary" busy={busy} onClick={onUse}>
              Use template
            </Button>
          )}
        </span>
      </header>
      {error && <FieldMessage severity="error" message={error.message} />}
      {tools.map((one) => (
        <article key={one.name} className="flex flex-col gap-2">
          <h3 className="font-mono text-13">
            {one.name}
            <span className="text-muted">({one.arguments.join(', ')})</span>
          </h3>
          <p className="text-12 text-muted">{one.description}</p>
          <GraphPreview tool={one} looks={kinds} />
        </article>
      ))}
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-12">
        <dt className="text-muted">Calls</dt>
        <dd>{needs.length === 0 ? 'Nothing outside this server' : needs.join(', ')}</dd>
        {template.shared ? (
          <>
            <dt className="text-muted">Shared by</dt>
            <dd>
              {template.shared.author ?? 'somebody who is gone'},{' '}
              <RelativeTime at={template.shared.updatedAt} />
            </dd>
          </>
        ) : (
          <>
            <dt className="text-muted">Needs an account</dt>
            <dd>No</dd>
            <dt className="text-muted">Try {tool} with</dt>
            <dd className="font-mono break-words">{JSON.stringify(input)}</dd>
          </>
        )}
        {tags.length > 0 && (
          <>
            <dt className="text-muted">Tags</dt>
            <dd className="flex flex-wrap gap-1">
              {tags.map((tag) => (
                <Badge key={tag} tone="outline">
                  {tag}
                </Badge>
              ))}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
