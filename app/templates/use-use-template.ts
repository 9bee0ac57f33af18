'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { keepInput } from '#app/canvas/system/kept-input.ts';
import { answerAs, api, done } from '#app/data/api.ts';
import { queryKeys } from '#app/data/query-keys.ts';
import type { Template, Workflow } from '#app/data/types.ts';
import { useAddTemplate } from '#app/data/use-add-template.ts';
import { isUntouched } from '#app/doors/untouched.ts';
import { toast } from '#app/ui/toast.ts';
import { kinds } from '#lib/nodes/index.ts';

/**
 * Adds a template to a project and opens it, its sample ready to run. `instead`: the workflow on whose canvas it was
 * asked for, which goes when nothing was ever drawn in it.
 */
export function useUseTemplate(project: string, instead: string | null) {
  const router = useRouter();
  const client = useQueryClient();
  const add = useAddTemplate();
  return useMutation({
    mutationFn: async ({ id, title, input }: Template): Promise<void> => {
      const { open, workflows } = await add.mutateAsync({ project, template: id });
      keepInput(window.localStorage, open, input);
      if (instead !== null && (await isStillEmpty(project, instead))) {
        await done(
          api.projects[':project'].workflows[':workflow'].$delete({ param: { project, workflow: instead } }),
        );
        await client.invalidateQueries({ queryKey: queryKeys.workflows(project) });
      }
      toast.success(
        workflows.length === 1 ? `${title} is added` : `${title}: ${workflows.length} workflows are added`,
      );
      router.push(`/projects/${project}/workflows/${open}`);
    },
  });
}

async function isStillEmpty(project: string, workflow: string): Promise<boolean> {
  try {
    const found = await answerAs<Workflow>(
      api.projects[':project'].workflows[':workflow'].$get({ param: { project, workflow } }),
    );
    return found.latestVersion === null && isUntouched(found.document, kinds);
  } catch {
    // It is gone, or cannot be read: then it is not ours to delete.
    return false;
  }
}
