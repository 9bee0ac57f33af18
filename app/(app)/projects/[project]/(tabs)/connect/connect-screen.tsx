'use client';

import { useState } from 'react';
import { useProject } from '#app/data/use-project.ts';
import { useRole } from '#app/data/use-role.ts';
import { useToolsets } from '#app/data/use-toolsets.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { AddressSection } from './address-section.tsx';
import { ClientList } from './client-list.tsx';
import { ConnectionCheckSection } from './connection-check.tsx';
import { FirstCall } from './first-call.tsx';
import { GrantList } from './grant-list.tsx';
import { Install } from './install.tsx';
import { KeyList } from './key-list.tsx';
import { ServerCards } from './server-cards.tsx';
import { ToolsetList } from './toolset-list.tsx';

/** The address, what to paste where, and the keys. */
export function ConnectScreen({ slug }: { slug: string }) {
  const query = useProject(slug);
  const editable = useRole() !== 'viewer';
  /** The release whose address is shown; null for what is live. */
  const [pin, setPin] = useState<number | null>(null);
  const toolsets = useToolsets(slug).data?.items ?? [];
  /** The toolset whose address is shown, by id; null for the whole project. */
  const [chosen, setChosen] = useState<string | null>(null);
  const toolset = toolsets.find(({ id }) => id === chosen) ?? null;
  return (
    <QueryView query={query} what="the project">
      {(project) => (
        <PageBody
          title="Connect"
          description="Give a client this address, and it finds every published workflow as a tool."
        >
          <AddressSection
            project={project}
            pin={pin}
            onPin={setPin}
            toolsets={toolsets}
            toolset={toolset}
            onToolset={setChosen}
          />
          <Install
            key={toolset?.id ?? 'all'}
            project={project}
            toolset={toolset}
            pin={pin}
            editable={editable}
          />
          <FirstCall project={slug} />
          <ToolsetList project={project} />
          {[project, ...toolsets].some(({ access }) => access !== 'public') && <KeyList project={slug} />}
          {[project, ...toolsets].some(({ access }) => access === 'oauth') && <GrantList project={slug} />}
          <ClientList project={slug} />
          <div id="check" className="scroll-mt-24">
            <ConnectionCheckSection
              key={toolset?.id ?? 'all'}
              project={slug}
              release={pin}
              toolset={toolset?.name ?? null}
            />
          </div>
          <ServerCards project={project} toolset={toolset?.name ?? null} />
        </PageBody>
      )}
    </QueryView>
  );
}
