'use client';

import Link from 'next/link';
import { SHORTCUTS } from '#app/canvas/system/shortcuts.ts';
import { useKeyCaps } from '#app/canvas/use-key-caps.ts';
import { useProjects } from '#app/data/use-projects.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { useCommandPalette } from '#app/shell/use-command-palette.ts';
import { Button } from '#app/ui/button.tsx';
import { Kbd } from '#app/ui/kbd.tsx';

const TASKS: { path: string; title: string; how: string }[] = [
  {
    path: '',
    title: 'Make a tool',
    how: 'New workflow: paste a cURL command, start from a template, or draw.',
  },
  { path: '/import', title: 'Make tools of an API', how: 'Give its OpenAPI document and choose operations.' },
  { path: '/try', title: 'Try a tool', how: 'Play a client: see what it sees, and call what is published.' },
  { path: '/connect', title: 'Connect a client', how: 'Copy the address or the command, and make a key.' },
  {
    path: '/runs',
    title: 'See what went wrong',
    how: 'Every run with its steps; replay one, or save it as a test.',
  },
  { path: '/knowledge', title: 'Let a tool look things up', how: 'Upload documents and add a look-up step.' },
  {
    path: '/settings#connections',
    title: 'Keep a token',
    how: 'Connections hold secrets and send them only to their hosts.',
  },
];

/** Where things are, what the keyboard can do, and what there is for programs. */
export function HelpScreen() {
  const keyCaps = useKeyCaps();
  const { show } = useCommandPalette();
  const first = useProjects().data?.items[0];
  return (
    <PageBody
      title="Help"
      description="Every page, project, workflow and run is one command away."
      actions={
        <Button variant="primary" onClick={() => show(true)}>
          Open the commands <span className="font-normal">{keyCaps('mod+k')}</span>
        </Button>
      }
    >
      {first && (
        <Section title={`How to, in ${first.name}`}>
          <ul className="divide-y divide-line">
            {TASKS.map(({ path, title, how }) => (
              <li key={title} className="px-4 py-2">
                <Link
                  href={`/projects/${first.slug}${path}`}
                  className="font-medium text-accent-ink underline-offset-2 hover:underline"
                >
                  {title}
                </Link>
                <p className="text-muted">{how}</p>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="Keyboard" description="On the canvas; the commands are on every page.">
        <dl className="grid grid-cols-1 gap-x-8 px-4 py-2 sm:grid-cols-2">
          {SHORTCUTS.map(({ command, words, keys }) => (
            <div key={command} className="flex h-8 items-center justify-between gap-3">
              <dt>{words}</dt>
              <dd>
                <Kbd>{keyCaps(keys[0] ?? '')}</Kbd>
              </dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="For programs">
        <div className="flex flex-col gap-2 p-4">
          <p>
            All that this app does it does over its HTTP API, described at{' '}
            <a
              href="/api/v1/openapi.json"
              target="_blank"
              rel="noreferrer"
              className="text-accent-ink underline underline-offset-2"
            >
              /api/v1/openapi.json
            </a>
            .
          </p>
          <p>
            The documentation comes with the program: begin with <code>docs/README.md</code> in its folder.
          </p>
        </div>
      </Section>
    </PageBody>
  );
}
