'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import { toast } from '#app/ui/toast.ts';
import { useKeepAsNew } from './keep-as-new.ts';
import { draftStorages, forgetDraft, keptDrafts } from './system/kept-draft.ts';

/** Of a workflow that is gone: what this browser kept of it unsaved can become a new one. Nothing where it kept none. */
export function LeftDraft({ project, workflow }: { project: string; workflow: string }) {
  const [storages] = useState(draftStorages);
  const [drafts] = useState(() => keptDrafts(storages, workflow, Date.now()));
  const keep = useKeepAsNew(project);
  const router = useRouter();
  const [draft] = drafts;
  if (!draft) return null;
  return (
    <section className="flex flex-col items-center gap-2 text-center">
      <p>
        This browser kept an unsaved draft of it: {draft.document.title || draft.document.name},{' '}
        {draft.document.nodes.length} steps.
      </p>
      <Button
        variant="primary"
        busy={keep.isPending}
        onClick={() =>
          keep.mutate(draft.document, {
            onError: (error) => void toast.error(error.message),
            onSuccess: ({ id }) => {
              forgetDraft(storages, workflow, draft.window);
              router.push(`/projects/${project}/workflows/${id}`);
            },
          })
        }
      >
        Keep it as a new workflow
      </Button>
    </section>
  );
}
