'use client';

import { ChevronDown, RotateCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { Run } from '#app/data/types.ts';
import { useRunDraft } from '#app/data/use-run-draft.ts';
import { useStartJob } from '#app/data/use-start-job.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { Button } from '#app/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { toast } from '#app/ui/toast.ts';
import { wholeInput } from './whole-input.ts';

/** Runs the draft or the live version with the arguments of a run, and goes to the new run. */
export function RunAgain({ project, run }: { project: string; run: Run }) {
  const router = useRouter();
  const draft = useRunDraft(project, run.workflowId);
  const live = useStartJob(project, run.workflowId);
  const workflow = useWorkflows(project).data?.items.find(({ id }) => id === run.workflowId);
  const input = wholeInput(run.input);
  const then = {
    onSuccess: ({ runId }: { runId: string }) => router.push(`/projects/${project}/runs/${runId}`),
    onError: (error: Error) => void toast.error(error.message),
  };
  if (!workflow) return null;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button busy={draft.isPending || live.isPending} disabled={input === null} title={whyNot(input)}>
          <RotateCw aria-hidden />
          Run again
          <ChevronDown aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem onSelect={() => input && draft.mutate(input, then)}>
          With the draft
        </DropdownMenuItem>
        <DropdownMenuItem
          disabled={workflow.liveVersion === null}
          onSelect={() => input && live.mutate(input, then)}
        >
          {workflow.liveVersion === null
            ? 'With the live version: none is published'
            : `With the live version, v${workflow.liveVersion}`}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function whyNot(input: object | null): string | undefined {
  return input === null ? 'Its arguments were too large to be recorded.' : undefined;
}
