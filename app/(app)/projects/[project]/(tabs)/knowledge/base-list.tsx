'use client';

import { BookOpenText, Plus } from 'lucide-react';
import { useKnowledgeBases } from '#app/data/use-knowledge-bases.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { useAskedFor } from '#app/shell/use-asked-for.ts';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';
import { NewBaseDialog } from './new-base-dialog.tsx';

/** What the look-up steps of a project can search. */
export function BaseList({ project }: { project: string }) {
  const bases = useKnowledgeBases(project);
  const [making, setMaking] = useAskedFor('base');
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
      <QueryView query={bases} what="the knowledge bases">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={BookOpenText} title="No knowledge bases yet" action={make}>
              Drop your documents into one, and a workflow can look passages up by what they say.
            </EmptyState>
          ) : (
            <Section title={count(items.length, 'knowledge base')}>
              <Table>
                <TableColumns
                  names={['Name', 'Documents', 'Passages', 'Changed']}
                  numeric={['Documents', 'Passages']}
                />
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
          )
        }
      </QueryView>
      <NewBaseDialog project={project} open={making} onOpenChange={setMaking} />
    </PageBody>
  );
}
