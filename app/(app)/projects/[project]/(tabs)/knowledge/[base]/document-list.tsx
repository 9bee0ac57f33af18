'use client';

import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { KnowledgeDocument } from '#app/data/types.ts';
import { useDeleteDocument } from '#app/data/use-delete-document.ts';
import { useDocuments } from '#app/data/use-documents.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { Section } from '#app/shell/page-body.tsx';
import { useSort } from '#app/shell/use-sort.ts';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { bytes, count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { SortedColumns } from '#app/ui/sorted-columns.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableRow } from '#app/ui/table.tsx';

/** The documents of a base and how reading them went. */
export function DocumentList({ project, base }: { project: string; base: string }) {
  const documents = useDocuments(project, base);
  return (
    <QueryView query={documents} what="the documents">
      {({ items }) =>
        items.length > 0 && (
          <Section
            title={count(items.length, 'document')}
            description={`${bytes(items.reduce((sum, document) => sum + document.bytes, 0))} in all`}
          >
            <DocumentTable project={project} base={base} documents={items} />
          </Section>
        )
      }
    </QueryView>
  );
}

const COLUMNS = [
  { by: 'name', name: 'Name' },
  { by: 'state', name: 'State' },
  { by: 'size', name: 'Size', numeric: true },
  { by: 'added', name: 'Added' },
] as const;

function DocumentTable({
  project,
  base,
  documents,
}: {
  project: string;
  base: string;
  documents: readonly KnowledgeDocument[];
}) {
  const refusal = useRefusal('editor');
  const remove = useDeleteDocument(project, base);
  const [doomed, setDoomed] = useState<KnowledgeDocument | null>(null);
  const { rows, sort, onSort } = useSort(documents, {
    usual: { by: 'added', down: true },
    values: {
      name: ({ name }: KnowledgeDocument) => name,
      state: ({ status }: KnowledgeDocument) => status,
      size: (document: KnowledgeDocument) => document.bytes,
      added: ({ createdAt }: KnowledgeDocument) => createdAt,
    },
  });
  return (
    <>
      <Table>
        <SortedColumns columns={COLUMNS} sort={sort} onSort={onSort} actions />
        <TableBody>
          {rows.map((document) => (
            <TableRow key={document.id}>
              <TableCell className="font-medium">{document.name}</TableCell>
              <TableCell>
                <Reading document={document} />
              </TableCell>
              <TableCell className="text-right whitespace-nowrap tabular-nums">
                {bytes(document.bytes)}
              </TableCell>
              <TableCell className="text-muted">
                <RelativeTime at={document.createdAt} />
              </TableCell>
              <TableCell className="w-10">
                <IconButton
                  label={`Delete ${document.name}`}
                  size="small"
                  disabled={refusal !== null}
                  onClick={() => setDoomed(document)}
                >
                  <Trash2 />
                </IconButton>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <ConfirmMutation
        mutation={remove}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Delete ${doomed?.name}?`}
        description="Look-ups find nothing of it from now on. Keep the file if you may need it again: it cannot be got back from here."
        action="Delete document"
        done="Document deleted"
      />
    </>
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
