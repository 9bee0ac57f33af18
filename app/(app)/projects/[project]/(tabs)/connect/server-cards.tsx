'use client';

import { useState } from 'react';
import type { Project } from '#app/data/types.ts';
import { useServerCards } from '#app/data/use-server-cards.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Segmented } from '#app/ui/segmented.tsx';

const FILES = {
  card: {
    label: 'Server card',
    file: 'server-card.json',
    about:
      'Served at the MCP address with /server-card behind it: to everybody where that is public, else to who may call it.',
  },
  registry: {
    label: 'server.json',
    file: 'server.json',
    about:
      'For a registry of MCP servers. The official one takes names under a domain or an account of yours, and public addresses only.',
  },
} as const;

/** What directories and registries read, to look at and to download. */
export function ServerCards({
  project,
  toolset,
}: {
  project: Project;
  /** By name; null for the whole project. */
  toolset: string | null;
}) {
  const cards = useServerCards(project.slug, toolset);
  const [shown, setShown] = useState<keyof typeof FILES>('card');
  const { label, file, about } = FILES[shown];
  return (
    <Section
      title="Be found"
      description="What directories and registries read."
      actions={
        <Segmented<keyof typeof FILES>
          label="Document"
          value={shown}
          onValueChange={setShown}
          options={[
            { value: 'card', label: FILES.card.label },
            { value: 'registry', label: FILES.registry.label },
          ]}
        />
      }
    >
      <QueryView query={cards} what="the documents">
        {(documents) => {
          const text = `${JSON.stringify(documents[shown], null, 2)}\n`;
          return (
            <div className="flex flex-col items-start gap-3 p-4">
              <p>{about}</p>
              <CodeBlock code={text} label={label} />
              <Button asChild>
                <a download={file} href={`data:application/json;charset=utf-8,${encodeURIComponent(text)}`}>
                  Download {file}
                </a>
              </Button>
            </div>
          );
        }}
      </QueryView>
    </Section>
  );
}
