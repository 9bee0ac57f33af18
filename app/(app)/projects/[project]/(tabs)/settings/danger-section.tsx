'use client';

import { Download } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Usage } from '#app/data/settings-types.ts';
import type { Project } from '#app/data/types.ts';
import { useDeleteProject } from '#app/data/use-delete-project.ts';
import { useExportProject } from '#app/data/use-export-project.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useUsage } from '#app/data/use-usage.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { bytes, count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import { download } from '../download.ts';
import { TransferRow } from './transfer-row.tsx';

/** Take the project along, move it to another organization, or delete it. */
export function DangerSection({ project }: { project: Project }) {
  const router = useRouter();
  const refusal = useRefusal('admin');
  const usage = useUsage(project.slug);
  const remove = useDeleteProject(project.slug);
  const [asking, setAsking] = useState(false);
  return (
    <Section id="danger" title="Export, move, delete">
      <div className="flex items-center justify-between gap-4 border-b border-line p-4">
        <span className="min-w-0">
          <span className="block font-medium">Export</span>
          <span className="text-12 text-muted">
            Workflows, tests and settings as one file. Secrets, keys and runs are not in it. As a folder for
            git:{' '}
            <code>
              npm run patchbay -- export {project.slug} ./{project.slug}
            </code>
          </span>
        </span>
        <ExportButton slug={project.slug} />
      </div>
      <TransferRow project={project} />
      <div className="flex items-center justify-between gap-4 p-4">
        <span className="min-w-0">
          <span className="block font-medium">Delete</span>
          <span className="text-12 text-muted">
            The project and all that is in it. Clients are refused at once. This cannot be undone.
          </span>
          {refusal && <Refusal>{refusal}</Refusal>}
        </span>
        <Button variant="danger" disabled={refusal !== null} onClick={() => setAsking(true)}>
          Delete project
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete the project ${project.name}?`}
        description="All of this is lost, and the address stops answering. It cannot be undone."
        action="Delete project"
        mustType={project.name}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(undefined, {
            onSuccess: () => {
              toast.success(`${project.name} is deleted`);
              router.replace('/projects');
            },
            onError: (error) => toast.error(error.message),
          })
        }
      >
        {usage.data && (
          <ul className="list-disc pl-4">
            {lossesOf(usage.data).map((loss) => (
              <li key={loss}>{loss}</li>
            ))}
          </ul>
        )}
        <div className="mt-3 flex items-center justify-between gap-2 rounded-md bg-sunken px-3 py-2">
          <span className="text-12">Keep a copy of its workflows first.</span>
          <ExportButton slug={project.slug} />
        </div>
      </ConfirmDialog>
    </Section>
  );
}

/** What there is, in words; what there is none of is left out. */
function lossesOf(usage: Usage): string[] {
  const workflows = `${count(usage.workflows, 'workflow')}, ${usage.published} published`;
  const documents = `${count(usage.documents, 'document')} (${bytes(usage.documentBytes)}) in ${count(usage.bases, 'knowledge base')}`;
  const losses: [number, string][] = [
    [usage.workflows, workflows],
    [usage.runs, `${count(usage.runs, 'run')} with what they got and gave`],
    [usage.bases, documents],
    [usage.keys, `${count(usage.keys, 'API key')}: clients with them are refused`],
    [usage.connections, `${count(usage.connections, 'connection')} with their secrets`],
    [usage.triggers, `${count(usage.triggers, 'trigger')}: schedules and webhooks`],
    [usage.tests, count(usage.tests, 'test')],
    [usage.storeEntries, count(usage.storeEntries, 'stored entry', 'stored entries')],
  ];
  const present = losses.filter(([amount]) => amount > 0).map(([, words]) => words);
  return present.length === 0 ? ['Nothing but its settings: it is empty'] : present;
}

function ExportButton({ slug }: { slug: string }) {
  const read = useExportProject(slug);
  return (
    <Button
      busy={read.isPending}
      onClick={() =>
        read.mutate(undefined, {
          onSuccess: ({ files }) => download(`${slug}.patchbay.json`, JSON.stringify({ files }, null, 2)),
          onError: (error) => toast.error(error.message),
        })
      }
    >
      <Download /> Export as JSON
    </Button>
  );
}
