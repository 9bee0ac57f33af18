'use client';

import { useState } from 'react';
import { useProject } from '#app/data/use-project.ts';
import { useSession } from '#app/data/use-session.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { AddressSection } from './address-section.tsx';
import { ClientList } from './client-list.tsx';
import { ConnectionCheckSection } from './connection-check.tsx';
import { FirstCall } from './first-call.tsx';
import { Install } from './install.tsx';
import { KeyList } from './key-list.tsx';
import { ServerCards } from './server-cards.tsx';

/** The address, what to paste where, and the keys. */
export function ConnectScreen({ slug }: { slug: string }) {
  const query = useProject(slug);
  const editable = useSession().data?.role !== 'viewer';
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
          <Install project={project} pin={pin} editable={editable} />
          <FirstCall project={slug} />
          {project.access === 'key' && <KeyList project={slug} />}
          <ClientList project={slug} />
          <div id="check" className="scroll-mt-24">
            <ConnectionCheckSection project={slug} release={pin} />
          </div>
          <ServerCards project={project} />
        </PageBody>
      )}
    </QueryView>
  );
}
