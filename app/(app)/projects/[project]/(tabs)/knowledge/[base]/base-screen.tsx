'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { KnowledgeBase } from '#app/data/types.ts';
import { useDeleteKnowledgeBase } from '#app/data/use-delete-knowledge-base.ts';
import { useKnowledgeBase } from '#app/data/use-knowledge-base.ts';
import { useOfferBase } from '#app/data/use-offer-base.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { DocumentList } from './document-list.tsx';
import { TrySearch } from './try-search.tsx';
import { Uploads } from './uploads.tsx';

/** One knowledge base: add documents, see how they were read, try a look-up. */
export function BaseScreen({ project, baseId }: { project: string; baseId: string }) {
  const base = useKnowledgeBase(project, baseId);
  return (
    <QueryView query={base} what="the knowledge base">
      {(data) => <LoadedBase project={project} base={data} />}
    </QueryView>
  );
}

function LoadedBase({ project, base }: { project: string; base: KnowledgeBase }) {
  const router = useRouter();
  const refusal = useRefusal('editor');
  const remove = useDeleteKnowledgeBase(project);
  const [asking, setAsking] = useState(false);
  const { id, name, documentCount, chunkCount } = base;
  return (
    <PageBody
      title={name}
      description={`${count(documentCount, 'document')} in ${count(chunkCount, 'passage')}`}
      actions={
        <Button variant="danger" disabled={refusal !== null} onClick={() => setAsking(true)}>
          <Trash2 /> Delete
        </Button>
      }
    >
      <Offer project={project} base={base} />
      <Uploads project={project} base={id} />
      <DocumentList project={project} base={id} />
      <TrySearch project={project} base={id} />
      <ConfirmMutation
        mutation={remove}
        variables={asking ? id : null}
        onClose={() => setAsking(false)}
        onDone={() => router.replace(`/projects/${project}/knowledge`)}
        title={`Delete the knowledge base ${name}?`}
        description={`${count(documentCount, 'document')} in ${count(chunkCount, 'passage')} are lost, and look-up steps that search it will fail.`}
        action="Delete knowledge base"
        done={`The knowledge base ${name} is deleted`}
      />
    </PageBody>
  );
}

/** Whether clients may list and read the documents themselves. */
function Offer({ project, base }: { project: string; base: KnowledgeBase }) {
  const refusal = useRefusal('editor');
  const offer = useOfferBase(project, base.id);
  return (
    <div className="flex flex-col gap-1">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: Switch is the control */}
      <label className="flex items-start justify-between gap-3">
        <span>
          Offer as resources
          <span className="block text-12 text-muted">
            Clients of the project list the documents and read them whole.
          </span>
        </span>
        <Switch
          checked={offer.isPending ? offer.variables : base.offered}
          disabled={offer.isPending || refusal !== null}
          onCheckedChange={(offered: boolean) => offer.mutate(offered)}
        />
      </label>
      {offer.error && <FieldMessage severity="error" message={offer.error.message} />}
    </div>
  );
}
