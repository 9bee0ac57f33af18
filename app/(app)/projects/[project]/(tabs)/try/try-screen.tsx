'use client';

import { FlaskConical, RefreshCw } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import type { Project } from '#app/data/types.ts';
import { useProject } from '#app/data/use-project.ts';
import { useReleases } from '#app/data/use-releases.ts';
import { useToolsets } from '#app/data/use-toolsets.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { type ClientChoice, ClientChoiceFields } from '#app/try/client-choice.tsx';
import { type Abilities, ERAS } from '#app/try/mcp-client.ts';
import { OfferList } from '#app/try/offer-list.tsx';
import { OfferScreen } from '#app/try/offer-screen.tsx';
import { useOffers } from '#app/try/use-offers.ts';
import { WireSection } from '#app/try/wire-section.tsx';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { QueryView } from '#app/ui/query-view.tsx';

/** Plays a client of the project: what it sees, and what it gets. The address holds what is chosen. */
export function TryScreen({ slug }: { slug: string }) {
  const project = useProject(slug);
  return (
    <QueryView query={project} what="the project">
      {(data) => <LoadedTry project={data} />}
    </QueryView>
  );
}

const ALL: Abilities = { elicitation: true, sampling: true, roots: true };

function LoadedTry({ project }: { project: Project }) {
  const { slug, resultBudget } = project;
  const search = useSearchParams();
  const [abilities, setAbilities] = useState(ALL);
  const choice: ClientChoice = { ...readChoice(search), abilities };
  const releases = useReleases(slug).data?.items ?? [];
  const toolsets = useToolsets(slug).data?.items ?? [];
  const { client, offers, messages, clear } = useOffers(slug, choice);
  const items = offers.data?.items ?? [];
  const chosen = items.find(({ id }) => id === search.get('item')) ?? items[0] ?? null;
  const change = ({ era, release, toolset, abilities: able }: ClientChoice): void => {
    setAbilities(able);
    put({
      era: era === ERAS[0] ? null : era,
      release: release === null ? null : String(release),
      toolset,
    });
  };
  return (
    <PageBody
      title="Try it"
      description="Plays a client: what it sees, and what it gets. Calls are real, and run what is published."
      actions={
        <Button busy={offers.isFetching} onClick={() => void offers.refetch()}>
          <RefreshCw /> Connect again
        </Button>
      }
    >
      <div className="flex min-w-0 flex-col gap-6 md:flex-row">
        <aside className="flex w-full shrink-0 flex-col gap-4 md:w-64">
          {offers.data && (
            <OfferList items={items} chosen={chosen?.id ?? null} onChoose={(id) => put({ item: id })} />
          )}
          <Drafts project={slug} />
          <ClientChoiceFields choice={choice} releases={releases} toolsets={toolsets} onChange={change} />
        </aside>
        <div className="min-w-0 flex-1">
          <QueryView query={offers} what="what the project offers">
            {() =>
              chosen ? (
                <OfferScreen
                  key={`${chosen.id} ${JSON.stringify(choice)}`}
                  project={slug}
                  offer={chosen}
                  client={client}
                  budget={resultBudget}
                />
              ) : (
                <Nothing project={slug} toolset={choice.toolset} />
              )
            }
          </QueryView>
        </div>
      </div>
      <WireSection messages={messages} onClear={clear} />
    </PageBody>
  );
}

function Nothing({ project, toolset }: { project: string; toolset: string | null }) {
  if (toolset !== null) {
    return (
      <EmptyState
        icon={FlaskConical}
        title="Nothing of this toolset is published"
        action={
          <Button asChild variant="primary">
            <Link href={`/projects/${project}/connect`}>Open the toolsets</Link>
          </Button>
        }
      >
        A client that connects at its address finds nothing. Choose other workflows for it, or publish them.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={FlaskConical}
      title="Nothing is published yet"
      action={
        <Button asChild variant="primary">
          <Link href={`/projects/${project}`}>Open the workflows</Link>
        </Button>
      }
    >
      A client that connects finds no tools. Publish a workflow, and it is here to try.
    </EmptyState>
  );
}

/** Drafts are not offered: where they are, and what to do. */
function Drafts({ project }: { project: string }) {
  const drafts = (useWorkflows(project).data?.items ?? []).filter(({ liveVersion }) => liveVersion === null);
  if (drafts.length === 0) return null;
  return (
    <div className="flex flex-col gap-1 px-2 text-12 text-muted">
      <p>Not published, so not here:</p>
      <ul className="flex flex-col gap-0.5">
        {drafts.slice(0, MOST_DRAFTS).map(({ id, name }) => (
          <li key={id}>
            <Link
              href={`/projects/${project}/workflows/${id}`}
              className="font-mono text-accent-ink underline-offset-2 hover:underline"
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
      {drafts.length > MOST_DRAFTS && <p>and {drafts.length - MOST_DRAFTS} more</p>}
    </div>
  );
}

const MOST_DRAFTS = 5;

/** What the address asks for; what it cannot mean is left out. */
function readChoice(search: URLSearchParams): Pick<ClientChoice, 'era' | 'release' | 'toolset'> {
  const release = /^[1-9]\d{0,8}$/.exec(search.get('release') ?? '')?.[0];
  return {
    era: ERAS.find((era) => era === search.get('era')) ?? ERAS[0],
    release: release === undefined ? null : Number(release),
    toolset: search.get('toolset') || null,
  };
}

/** Writes into the address without going anywhere; null takes out. */
function put(members: Record<string, string | null>): void {
  const address = new URL(window.location.href);
  for (const [name, value] of Object.entries(members)) {
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  window.history.replaceState(null, '', address);
}
