'use client';

import { LayoutTemplate } from 'lucide-react';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import type { Template } from '#app/data/types.ts';
import { useRole } from '#app/data/use-role.ts';
import { useTemplates } from '#app/data/use-templates.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { Badge } from '#app/ui/badge.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { Input } from '#app/ui/input.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { findTemplates, tagsOf } from './find-templates.ts';
import { TemplateDetail } from './template-detail.tsx';
import { useUseTemplate } from './use-use-template.ts';

/** Tools to begin with: looked for at the left, looked at at the right. */
export function TemplateGallery({ project }: { project: string }) {
  const templates = useTemplates(project);
  return (
    <PageBody
      title="Templates"
      description="What your organization shares, and tools that nearly all run without an account. Using one adds its workflows to this project as drafts."
    >
      <QueryView query={templates} what="the templates">
        {({ items }) => <Gallery project={project} templates={items} />}
      </QueryView>
    </PageBody>
  );
}

function Gallery({ project, templates }: { project: string; templates: readonly Template[] }) {
  const router = useRouter();
  const address = useSearchParams();
  const instead = address.get('instead');
  const use = useUseTemplate(project, instead);
  const editable = useRole() !== 'viewer';
  const [text, setText] = useState('');
  const [tag, setTag] = useState<string | null>(null);
  const found = findTemplates(templates, { text, tag });
  const shown = found.find(({ id }) => id === address.get('template')) ?? found[0];

  const choose = (id: string): void => {
    const query = new URLSearchParams({ template: id, ...(instead && { instead }) });
    router.replace(`?${query}`, { scroll: false });
  };

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Input
          type="search"
          aria-label="Search templates"
          placeholder="Search"
          className="w-60"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <fieldset aria-label="Tags" className="flex flex-wrap gap-1">
          {tagsOf(templates).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={tag === name}
              className={classNames(
                'h-6 rounded-md border px-2 text-12',
                tag === name
                  ? 'border-accent bg-accent-soft text-accent-ink'
                  : 'border-line text-muted hover:bg-hover hover:text-ink',
              )}
              onClick={() => setTag(tag === name ? null : name)}
            >
              {name}
            </button>
          ))}
        </fieldset>
        <span role="status" className="text-12 text-muted">
          {count(found.length, 'template')}
        </span>
      </div>
      {shown ? (
        <div className="grid items-start gap-4 md:grid-cols-[minmax(0,320px)_minmax(0,1fr)]">
          <ul aria-label="Templates" className="overflow-hidden rounded-md border border-line bg-surface">
            {found.map((template) => (
              <li key={template.id} className="border-line border-b last:border-b-0">
                <button
                  type="button"
                  aria-pressed={template === shown}
                  className={classNames(
                    'flex w-full flex-col gap-0.5 px-3 py-2 text-left focus-visible:-outline-offset-2',
                    template === shown ? 'bg-selected' : 'hover:bg-hover',
                  )}
                  onClick={() => choose(template.id)}
                >
                  <span className="flex items-center gap-2">
                    <span className="truncate font-medium">{template.title}</span>
                    <span className="flex-1" />
                    {template.shared && <Badge tone="accent">Shared</Badge>}
                    {template.needs.length === 0 && <Badge tone="outline">No network</Badge>}
                  </span>
                  <span className="text-12 text-muted">{template.summary}</span>
                </button>
              </li>
            ))}
          </ul>
          <TemplateDetail
            template={shown}
            {...(editable && { onUse: () => use.mutate(shown) })}
            busy={use.isPending}
            error={use.error}
          />
        </div>
      ) : (
        <EmptyState icon={LayoutTemplate} title="No template matches">
          Search for something else, or choose no tag.
        </EmptyState>
      )}
    </div>
  );
}
