'use client';

import type { ReactNode } from 'react';
import type { System } from '#app/data/settings-types.ts';
import { useSystem } from '#app/data/use-system.ts';
import { Section } from '#app/shell/page-body.tsx';
import { bytes } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Status } from '#app/ui/status.tsx';
import { productionChecks } from './production-checks.ts';

/** What each wall is, in words. */
const WALLS: Readonly<Record<string, string>> = {
  process: 'a process of their own',
  isolate: 'an isolate',
  jitless: 'no compiling at run time',
  'memory watch': 'a watch on memory',
  permissions: 'Node’s permission model',
  rlimits: 'limits of the kernel',
  namespaces: 'namespaces without a network',
  nobody: 'a user without rights',
  seccomp: 'a filter of system calls',
};

/** Walls around user code, by number (docs/sandbox.md). */
const STRONG_WALLS = 2;

/** What the server is, and how it is run. */
export function SystemSection() {
  const system = useSystem();
  return (
    <Section id="system" title="System" description="The server that all of this runs on.">
      <QueryView query={system} what="the facts about the system">
        {(facts) => (
          <>
            <Facts system={facts} />
            {facts.operation && <Production system={facts} />}
          </>
        )}
      </QueryView>
    </Section>
  );
}

function Facts({ system: { version, database, sandbox, operation } }: { system: System }) {
  return (
    <dl className="grid grid-cols-[10rem_1fr] gap-x-4 gap-y-2 p-4">
      <Fact name="Version">{version}</Fact>
      <Fact name="Database">
        {operation?.databaseVersion ?? (database === 'sqlite' ? 'SQLite' : 'PostgreSQL')}
      </Fact>
      <Fact name="Code steps run behind">
        {sandbox.level < STRONG_WALLS && (
          <Status status="warning" className="whitespace-normal!">
            Level {sandbox.level} of 3: this machine lacks some of the walls.
          </Status>
        )}
        {sandbox.layers.map((layer) => WALLS[layer] ?? layer).join(', ')}
      </Fact>
      {operation && (
        <>
          <Fact name="Public address">
            <code className="break-all">{operation.publicUrl}</code>
          </Fact>
          <Fact name="Steps may reach">
            Public addresses
            {operation.egressAllow.length > 0 && (
              <>
                , and <code className="break-all">{operation.egressAllow.join(', ')}</code>
              </>
            )}
          </Fact>
          <Fact name="Secrets are sealed with">
            {operation.encryptionKey === 'environment'
              ? 'ENCRYPTION_KEY'
              : 'encryption.key in the data folder'}
          </Fact>
          <Fact name="Storage">
            Database {bytes(operation.storage.databaseBytes)}, documents{' '}
            {bytes(operation.storage.documentBytes)}; {bytes(operation.storage.freeBytes)} free on the data
            folder’s disk
          </Fact>
        </>
      )}
    </dl>
  );
}

/** What others can rely on, and what is missing for that. */
function Production({ system }: { system: System }) {
  const checks = productionChecks(system);
  const missing = checks.filter(({ ok }) => !ok).length;
  return (
    <div className="border-t border-line p-4">
      <h3 className="font-medium">
        {missing === 0 ? 'Ready for production' : `Missing for production: ${missing} of ${checks.length}`}
      </h3>
      <ul className="mt-2 flex flex-col gap-2">
        {checks.map(({ ok, seen, todo }) => (
          <li key={seen}>
            <Status
              status={ok ? 'succeeded' : 'warning'}
              className="items-start whitespace-normal! [&>svg]:mt-0.5"
            >
              {seen}
            </Status>
            {todo && <p className="pl-4.5 text-12 text-muted">{todo}</p>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
