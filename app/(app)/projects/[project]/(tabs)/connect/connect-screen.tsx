'use client';

import { useState } from 'react';
import { type Snippet, snippetsFor } from '#app/connect/snippets.ts';
import type { Project } from '#app/data/types.ts';
import { useProject } from '#app/data/use-project.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Select } from '#app/ui/select.tsx';
import { Status } from '#app/ui/status.tsx';
import { AddressSection, pinnedUrl } from './address-section.tsx';
import { ClientList } from './client-list.tsx';
import { ConnectionCheckSection } from './connection-check.tsx';
import { KeyList } from './key-list.tsx';
import { ServerCards } from './server-cards.tsx';

/** The address, what to paste where, and the keys. */
export function ConnectScreen({ slug }: { slug: string }) {
  const query = useProject(slug);
  /** The release whose address is shown; null for what is live. */
  const [pin, setPin] = useState<number | null>(null);
  return (
    <QueryView query={query} what="the project">
      {(project) => (
        <PageBody
          title="Connect"
          description="Give a client this address, and it finds every published workflow as a tool."
        >
          <AddressSection project={project} pin={pin} onPin={setPin} />
          <Install project={project} pin={pin} />
          {project.access === 'key' && <KeyList project={slug} />}
          <ClientList project={slug} />
          <ConnectionCheckSection project={slug} release={pin} />
          <ServerCards project={project} />
        </PageBody>
      )}
    </QueryView>
  );
}

function Install({ project, pin }: { project: Project; pin: number | null }) {
  const url = pinnedUrl(project.mcpUrl, pin);
  const snippets = snippetsFor({ name: project.slug, url, access: project.access });
  const [chosen, setChosen] = useState(snippets[0]?.id ?? '');
  const snippet = snippets.find(({ id }) => id === chosen);
  return (
    <Section
      title="Client"
      description="What to do in the one you use."
      actions={
        <Select
          aria-label="Client"
          className="w-44"
          value={chosen}
          onValueChange={setChosen}
          options={snippets.map(({ id, client }) => ({ value: id, label: client }))}
        />
      }
    >
      {snippet && <ClientSnippet snippet={snippet} />}
    </Section>
  );
}

function ClientSnippet({ snippet }: { snippet: Snippet }) {
  return (
    <div className="flex flex-col items-start gap-3 p-4">
      <p>{snippet.steps}</p>
      {snippet.warning && (
        <Status status="warning" className="whitespace-normal!">
          {snippet.warning}
        </Status>
      )}
      {snippet.links && (
        <div className="flex gap-2">
          {snippet.links.map(({ label, href }, index) => (
            <Button asChild key={label} {...(index === 0 && { variant: 'primary' })}>
              <a href={href}>{label}</a>
            </Button>
          ))}
        </div>
      )}
      {snippet.code && <CodeBlock code={snippet.code.text} label={`For ${snippet.client}`} />}
    </div>
  );
}
