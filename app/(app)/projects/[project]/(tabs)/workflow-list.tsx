'use client';

import { MoreHorizontal, Plus, Workflow as WorkflowIcon } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { WorkflowSummary } from '#app/data/types.ts';
import { useDeleteWorkflow } from '#app/data/use-delete-workflow.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useRole } from '#app/data/use-role.ts';
import { useWorkflowFile } from '#app/data/use-shared.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { type Pasting, ProjectDoors } from '#app/doors/project-doors.tsx';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { useAskedFor } from '#app/shell/use-asked-for.ts';
import { useSort } from '#app/shell/use-sort.ts';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { SortedColumns } from '#app/ui/sorted-columns.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';
import { toast } from '#app/ui/toast.ts';
import { download } from './download.ts';
import { ImportWorkflowDialog } from './import-workflow-dialog.tsx';
import { NewWorkflowDialog } from './new-workflow-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';

const KINDS: Record<WorkflowSummary['kind'], string> = {
  tool: 'Tool',
  resource: 'Resource',
  prompt: 'Prompt',
};

/** The workflows of a project: each published one is a tool, a resource or a prompt at its address. */
export function WorkflowList({ project }: { project: string }) {
  const workflows = useWorkflows(project);
  const [making, setMaking] = useAskedFor('workflow');
  const [pasting, setPasting] = useState<Pasting>(null);
  const [importing, setImporting] = useState(false);
  const editable = useRole() !== 'viewer';
  const refusal = useRefusal('editor');
  const empty = workflows.data?.items.length === 0;
  const make = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      <Plus /> New workflow
    </Button>
  );
  return (
    <PageBody
      title="Workflows"
      description="Draw one, press Publish, and it is a tool, a resource or a prompt at the address above."
      actions={
        editable && (
          <>
            <Button onClick={() => setImporting(true)}>Import a workflow</Button>
            <Button asChild>
              <Link href={`/projects/${project}/import`}>Import an API</Link>
            </Button>
            {make}
          </>
        )
      }
    >
      {refusal !== null && <Refusal>{refusal}</Refusal>}
      {editable && <ProjectDoors project={project} shown={empty} pasting={pasting} onPasting={setPasting} />}
      <QueryView query={workflows} what="the workflows">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon={WorkflowIcon}
              title="No workflows yet"
              action={
                editable && (
                  <Button onClick={() => setMaking(true)}>
                    <Plus /> Draw it yourself
                  </Button>
                )
              }
            >
              Begin with one of the ways above, or with an input and an output, and the steps between them.
            </EmptyState>
          ) : (
            <Section title={count(items.length, 'workflow')}>
              <WorkflowTable project={project} workflows={items} />
            </Section>
          )
        }
      </QueryView>
      {importing && <ImportWorkflowDialog project={project} onClose={() => setImporting(false)} />}
      <NewWorkflowDialog
        project={project}
        open={making}
        onOpenChange={setMaking}
        onPaste={() => {
          setMaking(false);
          setPasting('');
        }}
      />
    </PageBody>
  );
}

const COLUMNS = [
  { by: 'name', name: 'Name' },
  { by: 'kind', name: 'Kind' },
  { by: 'state', name: 'State' },
  { by: 'run', name: 'Last run' },
  { by: 'changed', name: 'Changed' },
] as const;

function WorkflowTable({ project, workflows }: { project: string; workflows: readonly WorkflowSummary[] }) {
  const router = useRouter();
  const remove = useDeleteWorkflow(project);
  const editable = useRefusal('editor') === null;
  const { rows, sort, onSort } = useSort(workflows, {
    usual: { by: 'name', down: false },
    values: {
      name: ({ name }: WorkflowSummary) => name,
      kind: ({ kind }: WorkflowSummary) => KINDS[kind],
      // Live ones first, by their number; drafts last.
      state: ({ liveVersion }: WorkflowSummary) => liveVersion,
      run: ({ lastRun }: WorkflowSummary) => lastRun?.at ?? null,
      changed: ({ updatedAt }: WorkflowSummary) => updatedAt,
    },
  });
  const [doomed, setDoomed] = useState<WorkflowSummary | null>(null);
  const [shared, setShared] = useState<WorkflowSummary | null>(null);
  const file = useWorkflowFile(project);
  return (
    <>
      <Table>
        <SortedColumns columns={COLUMNS} sort={sort} onSort={onSort} actions />
        <TableBody>
          {rows.map((workflow) => (
            <TableRow key={workflow.id}>
              <TableCell className="max-w-110">
                <TableLink
                  href={`/projects/${project}/workflows/${workflow.id}`}
                  className="font-mono text-12"
                >
                  {workflow.name}
                </TableLink>
                {workflow.description && (
                  <p className="truncate text-12 text-muted">{workflow.description}</p>
                )}
              </TableCell>
              <TableCell className="text-muted">{KINDS[workflow.kind]}</TableCell>
              <TableCell>
                <WorkflowState workflow={workflow} />
              </TableCell>
              <TableCell className="text-muted">
                {workflow.lastRun ? (
                  <span className="inline-flex items-center gap-2">
                    <Status status={workflow.lastRun.status} />
                    <RelativeTime at={workflow.lastRun.at} />
                  </span>
                ) : (
                  'Never'
                )}
              </TableCell>
              <TableCell className="text-muted">
                <RelativeTime at={workflow.updatedAt} />
              </TableCell>
              <TableCell className="w-10">
                <DropdownMenu>
                  <DropdownMenuTrigger asChild>
                    <IconButton label={`Actions for ${workflow.name}`} size="small" className="relative z-1">
                      <MoreHorizontal />
                    </IconButton>
                  </DropdownMenuTrigger>
                  <DropdownMenuContent align="end">
                    <DropdownMenuItem
                      onSelect={() => router.push(`/projects/${project}/workflows/${workflow.id}`)}
                    >
                      Open
                    </DropdownMenuItem>
                    {workflow.liveVersion !== null && workflow.kind !== 'resource' && (
                      <DropdownMenuItem
                        onSelect={() =>
                          router.push(`/projects/${project}/try?item=${workflow.kind}:${workflow.name}`)
                        }
                      >
                        Try it
                      </DropdownMenuItem>
                    )}
                    {editable && (
                      <DropdownMenuItem onSelect={() => setShared(workflow)}>
                        Share as template
                      </DropdownMenuItem>
                    )}
                    <DropdownMenuItem
                      onSelect={() =>
                        file.mutate(workflow.id, {
                          onSuccess: (content) =>
                            download(`${workflow.name}.workflow.json`, JSON.stringify(content, null, 2)),
                          onError: (error) => toast.error(error.message),
                        })
                      }
                    >
                      Download as file
                    </DropdownMenuItem>
                    {editable && (
                      <DropdownMenuItem danger onSelect={() => setDoomed(workflow)}>
                        Delete
                      </DropdownMenuItem>
                    )}
                  </DropdownMenuContent>
                </DropdownMenu>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {shared && <ShareDialog project={project} workflow={shared} onClose={() => setShared(null)} />}
      <ConfirmMutation
        mutation={remove}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Delete the workflow ${doomed?.name}?`}
        description={
          doomed?.liveVersion
            ? `Its ${doomed.kind} disappears from the address at once, and clients that use it will fail.`
            : 'Its draft and its versions are lost.'
        }
        action="Delete workflow"
      />
    </>
  );
}

/** Draft and live, in words. */
function WorkflowState({ workflow }: { workflow: WorkflowSummary }) {
  const { liveVersion, changedSinceLive, problems } = workflow;
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      {liveVersion === null ? (
        <Status status="draft">Draft</Status>
      ) : (
        <Status status="succeeded">{`Live: v${liveVersion}`}</Status>
      )}
      {liveVersion !== null && changedSinceLive && (
        <span className="whitespace-nowrap text-12 text-muted">draft has changes</span>
      )}
      {problems > 0 && <Status status="warning">{count(problems, 'problem')}</Status>}
    </span>
  );
}
