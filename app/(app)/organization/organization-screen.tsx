'use client';

import { useState } from 'react';
import type { Session } from '#app/data/types.ts';
import { useOrganization } from '#app/data/use-organization.ts';
import { useRenameOrganization } from '#app/data/use-rename-organization.ts';
import { useSession } from '#app/data/use-session.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';
import { CeilingSection } from './ceiling-section.tsx';
import { LeaveSection } from './leave-section.tsx';
import { SystemSection } from './system-section.tsx';

/** The organization: its name, how much it may be called, and what it runs on. */
export function OrganizationScreen() {
  const organization = useOrganization();
  const session = useSession();
  return (
    <QueryView query={organization} what="the organization">
      {({ name }) => (
        <PageBody title="Organization" description="Holds your projects.">
          <NameSection key={name} name={name} role={session.data?.role ?? 'viewer'} />
          <CeilingSection />
          <SystemSection />
          {session.data && <LeaveSection session={session.data} />}
        </PageBody>
      )}
    </QueryView>
  );
}

function NameSection({ name, role }: { name: string; role: Session['role'] }) {
  const rename = useRenameOrganization();
  const [wanted, setWanted] = useState(name);
  const mayRename = role === 'owner' || role === 'admin';
  return (
    <Section title="Name">
      <form
        className="flex max-w-160 flex-col items-start gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(wanted.trim(), {
            onSuccess: () =>
              toast.success(`The organization is called ${wanted.trim()} now`, {
                action: { label: 'Undo', onClick: () => rename.mutate(name) },
              }),
          });
        }}
      >
        <div className="w-full">
          <TextField
            label="Name of the organization"
            description={mayRename ? undefined : 'Owners and admins change it.'}
            error={rename.error?.message}
            required
            maxLength={120}
            readOnly={!mayRename}
            value={wanted}
            onValueChange={setWanted}
          />
        </div>
        {mayRename && (
          <Button
            type="submit"
            busy={rename.isPending}
            disabled={wanted.trim() === '' || wanted.trim() === name}
          >
            Save name
          </Button>
        )}
      </form>
    </Section>
  );
}
