'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { EvaluationInput, QuestionInput, QuestionProposal } from './types.ts';

/** What a base should find. */
export function useQuestions(project: string, base: string) {
  return useQuery({
    queryKey: queryKeys.questions(project, base),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].questions.$get(
          { param: { project, base } },
          { init: { signal } },
        ),
      ),
  });
}

/** Adds a question, or changes one, by id; a proposed one that is changed is accepted. */
export function useSaveQuestion(project: string, base: string) {
  return useBaseChange(project, base, ({ id, ...json }: QuestionInput & { id: string | null }) => {
    const { questions } = api.projects[':project'].knowledge[':base'];
    return id === null
      ? done(questions.$post({ param: { project, base }, json }))
      : done(
          questions[':question'].$patch({
            param: { project, base, question: id },
            json: { ...json, origin: 'user' },
          }),
        );
  });
}

/** Accepts proposed questions, by id. */
export function useAcceptQuestions(project: string, base: string) {
  return useBaseChange(project, base, async (ids: readonly string[]) => {
    const { questions } = api.projects[':project'].knowledge[':base'];
    for (const question of ids) {
      await done(
        questions[':question'].$patch({ param: { project, base, question }, json: { origin: 'user' } }),
      );
    }
  });
}

/** Deletes questions, by id. */
export function useDeleteQuestions(project: string, base: string) {
  return useBaseChange(project, base, async (ids: readonly string[]) => {
    const { questions } = api.projects[':project'].knowledge[':base'];
    for (const question of ids) {
      await done(questions[':question'].$delete({ param: { project, base, question } }));
    }
  });
}

/** Has questions proposed from the documents. */
export function useProposeQuestions(project: string, base: string) {
  return useBaseChange(project, base, (json: QuestionProposal) =>
    answer(
      api.projects[':project'].knowledge[':base'].questions.propose.$post({ param: { project, base }, json }),
    ),
  );
}

/** Adds the questions of a table (CSV) or a list (JSON). */
export function useImportQuestions(project: string, base: string) {
  return useBaseChange(project, base, (content: string) =>
    answer(
      api.projects[':project'].knowledge[':base'].questions.import.$post({
        param: { project, base },
        json: { content },
      }),
    ),
  );
}

/** How well the base found what its questions expect, newest first. */
export function useEvaluations(project: string, base: string) {
  return useQuery({
    queryKey: queryKeys.evaluations(project, base),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].evaluations.$get(
          { param: { project, base } },
          { init: { signal } },
        ),
      ),
  });
}

/** One evaluation, question by question; nothing is asked for null. */
export function useEvaluation(project: string, base: string, evaluation: string | null) {
  return useQuery({
    queryKey: [...queryKeys.evaluations(project, base), evaluation],
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].evaluations[':evaluation'].$get(
          { param: { project, base, evaluation: evaluation ?? '' } },
          { init: { signal } },
        ),
      ),
    enabled: evaluation !== null,
  });
}

/** Asks all questions with several settings. */
export function useEvaluate(project: string, base: string) {
  return useBaseChange(project, base, (json: EvaluationInput) =>
    answer(api.projects[':project'].knowledge[':base'].evaluations.$post({ param: { project, base }, json })),
  );
}

function useBaseChange<Variables, Answer>(
  project: string,
  base: string,
  mutationFn: (variables: Variables) => Promise<Answer>,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.base(project, base) }),
  });
}
