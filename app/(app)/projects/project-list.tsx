'use client';

import { FolderOpen, Plus } from 'lucide-react';
import { useState } from 'react';
import { ACCESS_NAMES } from '#app/connect/access-words.ts';
import type { Project } from '#app/data/types.ts';
import { useProjects } from '#app/data/use-projects.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { useAskedFor } from '#app/shell/use-asked-for.ts';
import { useSort } from '#app/shell/use-sort.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { CopyButton } from '#app/ui/copy-button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { Input } from '#app/ui/input.tsx';
import { count, number } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { SortedColumns } from '#app/ui/sorted-columns.tsx';
import { Table, TableBody, TableCell, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';
import { ImportProjectButton } from './import-project-button.tsx';
import { NewProjectDialog } from './new-project-dialog.tsx';

/** All projects of the organization: one MCP server each. */
export function ProjectList() {
  const refusal = useRefusal('editor');
  const projects = useProjects();
  const [making, setMaking] = useAskedFor('project');
  const [filter, setFilter] = useState('');

  return (
    <PageBody
      title="Projects"
      description="Each project is one MCP server at one address. Its published workflows are the tools."
      actions={
        <>
          {refusal === null && <ImportProjectButton />}
          <Button
            variant="primary"
            disabled={refusal !== null}
            title={refusal ?? undefined}
            onClick={() => setMaking(true)}
          >
            <Plus /> New project
          </Button>
        </>
      }
    >
      {refusal !== null && <Refusal>{refusal}</Refusal>}
      <QueryView query={projects} what="the projects">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon={FolderOpen}
              title="No projects yet"
              action={
                <Button variant="primary" disabled={refusal !== null} onClick={() => setMaking(true)}>
                  Make the first project
                </Button>
              }
            >
              A project holds workflows and serves them to Claude, Cursor and other MCP clients.
            </EmptyState>
          ) : (
            <Section
              title={count(items.length, 'project')}
              actions={
                <Input
                  aria-label="Filter projects"
                  placeholder="Filter"
                  className="w-48"
                  value={filter}
                  onChange={(event) => setFilter(event.target.value)}
                />
              }
            >
              <ProjectTable projects={items.filter((project) => matches(project, filter))} />
            </Section>
          )
        }
      </QueryView>
      <NewProjectDialog open={making} onOpenChange={setMaking} />
    </PageBody>
  );
}

/** Whether name or address holds what was typed. */
function matches({ name, slug }: Project, filter: string): boolean {
  return `${name} ${slug}`.toLowerCase().includes(filter.toLowerCase());
}

const COLUMNS = [
  { by: 'name', name: 'Name' },
  { by: 'address', name: 'Address' },
  { by: 'workflows', name: 'Workflows', numeric: true },
  { by: 'access', name: 'Access' },
  { by: 'changed', name: 'Changed' },
] as const;

function ProjectTable({ projects }: { projects: readonly Project[] }) {
  const { rows, sort, onSort } = useSort(projects, {
    usual: { by: 'name', down: false },
    values: {
      name: ({ name }: Project) => name,
      address: ({ slug }: Project) => slug,
      workflows: ({ workflowCount }: Project) => workflowCount,
      access: ({ access }: Project) => access,
      changed: ({ updatedAt }: Project) => updatedAt,
    },
  });
  if (projects.length === 0) return <p className="p-4 text-muted">No project matches.</p>;
  return (
    <Table>
      <SortedColumns columns={COLUMNS} sort={sort} onSort={onSort} />
      <TableBody>
        {rows.map((project) => (
          <TableRow key={project.id}>
            <TableCell>
              <TableLink href={`/projects/${project.slug}`}>{project.name}</TableLink>
            </TableCell>
            <TableCell>
              <span className="relative z-1 inline-flex items-center gap-1 font-mono text-12 text-muted">
                {project.mcpUrl}
                <CopyButton value={project.mcpUrl} label={`Copy the address of ${project.name}`} />
              </span>
            </TableCell>
            <TableCell className="text-right tabular-nums">{number(project.workflowCount)}</TableCell>
            <TableCell>
              <Badge tone={project.access === 'public' ? 'warning' : 'outline'}>
                {ACCESS_NAMES[project.access]}
              </Badge>
            </TableCell>
            <TableCell className="text-muted">
              <RelativeTime at={project.updatedAt} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
