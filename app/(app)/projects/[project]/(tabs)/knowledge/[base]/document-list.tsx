'use client';

import { Trash2 } from 'lucide-react';
import type { KnowledgeDocument } from '#app/data/types.ts';
import { useDeleteDocument } from '#app/data/use-delete-document.ts';
import { useDocuments } from '#app/data/use-documents.ts';
import { Section } from '#app/shell/page-body.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { bytes, count } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#app/ui/table.tsx';
import { toast } from '#app/ui/toast.ts';

/** The documents of a base and how reading them went. */
export function DocumentList({ project, base }: { project: string; base: string }) {
  const documents = useDocuments(project, base);
  const remove = useDeleteDocument(project, base);
  if (documents.isPending) return <LoadingState>Loading documents</LoadingState>;
  if (documents.error) {
    return (
      <ErrorState
        title="The documents could not be loaded"
        error={documents.error}
        onRetry={() => documents.refetch()}
      />
    );
  }
  const { items } = documents.data;
  if (items.length === 0) return null;
  return (
    <Section title={count(items.length, 'document')}>
      <Table>
        <TableHead>
          <TableRow>
            <TableHeader>Name</TableHeader>
            <TableHeader>State</TableHeader>
            <TableHeader className="text-right">Size</TableHeader>
            <TableHeader>Added</TableHeader>
            <TableHeader>
              <span className="sr-only">Actions</span>
            </TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          {items.map((document) => (
            <TableRow key={document.id}>
              <TableCell className="font-medium">{document.name}</TableCell>
              <TableCell>
                <Reading document={document} />
              </TableCell>
              <TableCell className="text-right tabular-nums">{bytes(document.bytes)}</TableCell>
              <TableCell className="text-muted">
                <RelativeTime at={document.createdAt} />
              </TableCell>
              <TableCell className="w-10">
                <IconButton
                  label={`Delete ${document.name}`}
                  size="small"
                  disabled={remove.isPending && remove.variables === document.id}
                  onClick={() =>
                    remove.mutate(document.id, { onError: (error) => toast.error(error.message) })
                  }
                >
                  <Trash2 />
                </IconButton>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

function Reading({ document }: { document: KnowledgeDocument }) {
  switch (document.status) {
    case 'pending':
      return <Status status="pending" />;
    case 'ready':
      return <Status status="succeeded">{count(document.chunkCount, 'passage')}</Status>;
    case 'failed':
      return (
        <Status status="failed" className="whitespace-normal!">
          {document.error ?? 'It could not be read'}
        </Status>
      );
  }
}
