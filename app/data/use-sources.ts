'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { JsonObject } from '#lib/workflow/json.ts';
import { answerAs, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { KnowledgeSource, SourceCreate, SourceUpdate } from './types.ts';

/** As it is entered. */
type NewSource = Omit<SourceCreate, 'config'> & { config: JsonObject };

const LOOK_MS = 1000;

/** Where the documents of a base come from by themselves. Asks again while one is looked through. */
export function useSources(project: string, base: string) {
  return useQuery({
    queryKey: queryKeys.sources(project, base),
    queryFn: ({ signal }) =>
      answerAs<{ items: KnowledgeSource[] }>(
        api.projects[':project'].knowledge[':base'].sources.$get(
          { param: { project, base } },
          { init: { signal } },
        ),
      ),
    refetchInterval: ({ state }) =>
      state.data?.items.some((source) => source.state === 'running') ? LOOK_MS : false,
  });
}

/** Adds a source; it is read at once. */
export function useCreateSource(project: string, base: string) {
  return useSourceChange(project, (json: NewSource) =>
    done(
      api.projects[':project'].knowledge[':base'].sources.$post({
        param: { project, base },
        // What a config holds is checked by its kind: the fields of the dialog are read off a table.
        json: json as SourceCreate,
      }),
    ),
  );
}

/** Changes a source, by id. */
export function useUpdateSource(project: string, base: string) {
  return useSourceChange(project, ({ source, ...json }: SourceUpdate & { source: string }) =>
    done(
      api.projects[':project'].knowledge[':base'].sources[':source'].$patch({
        param: { project, base, source },
        json,
      }),
    ),
  );
}

/** Reads a source anew, by id. */
export function useRunSource(project: string, base: string) {
  return useSourceChange(project, (source: string) =>
    done(
      api.projects[':project'].knowledge[':base'].sources[':source'].run.$post({
        param: { project, base, source },
      }),
    ),
  );
}

/** Stops reading a source, by id. */
export function useStopSource(project: string, base: string) {
  return useSourceChange(project, (source: string) =>
    done(
      api.projects[':project'].knowledge[':base'].sources[':source'].stop.$post({
        param: { project, base, source },
      }),
    ),
  );
}

/** Deletes a source, and keeps or removes its documents. */
export function useDeleteSource(project: string, base: string) {
  return useSourceChange(project, ({ source, documents }: { source: string; documents: 'keep' | 'remove' }) =>
    done(
      api.projects[':project'].knowledge[':base'].sources[':source'].$delete({
        param: { project, base, source },
        query: { documents },
      }),
    ),
  );
}

function useSourceChange<Variables>(project: string, mutationFn: (variables: Variables) => Promise<void>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.knowledge(project) }),
  });
}
