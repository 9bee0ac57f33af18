'use client';

import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { KnowledgeDocument } from '#app/data/types.ts';
import { useDeleteDocument } from '#app/data/use-delete-document.ts';
import { useDocuments } from '#app/data/use-documents.ts';
import { Section } from '#app/shell/page-body.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { bytes, count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';

/** The documents of a base and how reading them went. */
export function DocumentList({ project, base }: { project: string; base: string }) {
  const documents = useDocuments(project, base);
  const remove = useDeleteDocument(project, base);
  const [doomed, setDoomed] = useState<KnowledgeDocument | null>(null);
  return (
    <QueryView query={documents} what="the documents">
      {({ items }) =>
        items.length > 0 && (
          <Section
            title={count(items.length, 'document')}
            description={bytes(items.reduce((sum, document) => sum + document.bytes, 0))}
          >
            <Table>
              <TableColumns names={['Name', 'State', 'Size', 'Added']} numeric={['Size']} actions />
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
              description="Its passages are found no more. Upload it again to have them back."
              action="Delete document"
              done={`${doomed?.name} is deleted`}
            />
          </Section>
        )
      }
    </QueryView>
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
