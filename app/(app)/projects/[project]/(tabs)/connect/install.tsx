'use client';

import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { type Snippet, snippetsFor } from '#app/connect/snippets.ts';
import type { Project, Toolset } from '#app/data/types.ts';
import { useCreateKey } from '#app/data/use-create-key.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Select } from '#app/ui/select.tsx';
import { Status } from '#app/ui/status.tsx';
import { pinnedUrl } from './address-section.tsx';

/** What to do in the client that somebody uses; a key for it is made in place, and stands in the text at once. */
export function Install({
  project,
  toolset,
  pin,
  editable,
}: {
  project: Project;
  /** Whose address it is; null for that of the whole project. */
  toolset: Toolset | null;
  pin: number | null;
  /** May make keys. */
  editable: boolean;
}) {
  const create = useCreateKey(project.slug);
  /** The key that was made for each client, for as long as this page is open. */
  const [keys, setKeys] = useState<Readonly<Record<string, string>>>({});
  const { access } = toolset ?? project;
  const target = {
    name: toolset ? `${project.slug}-${toolset.name}` : project.slug,
    url: pinnedUrl(project.mcpUrl, pin, toolset?.name),
    access,
  };
  const [chosen, setChosen] = useState(() => snippetsFor(target)[0]?.id ?? '');
  const key = keys[chosen];
  const snippets = snippetsFor({ ...target, ...(key !== undefined && { key }) });
  const snippet = snippets.find(({ id }) => id === chosen);

  const makeKey = ({ id, client }: Snippet): void =>
    create.mutate(
      { name: client, ...(toolset && { toolsets: [toolset.id] }) },
      { onSuccess: ({ secret }) => setKeys((before) => ({ ...before, [id]: secret })) },
    );

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
      {snippet && (
        <div className="flex flex-col items-start gap-3 p-4">
          {access === 'oauth' && <SignInNote snippet={snippet} />}
          {access !== 'public' && snippet.signsIn !== true && editable && key === undefined && (
            <div className="flex flex-wrap items-center gap-3">
              <Button variant="primary" busy={create.isPending} onClick={() => makeKey(snippet)}>
                <KeyRound /> Make a key for it
              </Button>
              <span className="text-12 text-muted">
                It is put into the text below. Or put one that you have where YOUR_API_KEY stands.
              </span>
            </div>
          )}
          {create.error && <FieldMessage severity="error" message={create.error.message} />}
          <ClientSnippet
            snippet={snippet}
            made={key}
            noKey={access === 'public' || snippet.signsIn === true}
          />
        </div>
      )}
    </Section>
  );
}

/** Which way in this client takes. */
function SignInNote({ snippet: { signsIn, client } }: { snippet: Snippet }) {
  return (
    <p className="text-12 text-muted">
      {signsIn === true
        ? `No key is needed: ${client} opens a page where you sign in and choose what it may do.`
        : `${client} does not sign in by itself: it sends an API key.`}
    </p>
  );
}

function ClientSnippet({
  snippet,
  made,
  noKey,
}: {
  snippet: Snippet;
  /** The key that was made for it. */
  made: string | undefined;
  /** It needs none. */
  noKey: boolean;
}) {
  const { steps, warning, links, code, client } = snippet;
  const inText = made !== undefined && code?.text.includes(made) === true;
  return (
    <>
      {made !== undefined && (
        <Status status="succeeded" className="whitespace-normal!">
          {inText
            ? 'The key is made, and stands in the text below. Copy it now: it is not shown again once you leave this page.'
            : 'The key is made. Copy it now: it is not shown again once you leave this page.'}
        </Status>
      )}
      {made !== undefined && !inText && <CodeBlock code={made} label={`API key for ${client}`} />}
      <p>{steps}</p>
      {warning && (
        <Status status="warning" className="whitespace-normal!">
          {warning}
        </Status>
      )}
      {links && (
        <div className="flex gap-2">
          {links.map(({ label, href }, index) => (
            <Button asChild key={label} {...(noKey && index === 0 && { variant: 'primary' })}>
              <a href={href}>{label}</a>
            </Button>
          ))}
        </div>
      )}
      {code && <CodeBlock code={code.text} label={`For ${client}`} />}
    </>
  );
}
