'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useDeleteKnowledgeBase } from '#app/data/use-delete-knowledge-base.ts';
import { useKnowledgeBase } from '#app/data/use-knowledge-base.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import { DocumentList } from './document-list.tsx';
import { DropZone } from './drop-zone.tsx';
import { TrySearch } from './try-search.tsx';

/** One knowledge base: add documents, see how they were read, try a look-up. */
export function BaseScreen({ project, baseId }: { project: string; baseId: string }) {
  const router = useRouter();
  const base = useKnowledgeBase(project, baseId);
  const remove = useDeleteKnowledgeBase(project);
  const [asking, setAsking] = useState(false);
  if (base.error) {
    return (
      <ErrorState
        title="The knowledge base could not be loaded"
        error={base.error}
        onRetry={() => base.refetch()}
      />
    );
  }
  if (!base.data) return <LoadingState>Loading the knowledge base</LoadingState>;
  const { name, documentCount, chunkCount } = base.data;
  return (
    <PageBody
      title={name}
      description={`${count(documentCount, 'document')} in ${count(chunkCount, 'passage')}`}
      actions={
        <Button variant="danger" onClick={() => setAsking(true)}>
          <Trash2 /> Delete
        </Button>
      }
    >
      <DropZone project={project} base={baseId} />
      <DocumentList project={project} base={baseId} />
      <TrySearch project={project} base={baseId} />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete the knowledge base ${name}?`}
        description="Its documents are lost, and look-up steps that search it will fail."
        action="Delete knowledge base"
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(baseId, {
            onSuccess: () => router.replace(`/projects/${project}/knowledge`),
            onError: (error) => toast.error(error.message),
          })
        }
      />
    </PageBody>
  );
}
