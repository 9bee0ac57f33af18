'use client';
import { useMemo } from 'react';
import type { AnswerSample } from '#app/data/types.ts';
import { useAnswers } from '#app/data/use-answers.ts';
import { useVersion } from '#app/data/use-version.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { LintContext } from '#lib/workflow/lint.ts';
import { useChecked } from '../canvas-context.tsx';
import { useCanvasSession } from '../session-context.tsx';
import { useReleaseState } from '../use-release.ts';
import { type Review, reviewOf } from './review.ts';

/** What the definition is looked at beside; null while that is not known. */
function useLintContext(): LintContext | null {
  const { project, workflow } = useCanvasSession();
  const { data: workflows } = useWorkflows(project);
  const { data: answers } = useAnswers(project, workflow.id);
  return useMemo(
    () =>
      workflows
        ? {
            project,
            others: workflows.items.filter(({ id }) => id !== workflow.id).map(({ name }) => name),
            answers: charactersOf(answers?.items ?? []),
          }
        : null,
    [project, workflow.id, workflows, answers],
  );
}

function charactersOf(answers: readonly AnswerSample[]): number[] {
  return answers.flatMap(({ characters }) => (characters === null ? [] : [characters]));
}

/** What publishing the draft on the screen means for clients; null while it has errors, or what is live is not known. */
export function useReview(): Review | null {
  const { project, workflow } = useCanvasSession();
  const contract = useChecked((state) => state.contract);
  const { liveVersion } = useReleaseState();
  const { data: live } = useVersion(project, workflow.id, liveVersion);
  const context = useLintContext();
  const known = liveVersion === null || live !== undefined;
  return useMemo(
    () =>
      contract && context && known
        ? reviewOf(contract, live ? (live.contract as unknown as Contract) : null, context)
        : null,
    [contract, context, known, live],
  );
}
