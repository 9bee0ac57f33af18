'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { EmbeddingInput, RerankerInput } from './types.ts';

const LOOK_MS = 1500;

/** The models that a base is searched with. Asks again while vectors are made. */
export function useEmbedding(project: string, base: string) {
  return useQuery({
    queryKey: queryKeys.embedding(project, base),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].embedding.$get(
          { param: { project, base } },
          { init: { signal } },
        ),
      ),
    refetchInterval: ({ state }) => (state.data?.filling?.state === 'filling' ? LOOK_MS : false),
  });
}

/** Asks a model for one vector, to see whether it answers. Nothing is stored. */
export function useTryEmbedding(project: string, base: string) {
  return useMutation({
    mutationFn: (json: EmbeddingInput) =>
      answer(
        api.projects[':project'].knowledge[':base'].embedding.try.$post({ param: { project, base }, json }),
      ),
  });
}

/** Has vectors made by a model. */
export function useSetEmbedding(project: string, base: string) {
  return useModelChange(project, (json: EmbeddingInput) =>
    done(api.projects[':project'].knowledge[':base'].embedding.$put({ param: { project, base }, json })),
  );
}

/** Searches by full text alone. */
export function useRemoveEmbedding(project: string, base: string) {
  return useModelChange(project, (_: boolean) =>
    done(api.projects[':project'].knowledge[':base'].embedding.$delete({ param: { project, base } })),
  );
}

/** Has a model order passages once more; null: no longer. */
export function useSetReranker(project: string, base: string) {
  return useModelChange(project, (json: RerankerInput | null) => {
    const { reranker } = api.projects[':project'].knowledge[':base'];
    const param = { project, base };
    return done(json === null ? reranker.$delete({ param }) : reranker.$put({ param, json }));
  });
}

function useModelChange<Variables>(project: string, mutationFn: (variables: Variables) => Promise<void>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.knowledge(project) }),
  });
}
