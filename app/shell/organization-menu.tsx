'use client';

import { Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Session } from '#app/data/types.ts';
import { useCreateOrganization, useSwitchOrganization } from '#app/data/use-organizations.ts';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';

/** Which of one's organizations is shown, and a new one. */
export function OrganizationMenu({ session }: { session: Session }) {
  const router = useRouter();
  const change = useSwitchOrganization();
  const [making, setMaking] = useState(false);
  const { organization, organizations } = session;
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger
          aria-label={`${initial(organization.name)}: ${organization.name}, switch organization`}
          className="grid size-8 place-items-center rounded-md border border-line bg-raised text-12 font-semibold text-ink hover:bg-hover"
        >
          {initial(organization.name)}
        </DropdownMenuTrigger>
        <DropdownMenuContent side="right" align="start">
          <DropdownMenuLabel>Organization</DropdownMenuLabel>
          <DropdownMenuRadioGroup
            value={organization.id}
            onValueChange={(id) => {
              if (id === organization.id) return;
              change.mutate(id, {
                onSuccess: () => router.push('/projects'),
                onError: (error) => toast.error(error.message),
              });
            }}
          >
            {organizations.map(({ id, name, role }) => (
              <DropdownMenuRadioItem key={id} value={id}>
                {name} <span className="text-muted">· {role}</span>
              </DropdownMenuRadioItem>
            ))}
          </DropdownMenuRadioGroup>
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={() => setMaking(true)}>
            <Plus /> New organization
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {making && <NewOrganization onClose={() => setMaking(false)} />}
    </>
  );
}

function NewOrganization({ onClose }: { onClose(): void }) {
  const router = useRouter();
  const create = useCreateOrganization();
  const [name, setName] = useState('');
  return (
    <FormDialog
      onClose={onClose}
      title="New organization"
      description="Holds projects of its own. You are its owner, and can invite others."
      action="Create organization"
      busy={create.isPending}
      onSubmit={() =>
        create.mutate(name.trim(), {
          onSuccess: () => {
            onClose();
            router.push('/projects');
          },
        })
      }
    >
      <TextField label="Name" required autoFocus maxLength={120} value={name} onValueChange={setName} />
      {create.error && <FieldMessage severity="error" message={create.error.message} />}
    </FormDialog>
  );
}

function initial(name: string): string {
  return name.trim().charAt(0).toUpperCase() || '?';
}
