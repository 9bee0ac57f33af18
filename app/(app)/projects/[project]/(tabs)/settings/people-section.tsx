'use client';

import type { ProjectPerson, ProjectRole } from '#app/data/team-types.ts';
import { useOrganization } from '#app/data/use-organization.ts';
import { usePeople, useSetPerson, useSetPrivate } from '#app/data/use-people.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Badge } from '#app/ui/badge.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Select } from '#app/ui/select.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { toast } from '#app/ui/toast.ts';

const LABELS: Record<ProjectRole, string> = { admin: 'Admin', editor: 'Editor', viewer: 'Viewer' };

/** Who may do what in the project. */
export function PeopleSection({ project }: { project: string }) {
  const query = usePeople(project);
  const refusal = useRefusal('admin');
  const limit = useSetPrivate(project);
  return (
    <Section
      id="people"
      title="People"
      description="The role in the organization counts here too, unless the project gives somebody another one."
    >
      <QueryView query={query} what="the people">
        {({ private: isPrivate, people }) => (
          <>
            <div className="flex flex-col gap-2 border-b border-line p-4">
              <Changeable refusal={refusal}>
                {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is one */}
                <label className="flex items-center justify-between gap-4">
                  <span className="min-w-0">
                    <span className="block font-medium">Private</span>
                    <span className="text-12 text-muted">
                      Only those see it who have a role in this project, and owners and admins of the
                      organization.
                    </span>
                  </span>
                  <Switch
                    aria-label="Private"
                    checked={isPrivate}
                    disabled={limit.isPending}
                    onCheckedChange={(next) =>
                      limit.mutate(next, {
                        onSuccess: () =>
                          toast.success(
                            next ? 'The project is private now' : 'All members see the project now',
                          ),
                        onError: (error) => toast.error(error.message),
                      })
                    }
                  />
                </label>
              </Changeable>
            </div>
            <PeopleTable project={project} people={people} mayChange={refusal === null} />
          </>
        )}
      </QueryView>
    </Section>
  );
}

function PeopleTable({
  project,
  people,
  mayChange,
}: {
  project: string;
  people: ProjectPerson[];
  mayChange: boolean;
}) {
  return (
    <>
      <Table>
        <TableColumns names={['Name', 'Email', 'In the organization', 'In this project']} />
        <TableBody>
          {people.map((person) => (
            <TableRow key={person.userId}>
              <TableCell className="font-medium">{person.name}</TableCell>
              <TableCell>{person.email}</TableCell>
              <TableCell className="text-muted">{person.organizationRole}</TableCell>
              <TableCell>
                {mayChange && person.organizationRole !== 'owner' && person.organizationRole !== 'admin' ? (
                  <PersonRole project={project} person={person} />
                ) : (
                  <Badge tone="outline">{person.role}</Badge>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {mayChange && <AddPerson project={project} people={people} />}
    </>
  );
}

function PersonRole({ project, person }: { project: string; person: ProjectPerson }) {
  const set = useSetPerson(project);
  return (
    <Select
      aria-label={`Role of ${person.name} in this project`}
      size="small"
      className="w-44"
      disabled={set.isPending}
      value={person.projectRole ?? 'same'}
      onValueChange={(role) =>
        set.mutate(
          { user: person.userId, role: role === 'same' ? null : role },
          {
            onSuccess: () => toast.success(`The role of ${person.name} is changed`),
            onError: (error) => toast.error(error.message),
          },
        )
      }
      options={[
        { value: 'same' as const, label: 'As in the organization' },
        ...(['admin', 'editor', 'viewer'] as const).map((value) => ({ value, label: LABELS[value] })),
      ]}
    />
  );
}

/** Members who do not see the project yet: of a private one. */
function AddPerson({ project, people }: { project: string; people: ProjectPerson[] }) {
  const organization = useOrganization();
  const set = useSetPerson(project);
  const known = new Set(people.map(({ userId }) => userId));
  const others = organization.data?.members.filter(({ userId }) => !known.has(userId)) ?? [];
  if (others.length === 0) return null;
  return (
    <div className="border-t border-line p-4">
      <Select
        aria-label="Let in a member"
        className="w-60"
        value={undefined}
        placeholder="Let in a member as viewer"
        disabled={set.isPending}
        onValueChange={(user) =>
          set.mutate(
            { user, role: 'viewer' },
            {
              onSuccess: () => toast.success('They see the project now'),
              onError: (error) => toast.error(error.message),
            },
          )
        }
        options={others.map(({ userId, name }) => ({ value: userId, label: name }))}
      />
    </div>
  );
}
