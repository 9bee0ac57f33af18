'use client';

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { answer, answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { DocumentPatch, KnowledgeDocument } from './types.ts';

const LOOK_MS = 1000;

/** One document of a knowledge base. Asks again while it is being read. */
export function useDocument(project: string, base: string, document: string) {
  return useQuery({
    queryKey: queryKeys.document(project, base, document),
    queryFn: ({ signal }) =>
      answerAs<KnowledgeDocument>(
        api.projects[':project'].knowledge[':base'].documents[':document'].$get(
          { param: { project, base, document } },
          { init: { signal } },
        ),
      ),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? LOOK_MS : false),
  });
}

/** What a document held one after the other, newest first. Asked anew when the document changed. */
export function useDocumentVersions(project: string, base: string, { id, live, next }: KnowledgeDocument) {
  return useQuery({
    queryKey: [
      ...queryKeys.document(project, base, id),
      'versions',
      live?.version,
      next?.version,
      next?.state,
    ],
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].documents[':document'].versions.$get(
          { param: { project, base, document: id } },
          { init: { signal } },
        ),
      ),
    placeholderData: keepPreviousData,
  });
}

/** The passages of a document in their order, page by page; with `q` those that a look-up finds are marked. */
export function usePassages(project: string, base: string, { id, live }: KnowledgeDocument, q: string) {
  return useInfiniteQuery({
    queryKey: [...queryKeys.document(project, base, id), 'passages', live?.version, live?.at, q],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].documents[':document'].passages.$get(
          {
            param: { project, base, document: id },
            query: { ...(q && { q }), ...(pageParam && { cursor: pageParam }) },
          },
          { init: { signal } },
        ),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** Changes name or metadata. */
export function useUpdateDocument(project: string, base: string, document: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: DocumentPatch) =>
      answer(
        api.projects[':project'].knowledge[':base'].documents[':document'].$patch({
          param: { project, base, document },
          json,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.base(project, base) }),
  });
}
