'use client';

import { BookOpenText, Plus } from 'lucide-react';
import { useState } from 'react';
import { useKnowledgeBases } from '#app/data/use-knowledge-bases.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { count } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';
import { NewBaseDialog } from './new-base-dialog.tsx';

/** What the look-up steps of a project can search. */
export function BaseList({ project }: { project: string }) {
  const bases = useKnowledgeBases(project);
  const [making, setMaking] = useState(false);
  const items = bases.data?.items ?? [];
  const make = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      <Plus /> New knowledge base
    </Button>
  );
  return (
    <PageBody
      title="Knowledge"
      description="Documents that a look-up step searches: Markdown, text, HTML and PDF."
      actions={make}
    >
      {bases.isPending && <LoadingState>Loading knowledge bases</LoadingState>}
      {bases.error && (
        <ErrorState
          title="The knowledge bases could not be loaded"
          error={bases.error}
          onRetry={() => bases.refetch()}
        />
      )}
      {bases.data && items.length === 0 && (
        <EmptyState icon={BookOpenText} title="No knowledge bases yet" action={make}>
          Drop your documents into one, and a workflow can look passages up by what they say.
        </EmptyState>
      )}
      {items.length > 0 && (
        <Section title={count(items.length, 'knowledge base')}>
          <Table>
            <TableHead>
              <TableRow>
                <TableHeader>Name</TableHeader>
                <TableHeader className="text-right">Documents</TableHeader>
                <TableHeader className="text-right">Passages</TableHeader>
                <TableHeader>Changed</TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {items.map((base) => (
                <TableRow key={base.id}>
                  <TableCell>
                    <TableLink href={`/projects/${project}/knowledge/${base.id}`}>{base.name}</TableLink>
                  </TableCell>
                  <TableCell className="text-right tabular-nums">{base.documentCount}</TableCell>
                  <TableCell className="text-right tabular-nums">{base.chunkCount}</TableCell>
                  <TableCell className="text-muted">
                    <RelativeTime at={base.updatedAt} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Section>
      )}
      <NewBaseDialog project={project} open={making} onOpenChange={setMaking} />
    </PageBody>
  );
}
