'use client';

import { Download } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Project } from '#app/data/types.ts';
import { useDeleteProject } from '#app/data/use-delete-project.ts';
import { useExportProject } from '#app/data/use-export-project.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { toast } from '#app/ui/toast.ts';

/** Take the project along, or delete it. */
export function DangerSection({ project }: { project: Project }) {
  const router = useRouter();
  const read = useExportProject(project.slug);
  const remove = useDeleteProject(project.slug);
  const [asking, setAsking] = useState(false);
  return (
    <Section title="Export and delete">
      <div className="flex flex-wrap items-center gap-3 p-4">
        <Button
          busy={read.isPending}
          onClick={() =>
            read.mutate(undefined, {
              onSuccess: ({ files }) =>
                download(`${project.slug}.patchbay.json`, JSON.stringify({ files }, null, 2)),
              onError: (error) => toast.error(error.message),
            })
          }
        >
          <Download /> Export as JSON
        </Button>
        <span className="text-12 text-muted">
          As a folder for git:{' '}
          <code>
            npm run patchbay -- export {project.slug} ./{project.slug}
          </code>
        </span>
        <span className="flex-1" />
        <Button variant="danger" onClick={() => setAsking(true)}>
          Delete project
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete the project ${project.name}?`}
        description="Its workflows, versions, keys, documents and runs are lost, and its address stops answering."
        action="Delete project"
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(undefined, {
            onSuccess: () => router.replace('/projects'),
            onError: (error) => toast.error(error.message),
          })
        }
      />
    </Section>
  );
}

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
