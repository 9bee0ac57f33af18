'use client';

import { Download, RotateCw, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import type { KnowledgeDocument } from '#app/data/types.ts';
import { useDeleteDocuments } from '#app/data/use-delete-documents.ts';
import { useDocument } from '#app/data/use-document.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useRetryDocument } from '#app/data/use-retry-documents.ts';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Status } from '#app/ui/status.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { DocumentFacts } from './document-facts.tsx';
import { documentState } from './document-words.ts';
import { MetadataSection } from './metadata-section.tsx';
import { PassageList } from './passage-list.tsx';
import { SidePart } from './side-part.tsx';
import { VersionSection } from './version-section.tsx';

/** One document: where it is from, what became of it, and its passages as look-ups see them. */
export function DocumentScreen({ documentId }: { documentId: string }) {
  const { project, base, at } = useBase();
  const document = useDocument(project, base.id, documentId);
  if (!document.data && document.error instanceof ApiError && document.error.status === 404) {
    return (
      <ErrorState
        title="There is no such document"
        error={`It was deleted from ${base.name}, or its source has it no more.`}
        way={{ href: at, label: `Documents of ${base.name}` }}
      />
    );
  }
  return (
    <QueryView query={document} what="the document">
      {(data) => <LoadedDocument document={data} />}
    </QueryView>
  );
}

function LoadedDocument({ document }: { document: KnowledgeDocument }) {
  const { project, base, at } = useBase();
  const router = useRouter();
  const refusal = useRefusal('editor');
  const retry = useRetryDocument(project, base.id);
  const remove = useDeleteDocuments(project, base.id);
  const [asking, setAsking] = useState(false);
  const { id, name, chunkCount, notes, sourceId } = document;
  const state = documentState(document);
  const editable = refusal === null;
  return (
    <main className="mx-auto flex w-full max-w-280 flex-col gap-4 px-6 pt-4 pb-6">
      <header>
        <nav aria-label="Breadcrumb" className="flex gap-1 text-12 text-muted">
          <Link href={`/projects/${project}/knowledge`} className="hover:text-ink">
            Knowledge
          </Link>
          <span aria-hidden>▸</span>
          <Link href={at} className="truncate hover:text-ink">
            {base.name}
          </Link>
          <span aria-hidden>▸</span>
        </nav>
        <div className="flex items-start justify-between gap-4">
          <h1 className="min-w-0 break-words font-semibold text-20">{name}</h1>
          <div className="flex shrink-0 gap-2">
            <Button asChild>
              <a href={`/api/v1/projects/${project}/knowledge/${base.id}/documents/${id}/file`} download>
                <Download /> Original
              </a>
            </Button>
            <Button
              disabled={!editable || state.progress !== null}
              busy={retry.isPending}
              onClick={() =>
                retry.mutate(id, {
                  onSuccess: () => toast('The document is read again'),
                  onError: (error) => toast.error(error.message),
                })
              }
            >
              <RotateCw /> Read again
            </Button>
            <Button variant="danger" disabled={!editable} onClick={() => setAsking(true)}>
              <Trash2 /> Delete
            </Button>
          </div>
        </div>
        <div className="mt-1 flex flex-col gap-1">
          <Status status={state.status} className="tabular-nums">
            {state.words}
          </Status>
          {state.progress !== null && (
            <progress
              aria-label="Reading"
              max={100}
              value={state.progress}
              className="h-1 w-64 accent-(--accent)"
            />
          )}
          {state.detail && <p className="text-muted">{state.detail}</p>}
          {refusal && <Refusal>{refusal}</Refusal>}
        </div>
      </header>
      <div className="grid grid-cols-[minmax(0,1fr)_18rem] items-start gap-4 max-[1000px]:grid-cols-1">
        <PassageList document={document} editable={editable} />
        <aside aria-label="About the document" className="rounded-md border border-line bg-surface">
          <DocumentFacts document={document} />
          {notes.length > 0 && (
            <SidePart title="Left out">
              <ul className="flex list-disc flex-col gap-1 pl-4 text-12 text-muted">
                {notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </SidePart>
          )}
          <MetadataSection document={document} editable={editable} />
          <VersionSection document={document} />
        </aside>
      </div>
      <ConfirmMutation
        mutation={remove}
        variables={asking ? [id] : null}
        onClose={() => setAsking(false)}
        onDone={() => router.replace(at)}
        title={`Delete ${name}?`}
        description={`Look-ups find nothing of its ${count(chunkCount, 'passage')} from now on. The stored original and its versions are lost: keep the file if you may need it again.${
          sourceId === null ? '' : ' The next run of its source brings it back, as long as it is there.'
        }`}
        action="Delete document"
        done="Document deleted"
      />
    </main>
  );
}
