'use client';

import { useMutation } from '@tanstack/react-query';
import type { Workflow } from '#app/data/types.ts';
import { useCreateConnection } from '#app/data/use-create-connection.ts';
import { useCreateWorkflow } from '#app/data/use-create-workflow.ts';
import { toast } from '#app/ui/toast.ts';
import { fromCurl, withConnection } from '#lib/curl/from-curl.ts';

/** Makes a workflow of a cURL command, and a connection of the credential in it. */
export function useImportCurl(project: string) {
  const create = useCreateWorkflow(project);
  const connect = useCreateConnection(project);
  return useMutation({
    mutationFn: async (text: string): Promise<Workflow> => {
      const { document, connection, problems } = fromCurl(text);
      if (!document) throw new Error(problems.join(' '));
      const secret = connection?.secret;
      const made =
        connection && secret
          ? await connect.mutateAsync({
              type: connection.type,
              hosts: connection.hosts,
              secret,
              name: `${connection.name}, ${document.name}`,
            })
          : null;
      const workflow = await create.mutateAsync({
        name: document.name,
        document: made ? withConnection(document, made.id) : document,
      });
      const told =
        connection && !secret ? ['Choose a connection in the HTTP step: the command names a variable.'] : [];
      for (const problem of [...problems, ...told]) toast.info(problem);
      return workflow as Workflow;
    },
  });
}
