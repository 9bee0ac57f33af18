'use client';

import { BookOpenText, Plus } from 'lucide-react';
import type { KnowledgeBase } from '#app/data/types.ts';
import { useKnowledgeBases } from '#app/data/use-knowledge-bases.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { BaseStanding, findsBy } from '#app/knowledge/base-standing.tsx';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { useAskedFor } from '#app/shell/use-asked-for.ts';
import { useSort } from '#app/shell/use-sort.ts';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { bytes, count, number } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { SortedColumns } from '#app/ui/sorted-columns.tsx';
import { Table, TableBody, TableCell, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';
import { NewBaseDialog } from './new-base-dialog.tsx';

/** What the look-up steps of a project can search. */
export function BaseList({ project }: { project: string }) {
  const refusal = useRefusal('editor');
  const bases = useKnowledgeBases(project);
  const [making, setMaking] = useAskedFor('base');
  const make = (
    <Button variant="primary" disabled={refusal !== null} onClick={() => setMaking(true)}>
      <Plus /> New knowledge base
    </Button>
  );
  return (
    <PageBody
      title="Knowledge"
      description="Documents that look-up steps search, by their words and, with a model, by their meaning."
      actions={make}
    >
      {refusal && <Refusal>{refusal}</Refusal>}
      <QueryView query={bases} what="the knowledge bases">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={BookOpenText} title="No knowledge bases yet" action={make}>
              Drop your documents into one, and a workflow can look passages up by what they say.
            </EmptyState>
          ) : (
            <Section title={count(items.length, 'knowledge base')}>
              <BaseTable project={project} bases={items} />
            </Section>
          )
        }
      </QueryView>
      <NewBaseDialog project={project} open={making} onOpenChange={setMaking} />
    </PageBody>
  );
}

const COLUMNS = [
  { by: 'name', name: 'Name' },
  { by: 'documents', name: 'Documents', numeric: true },
  { by: 'passages', name: 'Passages', numeric: true },
  { by: 'size', name: 'Size', numeric: true },
  { name: 'State' },
  { name: 'Found by' },
  { by: 'changed', name: 'Changed' },
] as const;

function BaseTable({ project, bases }: { project: string; bases: readonly KnowledgeBase[] }) {
  const { rows, sort, onSort } = useSort(bases, {
    usual: { by: 'name', down: false },
    values: {
      name: ({ name }: KnowledgeBase) => name,
      documents: ({ documentCount }: KnowledgeBase) => documentCount,
      passages: ({ chunkCount }: KnowledgeBase) => chunkCount,
      size: (base: KnowledgeBase) => base.bytes,
      changed: ({ updatedAt }: KnowledgeBase) => updatedAt,
    },
  });
  return (
    <Table>
      <SortedColumns columns={COLUMNS} sort={sort} onSort={onSort} />
      <TableBody>
        {rows.map((base) => (
          <TableRow key={base.id}>
            <TableCell>
              <TableLink href={`/projects/${project}/knowledge/${base.id}`}>{base.name}</TableLink>
            </TableCell>
            <TableCell className="text-right tabular-nums">{number(base.documentCount)}</TableCell>
            <TableCell className="text-right tabular-nums">{number(base.chunkCount)}</TableCell>
            <TableCell className="whitespace-nowrap text-right tabular-nums">{bytes(base.bytes)}</TableCell>
            <TableCell>
              <BaseStanding base={base} />
            </TableCell>
            <TableCell className="max-w-60 truncate">{findsBy(base)}</TableCell>
            <TableCell className="text-muted">
              <RelativeTime at={base.updatedAt} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
