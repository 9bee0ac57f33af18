'use client';

import { AppWindow, Globe, Monitor, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Consent } from '#app/data/grant-types.ts';
import { useAnswerConsent } from '#app/data/use-consent.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { SignedInAs } from './signed-in-as.tsx';
import { ToolChoice } from './tool-choice.tsx';

/** What of the tools the app gets. */
type Given = 'all' | 'reading' | 'chosen';

const MEANING: Record<Given, string> = {
  all: 'Every tool, also those that are added later.',
  reading: 'Every tool that changes nothing, also those that are added later.',
  chosen: 'The tools below that are ticked, and none that are added later.',
};

/** Where the app does not ask for everything. */
const ALL_ASKED = 'Everything that it asks for: what is ticked below.';

export interface ConsentFormProps {
  request: string;
  consent: Consent & { project: NonNullable<Consent['project']> };
  /** The browser was sent on; an app on this computer may leave this page open. */
  onLeft(how: 'allowed' | 'refused'): void;
}

/** Who asks, where the answer goes, as whom, and for which tools. */
export function ConsentForm({ request, consent, onLeft }: ConsentFormProps) {
  const { client, project, person, tools, readOnlyAsked, proof } = consent;
  const answer = useAnswerConsent();
  const asked = tools.filter((tool) => tool.asked).map(({ name }) => name);
  const [given, setGiven] = useState<Given>(readOnlyAsked ? 'reading' : 'all');
  const [chosen, setChosen] = useState<readonly string[]>(asked);

  const send = (allow: boolean) => {
    const choice =
      given === 'chosen' ? { tools: [...chosen] } : { tools: null, readOnly: given === 'reading' };
    answer.mutate(
      { request, proof, allow, ...(allow ? choice : {}) },
      {
        onSuccess: ({ redirectTo }) => {
          onLeft(allow ? 'allowed' : 'refused');
          window.location.assign(redirectTo);
        },
      },
    );
  };

  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        send(true);
      }}
    >
      <header className="flex flex-col gap-1">
        <h1 className="break-words font-semibold text-20">
          Let {client.name} use {project.name}?
        </h1>
        <SignedInAs person={person} />
      </header>
      <Destination client={client} />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-13">
        <Fact name="Project">
          {project.name}, of {project.organization}
        </Fact>
        <Fact name="Address">
          <span className="font-mono text-12">{project.address}</span>
        </Fact>
        {project.toolset && <Fact name="Toolset">{project.toolset}</Fact>}
        <Fact name="Who asks">
          {client.documentHost
            ? `${client.name}, as ${client.documentHost} says`
            : `It calls itself ${client.name}; nobody has checked that`}
        </Fact>
        {client.uri && (
          <Fact name="Its page">
            <span className="font-mono text-12">{client.uri}</span>
          </Fact>
        )}
      </dl>
      <section aria-label="Tools" className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h2 className="font-medium text-14">What it may use</h2>
          <Segmented<Given>
            label="What it may use"
            value={given}
            onValueChange={setGiven}
            options={[
              { value: 'all', label: 'Everything', disabled: readOnlyAsked },
              { value: 'reading', label: 'Only what reads' },
              { value: 'chosen', label: 'What I choose' },
            ]}
          />
        </div>
        <p className="text-12 text-muted">
          {given === 'all' && asked.length < tools.length ? ALL_ASKED : MEANING[given]}
        </p>
        <ToolChoice
          tools={tools}
          given={tools
            .filter(({ name, reads, asked: wanted }) => {
              if (given === 'chosen') return chosen.includes(name);
              return wanted && (given === 'all' || reads);
            })
            .map(({ name }) => name)}
          onChange={given === 'chosen' ? setChosen : null}
        />
      </section>
      {answer.error && <FieldMessage severity="error" message={answer.error.message} />}
      <div className="flex gap-2">
        <Button
          type="submit"
          variant="primary"
          size="large"
          busy={answer.isPending}
          disabled={given === 'chosen' && chosen.length === 0}
        >
          Allow
        </Button>
        <Button size="large" disabled={answer.isPending} onClick={() => send(false)}>
          Cancel
        </Button>
      </div>
      <p className="text-12 text-muted">
        The app acts in your name, with no more than you may do yourself. You can shut it out at any time
        under Account, Connected apps.
      </p>
    </form>
  );
}

const PLACES = {
  website: { icon: Globe, words: 'The website that gets the answer' },
  computer: { icon: Monitor, words: 'A program on this computer gets the answer' },
  app: { icon: AppWindow, words: 'The app that opens addresses of this kind gets the answer' },
} as const;

/** Where the answer goes: the one thing here that an app cannot make up. */
function Destination({ client: { name, place, localOnly } }: Pick<Consent, 'client'>) {
  const { icon: Icon, words } = PLACES[place.kind];
  return (
    <section
      aria-label="Where the answer goes"
      className="flex flex-col gap-2 rounded-md border border-line bg-surface p-4"
    >
      <p className="text-12 text-muted">{words}</p>
      <p className="flex items-center gap-2 font-mono font-semibold text-20">
        <Icon aria-hidden className="size-5 shrink-0 text-muted" strokeWidth={1.5} />
        <span className="min-w-0 break-all">{place.kind === 'app' ? `${place.host}:` : place.host}</span>
      </p>
      {place.kind !== 'website' && (
        <p className="flex gap-2 text-13">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning-ink" />
          <span>
            {localOnly || place.kind === 'computer'
              ? 'Any program on this computer'
              : 'Any app on this device'}{' '}
            could call itself {name}. Allow it only if you began this yourself, just now.
          </span>
        </p>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
